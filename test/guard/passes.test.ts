import { describe, expect, inject, test } from 'vitest';
import type { GradientKernels } from '../../src/kernels/gradients.ts';
import type { Kernels } from '../../src/kernels/kernels.ts';
import { compileAll } from '../support/compile-kernels.ts';
import { normals } from '../support/random.ts';
import { instantiateSync, readsOf } from './loader.ts';

// What float32 can't hold is done again, or element by element, in float64. A mistake in choosing
// that path costs time but no digits, so results would not show it. What was read does.

const provided = inject('modules') ?? (await compileAll('debug'));
const [kernelsModule, gradientsModule] = [provided.kernels, provided.gradients].map(
  (text) => new WebAssembly.Module(Uint8Array.from(Buffer.from(text, 'base64'))),
) as [WebAssembly.Module, WebAssembly.Module];

type AllKernels = Kernels & GradientKernels;

const MOMENTS = 1024;
const LINES = 4096;
const SCRATCH = 8192;
const X = 65536;
const CAPACITY = 2 ** 21;

/** Arrays that a memory holds beside x, by address. */
type Others = readonly (readonly [address: number, values: Float32Array | Float64Array])[];

/** Runs a kernel on a memory that holds x and a line, and returns what it read of x. */
function readBy(
  values: Float32Array,
  run: (kernels: AllKernels) => void,
  line: readonly number[] = [],
  others: Others = [],
): ReturnType<typeof readsOf> {
  const pages = CAPACITY / 65536;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  new Float32Array(memory.buffer, X).set(values);
  new Float64Array(memory.buffer, LINES).set(line);
  for (const [address, { buffer, byteLength }] of others) {
    new Uint8Array(memory.buffer, address).set(new Uint8Array(buffer, 0, byteLength));
  }
  const env = { memory };
  const kernels = instantiateSync(kernelsModule, { env }).instance.exports;
  const gradients = instantiateSync(gradientsModule, { env, kernels }).instance.exports;
  run({ ...kernels, ...gradients } as unknown as AllKernels);
  return readsOf('x');
}

const VECTOR = 16;
// How many vectors the estimate of a mean is made of.
const SAMPLES = 16;

/** Data whose start has another mean than the whole. */
function drifting(length: number): Float32Array {
  return normals(length, 1).map((value, i) => value + (i < length / 5 ? 20 : 0));
}

describe('addMoments', () => {
  // Lengths below are of rows summed in float64, of one chunk with and without a tail, and of several.
  const CHUNK = 16384;
  const read = (values: Float32Array) =>
    readBy(values, (kernels) => kernels.addMoments(MOMENTS, X, 1, values.length, 1, 0));

  test.each([3, 100, 256])('reads %i ordinary elements once, or the first twice', (length) => {
    for (const mean of [0, 3]) {
      const { bytes } = read(normals(length, 1, mean));
      expect(bytes).toBeGreaterThanOrEqual(4 * length);
      expect(bytes).toBeLessThanOrEqual(4 * (length + 1));
    }
  });

  test.each([700, 3136, CHUNK, CHUNK + 700, 5 * CHUNK])(
    'reads %i ordinary elements once, in vectors, and 16 of each chunk before',
    (length) => {
      const samples = Math.ceil(length / CHUNK) * SAMPLES * VECTOR;
      for (const mean of [0, 0.1, 3, -1e4]) {
        const { loads, bytes } = read(normals(length, 1, mean));
        expect(bytes).toBe(4 * length + samples);
        expect(loads).toBe(bytes / VECTOR);
      }
    },
  );

  test('samples a row along its whole length, and so reads a row whose start has another mean once', () => {
    // Its start is two deviations from its mean.
    expect(read(drifting(10_000)).bytes).toBe(4 * 10_000 + SAMPLES * VECTOR);
  });

  test('reads a row again in which one element outweighs the others', () => {
    const values = normals(5000, 1);
    values[1234] = 1e6;
    expect(read(values).bytes).toBeGreaterThan(8 * 5000);
  });
});

describe('addColumnMoments', () => {
  // A chunk has 65536 elements.
  const read = (values: Float32Array, columns: number) =>
    readBy(values, (kernels) =>
      kernels.addColumnMoments(MOMENTS, X, values.length / columns, columns, SCRATCH),
    );

  test.each([
    [4, 100],
    [8, 256],
    [32, 33],
  ])('reads %i columns of %i ordinary rows once, and the first row before', (columns, rows) => {
    for (const mean of [0, 3]) {
      const { bytes } = read(normals(rows * columns, 1, mean), columns);
      expect(bytes).toBeLessThanOrEqual(4 * (rows + 1) * columns);
      expect(bytes).toBeGreaterThanOrEqual(4 * rows * columns);
    }
  });

  test.each([
    [4, 700],
    [4, 16384],
    [8, 3136],
    [64, 1024],
    [32, 5000],
  ])(
    'reads %i columns of %i ordinary rows once, and at most 64 of each chunk before',
    (columns, rows) => {
      const samples = Math.ceil((rows * columns) / 65536) * 64 * columns;
      for (const mean of [0, 0.1, 3, -1e4]) {
        const { bytes } = read(normals(rows * columns, 1, mean), columns);
        expect(bytes).toBeGreaterThan(4 * rows * columns);
        // A byte of each line of the cache may be prefetched.
        const prefetched = (4 * rows * columns) / 64;
        expect(bytes).toBeLessThanOrEqual(4 * (rows * columns + samples) + prefetched);
      }
    },
  );

  test('reads a column again in which one element outweighs the others', () => {
    const values = normals(5000 * 4, 1);
    values[4 * 1234 + 2] = 1e6;
    expect(read(values, 4).bytes).toBeGreaterThan(4 * 5000 * 5);
  });
});

describe('applyRows', () => {
  const Y = X + 2 ** 20;
  const read = (line: readonly number[]) =>
    readBy(normals(180, 1), (kernels) => kernels.applyRows(Y, X, LINES, 1, 180, 1, 0), line);

  test.each([
    ['a line', [5, 2, 3]],
    ['a line through 0', [0, -0.5, 3]],
    ['the least scale', [5, 2 ** -100, 3]],
    ['the largest scale', [5, -(2 ** 100), 3]],
    ['a scale of 0', [5, 0, 3]],
    ['the largest mean', [-(2 ** 100), 2 ** 26, 3]],
    ['the largest shift', [5, 2, -(2 ** 100)]],
    ['the largest mean for its scale', [2 ** 66, 2 ** 60, 3]],
  ])('applies %s by vectors', (_, line) => {
    const { loads, bytes } = read(line);
    expect(bytes).toBe(loads * VECTOR);
    // The last vector may be read twice.
    expect(loads).toBeLessThanOrEqual(46);
  });

  test.each([
    ['a scale too small', [5, 2 ** -101, 3]],
    ['a scale too large', [5, 2 ** 101, 3]],
    ['a mean too large, where the scale is 0', [2 ** 101, 0, 3]],
    ['a mean too large', [2 ** 101, 2 ** -50, 3]],
    ['a shift too large', [5, 2, -(2 ** 101)]],
    ['a mean too large for its scale', [2 ** 67, 2 ** 60, 3]],
  ])('applies %s element by element', (_, line) => {
    expect(read(line)).toEqual({ loads: 180, bytes: 720 });
  });
});

// Four lines, for 4 rows of 64 elements or for as many columns of 64 rows.
const [G, Y] = [X + 2 ** 19, X + 2 ** 20];
const [COMBINATIONS, SUMS, PRODUCTS, WEIGHTS] = [12_288, 16_384, 20_480, 24_576];

describe.each<[string, (kernels: AllKernels) => void]>([
  ['applyRows', ({ applyRows }) => applyRows(Y, X, LINES, 4, 64, 4, 0)],
  ['applyColumns', ({ applyColumns }) => applyColumns(Y, X, LINES, 64, 4, 4, SCRATCH)],
  ['applyElements', ({ applyElements }) => applyElements(Y, X, LINES, 0, 0, 4, 64)],
  [
    'applyElements with weights and biases',
    ({ applyElements }) => applyElements(Y, X, LINES, WEIGHTS, WEIGHTS, 4, 64),
  ],
  [
    'addGradientSums',
    ({ addGradientSums }) => addGradientSums(SUMS, PRODUCTS, G, X, LINES, 4, 64, 4, 0),
  ],
  [
    'addColumnGradientSums',
    ({ addColumnGradientSums }) =>
      addColumnGradientSums(SUMS, PRODUCTS, G, X, LINES, 64, 4, SCRATCH),
  ],
  ['combineRows', ({ combineRows }) => combineRows(Y, G, X, LINES, COMBINATIONS, 0, 4, 64, 4, 0)],
  [
    'combineColumns',
    ({ combineColumns }) => combineColumns(Y, G, X, LINES, COMBINATIONS, 64, 4, 4, SCRATCH),
  ],
])('%s', (name, run) => {
  const FITTING = [5, 2, 3];
  const read = (line: readonly number[], last = line) =>
    readBy(normals(256, 1), run, [...line, ...line, ...line, ...last]);

  test('applies lines that float32 can hold by vectors', () => {
    const { loads, bytes } = read(FITTING);
    expect(bytes).toBe(loads * VECTOR);
    // The last vector of a row may be read twice.
    expect(loads).toBeLessThanOrEqual(4 * 17);
  });

  test('applies other lines element by element, or two at a time', () => {
    const beyond = [5, 2 ** 101, 3];
    const all = read(beyond);
    const inPairs = name === 'addColumnGradientSums' || name === 'combineColumns';
    expect(all).toEqual({ loads: inPairs ? 128 : 256, bytes: 1024 });
    // The elements of a vector belong to four columns, but to one row.
    const { loads } = read(FITTING, beyond);
    if (name.includes('Column')) expect(loads).toBe(all.loads);
    else expect(loads).toBeLessThanOrEqual(3 * 17 + 64);
  });
});

// Four columns are tested at once, and those that are left one by one.
describe.each([4, 5])('of %i columns, float32', (columns) => {
  const ORDINARY = [5, 2, 3];
  const ROWS = 64;
  const FACTORS = [0.5, 0.25, 0.125];

  /** How often x is read where one column has another line or combination. */
  const readsWith = (
    run: (kernels: AllKernels) => void,
    at: number,
    line = ORDINARY,
    combination = FACTORS,
  ) =>
    readBy(
      normals(ROWS * columns, 1),
      run,
      Array.from({ length: columns }, (_, i) => (i === at ? line : ORDINARY)).flat(),
      [
        [
          COMBINATIONS,
          Float64Array.from(
            Array.from({ length: columns }, (_, i) => (i === at ? combination : FACTORS)).flat(),
          ),
        ],
      ],
    ).loads;
  const each = Array.from({ length: columns }, (_, i) => i);
  const vectors = ROWS * (Math.floor(columns / 4) + (columns % 4));

  describe.each<[string, (kernels: AllKernels) => void]>([
    [
      'applyColumns',
      ({ applyColumns }) => applyColumns(Y, X, LINES, ROWS, columns, columns, SCRATCH),
    ],
    [
      'combineColumns',
      ({ combineColumns }) =>
        combineColumns(Y, G, X, LINES, COMBINATIONS, ROWS, columns, columns, SCRATCH),
    ],
  ])('in %s', (name, run) => {
    test.each([
      ['the least scale', [5, 2 ** -100, 3]],
      ['the largest scale', [5, -(2 ** 100), 3]],
      ['a scale of 0', [5, 0, 3]],
      ['the largest mean', [-(2 ** 100), 2 ** 26, 3]],
      ['the largest shift', [5, 2, -(2 ** 100)]],
      ['the largest mean for its scale', [2 ** 66, 2 ** 60, 3]],
    ])('holds %s', (_, line) => {
      for (const at of each) expect(readsWith(run, at, line)).toBe(vectors);
    });

    test.each([
      ['a scale too small', [5, 2 ** -101, 3]],
      ['a scale too large', [5, 2 ** 101, 3]],
      ['a mean too large, where the scale is 0', [2 ** 101, 0, 3]],
      ['a mean too large', [2 ** 101, 2 ** -50, 3]],
      ...(name === 'applyColumns'
        ? ([
            ['a shift too large', [5, 2, -(2 ** 101)]],
            ['a mean too large for its scale', [2 ** 67, 2 ** 60, 3]],
          ] as const)
        : []),
    ] as const)('does not hold %s', (_, line) => {
      for (const at of each) expect(readsWith(run, at, [...line])).toBeGreaterThan(vectors);
    });
  });

  const combine = ({ combineColumns }: AllKernels) =>
    combineColumns(Y, G, X, LINES, COMBINATIONS, ROWS, columns, columns, SCRATCH);

  test.each([
    ['the least factors', [2 ** -80, 2 ** -100, -(2 ** -100)]],
    ['the largest factors', [-(2 ** 80), 2 ** 80, 2 ** 80]],
    ['factors of 0', [0, 0, 0]],
  ])('holds %s in combineColumns', (_, combination) => {
    for (const at of each) {
      expect(readsWith(combine, at, ORDINARY, combination)).toBe(vectors);
    }
  });

  test.each([
    ['a gradient factor too small', [2 ** -81, 1, 1]],
    ['a gradient factor too large', [2 ** 81, 1, 1]],
    ['an input factor too small', [1, 2 ** -101, 1]],
    ['an input factor too large', [1, 2 ** 81, 1]],
    ['a constant too small', [1, 1, 2 ** -101]],
    ['a constant too large', [1, 1, -(2 ** 81)]],
  ])('does not hold %s in combineColumns', (_, combination) => {
    for (const at of each) {
      expect(readsWith(combine, at, ORDINARY, combination)).toBeGreaterThan(vectors);
    }
  });
});

describe('combineRows', () => {
  const LENGTH = 66;
  const read = (combination: readonly number[], weight: readonly number[] = []) =>
    readBy(
      normals(LENGTH, 1),
      ({ combineRows }) => {
        const at = weight.length > 0 ? WEIGHTS : 0;
        combineRows(Y, G, X, LINES, COMBINATIONS, at, 1, LENGTH, 1, 0);
      },
      [5, 2, 3],
      [
        [COMBINATIONS, Float64Array.from(combination)],
        [WEIGHTS, new Float32Array(LENGTH).map((_, i) => weight[i % weight.length] ?? 1)],
      ],
    );
  const [A, C] = [2 ** 80, 2 ** -100];

  test.each([[[A, A, A]], [[-1 / A, -C, 0]], [[0, 0, -C]], [[0, 0, 0]]])(
    'makes a combination of %j by vectors',
    (combination) => {
      // The last two elements are no vector.
      expect(read(combination)).toEqual({ loads: 16 + 2, bytes: 264 });
    },
  );

  test.each([
    [[2 * A, 1, 1]],
    [[-0.5 / A, 1, 1]],
    [[1, 2 * A, 1]],
    [[1, C / 2, 1]],
    [[1, 1, -2 * A]],
    [[1, 1, -C / 2]],
  ])('makes a combination of %j element by element', (combination) => {
    expect(read(combination)).toEqual({ loads: LENGTH, bytes: 264 });
  });

  test.each([[[2 ** 40]], [[-(2 ** -40), 0, 1]]])('takes weights of %j by vectors', (weight) => {
    expect(read([1, 1, 1], weight)).toEqual({ loads: 16 + 2, bytes: 264 });
  });

  test.each([
    ['the first', 0],
    ['one', 38],
    ['the last', LENGTH - 1],
  ])('takes elements one by one where %s of the weights is out of range', (_, at) => {
    for (const size of [2 ** 41, -(2 ** -41), 1e-44, Number.NaN]) {
      const weight = Array.from({ length: LENGTH }, (_, i) => (i === at ? size : 1));
      expect(read([1, 1, 1], weight)).toEqual({ loads: LENGTH, bytes: 264 });
    }
  });
});

describe.each<[string, number, (kernels: AllKernels) => void]>([
  [
    'addGradientSums',
    16,
    ({ addGradientSums: add }) => add(SUMS, PRODUCTS, G, X, LINES, 1, 64, 1, 0),
  ],
  [
    'addColumnGradientSums',
    16,
    ({ addColumnGradientSums: add }) => add(SUMS, PRODUCTS, G, X, LINES, 16, 4, SCRATCH),
  ],
  [
    'addElementGradientSums',
    16,
    ({ addElementGradientSums: add }) =>
      add(MOMENTS, MOMENTS + 64, SUMS, PRODUCTS, G, X, WEIGHTS, LINES, 1, 64, SCRATCH),
  ],
])('%s', (_, once, run) => {
  const read = (g: (i: number) => number) =>
    readBy(
      normals(64, 1),
      run,
      [0, 2, 0, 0, 2, 0, 0, 2, 0, 0, 2, 0],
      [
        [G, new Float32Array(64).map((_, i) => g(i))],
        [WEIGHTS, new Float32Array(64).fill(1)],
      ],
    );

  test('reads x once where float32 holds the terms', () => {
    expect(read((i) => i - 30.5).loads).toBe(once);
    expect(read((i) => 2 ** -60 * (i + 1)).loads).toBe(once);
  });

  test('reads x once where the gradient is 0', () => {
    expect(read((i) => (i % 2 ? 0 : -0)).loads).toBe(once);
  });

  test('reads x again where terms are beyond float32, or may be denormals', () => {
    expect(read((i) => (i % 8 < 4 ? 3e38 : -3e38)).loads).toBeGreaterThan(once);
    expect(read((i) => 2 ** -90 * (i + 1)).loads).toBeGreaterThan(once);
    expect(read((i) => (i < 60 ? 0 : 1e-42)).loads).toBeGreaterThan(once);
  });
});

test('addElementGradientSums takes rows whose line float32 can hold by vectors, others element by element', () => {
  const read = (...lines: readonly (readonly number[])[]) =>
    readBy(
      normals(256, 1),
      (kernels) =>
        kernels.addElementGradientSums(
          MOMENTS,
          MOMENTS + 64,
          SUMS,
          PRODUCTS,
          G,
          X,
          WEIGHTS,
          LINES,
          4,
          64,
          SCRATCH,
        ),
      lines.flat(),
    );
  const fitting = [5, 2, 3];
  const throughZero = [0, 2, 3];
  const beyond = [5, 2 ** 101, 3];
  expect(read(fitting, throughZero, fitting, throughZero)).toEqual({ loads: 64, bytes: 1024 });
  expect(read(fitting, beyond, throughZero, beyond)).toEqual({
    loads: 2 * 16 + 2 * 64,
    bytes: 1024,
  });
});
