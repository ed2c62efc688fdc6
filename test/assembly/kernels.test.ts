import { describe, expect, test } from 'vitest';
import { kernelsText } from '../../src/kernels/compiled.ts';
import { decodeBytes } from '../../src/kernels/decode-bytes.ts';
import { instantiateKernels, type Kernels } from '../../src/kernels/kernels.ts';
import { expectClose, expectSameBits } from '../support/closeness.ts';
import { normals } from '../support/random.ts';
import { type Moments, moments } from '../support/reference.ts';

describe('the module', () => {
  const bytes = decodeBytes(kernelsText);
  const module = new WebAssembly.Module(bytes);

  // Ids of sections: core specification 2.0, 5.5.2.
  const START = 8;
  const DATA = 11;
  const DATA_COUNT = 12;

  test('imports a memory and nothing else', () => {
    expect(WebAssembly.Module.imports(module)).toEqual([
      { module: 'env', name: 'memory', kind: 'memory' },
    ]);
  });

  test('exports its kernels and nothing else, no memory in particular', () => {
    const names = WebAssembly.Module.exports(module).map(({ name, kind }) => `${kind} ${name}`);
    expect(names.sort()).toEqual([
      'function addColumnGradientSums',
      'function addColumnMoments',
      'function addColumnMomentsF64',
      'function addElementGradientSums',
      'function addGradientSums',
      'function addMoments',
      'function addMomentsF64',
      'function applyColumns',
      'function applyElements',
      'function applyRows',
      'function combineColumns',
      'function combineRows',
      'function differentiateRows',
      'function makeCombinations',
      'function makeLines',
      'function mergeMoments',
      'function normalizeRows',
    ]);
  });

  test('has no static data and no start function, so that memory is as it was', () => {
    const sections = sectionIds(bytes);
    expect(sections.length).toBeGreaterThan(4);
    for (const id of [START, DATA, DATA_COUNT]) expect(sections).not.toContain(id);
  });

  test('is at most 24 KB', () => {
    expect(bytes.length).toBeLessThanOrEqual(24 * 1024);
  });
});

/** Lists the ids of a module's sections: after 8 bytes of header each has an id, a size in LEB128 and so many bytes. */
function sectionIds(module: Uint8Array): number[] {
  const ids: number[] = [];
  for (let at = 8; at < module.length; ) {
    ids.push(module[at++] as number);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = module[at++] as number;
      size += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    at += size;
  }
  return ids;
}

describe('a memory of the kernels', () => {
  test('holds what was asked for and never grows', () => {
    const { buffer } = instantiateKernels(100_000);
    expect(buffer.byteLength).toBe(131_072);
    expect(new Uint8Array(buffer).every((byte) => byte === 0)).toBe(true);
  });

  test('is its own for each instance', () => {
    expect(instantiateKernels(1).buffer).not.toBe(instantiateKernels(1).buffer);
  });
});

const STATE = 4;
const LINE = 3;
const GUARD = 0xa5;

/**
 * A memory full of guard bytes. Buffers lie with a gap between them, the last
 * one against the end of the memory, where a read too many is a trap.
 */
class Bench {
  readonly kernels: Kernels;
  readonly bytes: Uint8Array;
  #end: number;

  /** @param elements how many float32 its buffers hold, beside a few small ones */
  constructor(elements = 0) {
    const { kernels, buffer } = instantiateKernels(elements * 4 + 8192);
    this.kernels = kernels;
    this.bytes = new Uint8Array(buffer).fill(GUARD);
    this.#end = buffer.byteLength;
  }

  floats(values: ArrayLike<number>): Float32Array {
    const array = new Float32Array(this.bytes.buffer, this.#take(values.length * 4), values.length);
    array.set(values);
    return array;
  }

  doubles(values: ArrayLike<number>): Float64Array {
    const array = new Float64Array(this.bytes.buffer, this.#take(values.length * 8), values.length);
    array.set(values);
    return array;
  }

  /** Runs a kernel, and expects it to have changed nothing but the given buffers. */
  run(kernel: (kernels: Kernels) => void, ...written: (Float32Array | Float64Array)[]): void {
    const before = this.bytes.slice();
    kernel(this.kernels);
    for (const { byteOffset, byteLength } of written) {
      before.set(this.bytes.subarray(byteOffset, byteOffset + byteLength), byteOffset);
    }
    expect(Buffer.compare(this.bytes, before)).toBe(0);
  }

  #take(byteLength: number): number {
    const start = (this.#end - byteLength) & ~7;
    this.#end = start - 40;
    return start;
  }
}

// Up to past the second round of 64 elements.
const SHORT_LENGTHS = Array.from({ length: 150 }, (_, i) => i + 1);

// And around where moments are found in another way, and a chunk, for kernels that have some.
const LENGTHS = [
  ...SHORT_LENGTHS,
  ...[255, 256, 257, 300, 511, 512, 513, 777],
  ...[16383, 16384, 16385, 32769],
];

// One vector of columns more or less, and none.
// From 128 on one row is gone through after the other.
const COLUMNS = [...Array.from({ length: 17 }, (_, i) => i + 1), 32, 33, 127, 128, 130];

/** As many numbers for each column as a kernel that takes four side by side works in. */
const narrowColumns = (bench: Bench, columns: number, each: number): Float32Array =>
  bench.floats(new Float32Array(Math.ceil(columns / 4) * 4 * each).fill(Number.NaN));

// Trees of 4 and 8 rows, and blocks of 32.
const FEW_ROWS = [1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 65];

// 256 are short; of 33 columns a chunk has 1985.
const ROWS = [...FEW_ROWS, 128, 129, 256, 257, 300, 4001];

// Each column of a matrix and each row of a batch has a mean of its own.
const spread = (count: number, seed: number, period: number): Float32Array =>
  normals(count, seed, 4, 2).map((value, i) => value + 10 * (i % period));

function expectState(actual: ArrayLike<number>, { count, mean, variance }: Moments): void {
  const std = Math.sqrt(variance);
  expect(actual[0]).toBe(count);
  // A mean is off by a rounding of a block's sum; a variance by those of squares.
  expect(Math.abs((actual[1] as number) - mean)).toBeLessThanOrEqual(2 ** -23 * std);
  const squares = variance * count;
  expect(Math.abs((actual[2] as number) - squares)).toBeLessThanOrEqual(2 ** -22 * squares);
}

/** A sum of n float64 loses at most n roundings of its largest part. */
function expectWideState(actual: ArrayLike<number>, { count, mean, variance }: Moments): void {
  const rounding = count * 2 ** -52;
  expect(actual[0]).toBe(count);
  expect(Math.abs((actual[1] as number) - mean)).toBeLessThanOrEqual(
    rounding * (Math.abs(mean) + Math.sqrt(variance)),
  );
  const squares = variance * count;
  expect(Math.abs((actual[2] as number) - squares)).toBeLessThanOrEqual(2 * rounding * squares);
}

/** Expects float32 arithmetic of a few operations, whose terms add up to `sizes`. */
function expectWithin(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  sizes: ArrayLike<number>,
  tolerance = 2 ** -22,
): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs((actual[i] as number) - (expected[i] as number));
    if (!(error <= tolerance * (sizes[i] as number))) {
      expect.fail(`element ${i}: expected ${expected[i]}, got ${actual[i]}`);
    }
  }
}

function rowsOf<Values extends Float32Array | Float64Array>(
  values: Values,
  length: number,
): Values[] {
  return Array.from(
    { length: values.length / length },
    (_, row) => values.subarray(row * length, (row + 1) * length) as Values,
  );
}

function columnsOf(values: Float32Array, columns: number): Float32Array[] {
  return Array.from({ length: columns }, (_, column) =>
    new Float32Array(values.length / columns).map(
      (_, row) => values[row * columns + column] as number,
    ),
  );
}

/** The elements of every `period`-th row from each of the first, put together. */
function rowsByPeriod(values: Float32Array, length: number, period: number): number[][] {
  const together: number[][] = Array.from({ length: period }, () => []);
  rowsOf(values, length).forEach((row, i) => {
    together[i % period]?.push(...row);
  });
  return together;
}

describe.each([
  ['addMoments', expectState],
  ['addMomentsF64', expectWideState],
] as const)('%s', (name, expectMoments) => {
  test.each([
    [1, 4],
    [2, 4],
    [3, 4],
    // Which no shift is needed for.
    [2, 0.25],
  ])('adds the moments of %i rows of any length and mean %f to cleared states', (rows, mean) => {
    for (const length of LENGTHS) {
      const bench = new Bench(rows * length);
      const x = bench.floats(normals(rows * length, length, mean, 2));
      const states = bench.doubles(new Float64Array(rows * STATE));
      bench.run(
        (kernels) => kernels[name](states.byteOffset, x.byteOffset, rows, length, rows, 0),
        states,
      );
      const found = rowsOf(states, STATE);
      rowsOf(x, length).forEach((row, i) => {
        expectMoments(found[i] as Float64Array, moments(row));
      });
    }
  });

  test('adds every third of 7 rows to the same of 3 states', () => {
    for (const length of [1, 5, 67, 300]) {
      const bench = new Bench(7 * length);
      const x = bench.floats(normals(7 * length, length, 4, 2));
      const states = bench.doubles(new Float64Array(3 * STATE));
      bench.run(
        (kernels) => kernels[name](states.byteOffset, x.byteOffset, 7, length, 3, 0),
        states,
      );
      rowsByPeriod(x, length, 3).forEach((values, i) => {
        expectMoments(rowsOf(states, STATE)[i] as Float64Array, moments(values));
      });
    }
  });

  test('adds segments, as if they were one row', () => {
    const values = normals(1000, 1, -3, 5);
    for (const cut of [1, 2, 3, 17, 64, 500, 999]) {
      const bench = new Bench(values.length);
      const x = bench.floats(values);
      const state = bench.doubles(new Float64Array(STATE));
      const add = (start: number, length: number) => (kernels: Kernels) =>
        kernels[name](state.byteOffset, x.byteOffset + start * 4, 1, length, 1, 0);
      bench.run(add(0, cut), state);
      bench.run(add(cut, 1000 - cut), state);
      expectMoments(state, moments(values));
    }
  });

  test('gives the same bits wherever a row is cut at a multiple of 16384', () => {
    const length = 5 * 16384 + 77;
    const bench = new Bench(length);
    const x = bench.floats(normals(length, 2, 1e4, 1));
    const whole = bench.doubles(new Float64Array(STATE));
    const cut = bench.doubles(new Float64Array(STATE));
    bench.run((kernels) => kernels[name](whole.byteOffset, x.byteOffset, 1, length, 1, 0), whole);
    for (let done = 0, piece = 16384; done < length; done += piece) {
      piece = done === 0 ? 16384 : 32768;
      const count = Math.min(piece, length - done);
      const start = x.byteOffset + done * 4;
      bench.run((kernels) => kernels[name](cut.byteOffset, start, 1, count, 1, 0), cut);
    }
    expect([...cut]).toEqual([...whole]);
  });
});

test('addMoments finds a mean of exactly the value where all are equal, and no deviation', () => {
  for (const value of [0.1, -3e38, 1e-45]) {
    for (const length of [1, 5, 100, 20000]) {
      const bench = new Bench(length);
      const x = bench.floats(new Float32Array(length).fill(value));
      const state = bench.doubles(new Float64Array(STATE));
      bench.run(
        ({ addMoments }) => addMoments(state.byteOffset, x.byteOffset, 1, length, 1, 0),
        state,
      );
      expect([...state]).toEqual([length, Math.fround(value), 0, 0]);
    }
  }
});

/** Adds columns by either kernel; only one of them needs room to work in. */
function addColumns(
  name: 'addColumnMoments' | 'addColumnMomentsF64',
  bench: Bench,
  columns: number,
): (states: Float64Array, x: number, rows: number) => void {
  if (name === 'addColumnMomentsF64') {
    return (states, x, rows) =>
      bench.run((kernels) => kernels[name](states.byteOffset, x, rows, columns), states);
  }
  const scratch = bench.floats(new Float32Array(columns * 6).fill(Number.NaN));
  return (states, x, rows) =>
    bench.run(
      (kernels) => kernels[name](states.byteOffset, x, rows, columns, scratch.byteOffset),
      states,
      scratch,
    );
}

describe.each([
  ['addColumnMoments', expectState],
  ['addColumnMomentsF64', expectWideState],
] as const)('%s', (name, expectMoments) => {
  test.each(COLUMNS)('adds the moments of %i columns of any number of rows', (columns) => {
    for (const rows of ROWS) {
      const bench = new Bench(rows * columns);
      const x = bench.floats(spread(rows * columns, rows, columns));
      const states = bench.doubles(new Float64Array(columns * STATE));
      addColumns(name, bench, columns)(states, x.byteOffset, rows);
      columnsOf(x, columns).forEach((column, i) => {
        expectMoments(rowsOf(states, STATE)[i] as Float64Array, moments(column));
      });
    }
  });

  test('adds segments, as if they were one matrix', () => {
    for (const cut of [1, 8, 299, 300, 599]) {
      const bench = new Bench(600 * 5);
      const x = bench.floats(spread(600 * 5, cut, 5));
      const states = bench.doubles(new Float64Array(5 * STATE));
      const add = addColumns(name, bench, 5);
      add(states, x.byteOffset, cut);
      add(states, x.byteOffset + cut * 5 * 4, 600 - cut);
      columnsOf(x, 5).forEach((column, i) => {
        expectMoments(rowsOf(states, STATE)[i] as Float64Array, moments(column));
      });
    }
  });
});

describe('addColumnMoments', () => {
  test('gives the same bits wherever a matrix is cut at a multiple of 65536 elements', () => {
    for (const columns of [1, 3, 4, 7, 32]) {
      const chunk = Math.floor(65536 / columns);
      const rows = 3 * chunk + 19;
      const bench = new Bench(rows * columns);
      const x = bench.floats(normals(rows * columns, columns, 1e4, 1));
      const whole = bench.doubles(new Float64Array(columns * STATE));
      const cut = bench.doubles(new Float64Array(columns * STATE));
      const add = addColumns('addColumnMoments', bench, columns);
      add(whole, x.byteOffset, rows);
      add(cut, x.byteOffset, chunk);
      add(cut, x.byteOffset + chunk * columns * 4, rows - chunk);
      expect([...cut]).toEqual([...whole]);
    }
  });

  test('finds a mean of exactly the value in a constant column beside others', () => {
    for (const rows of [1, 5, 100, 300, 20000]) {
      const bench = new Bench(rows * 6);
      const values = normals(rows * 6, rows);
      // One column of a vector, and one of those that are left over.
      for (let row = 0; row < rows; row++) {
        values[row * 6 + 1] = 0.1;
        values[row * 6 + 5] = -3e38;
      }
      const x = bench.floats(values);
      const states = bench.doubles(new Float64Array(6 * STATE));
      addColumns('addColumnMoments', bench, 6)(states, x.byteOffset, rows);
      const found = rowsOf(states, STATE).map((state) => [...state]);
      expect(found[1]).toEqual([rows, Math.fround(0.1), 0, 0]);
      expect(found[5]).toEqual([rows, Math.fround(-3e38), 0, 0]);
    }
  });
});

describe('mergeMoments', () => {
  /** Merges parts into states and returns these. */
  function merged(states: number[][], parts: number[][], share: number): number[][] {
    const bench = new Bench();
    const to = bench.doubles(states.flat());
    const from = bench.doubles(parts.flat());
    bench.run(
      (kernels) =>
        kernels.mergeMoments(to.byteOffset, from.byteOffset, parts.length, share, states.length),
      to,
    );
    return rowsOf(to, STATE).map((state) => [...state]);
  }

  const empty = [0, 0, 0, 0];

  test('merges two halves into what the whole has', () => {
    // 1, 3 and 5, 7, 9, 11.
    expect(merged([[2, 2, 2, 0]], [[4, 8, 20, 0]], 1)).toEqual([[6, 6, 70, 0]]);
  });

  test('keeps what the mean loses to rounding', () => {
    const next = 1 + 2 ** -52;
    expect(merged([[1, 1, 0, 0]], [[1, next, 0, 0]], 1)).toEqual([[2, 1, 2 ** -105, 2 ** -53]]);
    const both = [2, 1, 0, 2 ** -53];
    expect(merged([both], [both], 1)).toEqual([[4, 1, 0, 2 ** -53]]);
  });

  test('takes the first part as it is', () => {
    const part = [3, 0.1, 1e-300, 1e-20];
    expect(merged([empty], [part], 1)).toEqual([part]);
  });

  test('passes over parts that hold nothing', () => {
    expect(merged([[2, 2, 2, 0]], [empty], 1)).toEqual([[2, 2, 2, 0]]);
    expect(merged([empty], [empty], 1)).toEqual([empty]);
  });

  test('merges consecutive parts by share, and begins again after the last state', () => {
    const part = (mean: number) => [1, mean, 0, 0];
    const parts = [1, 3, 10, 30, 100, 300, 5, 5].map(part);
    // States 0, 1, 2, 0: each takes two parts.
    const found = merged([empty, empty, empty], parts, 2).map((state) => state.slice(0, 3));
    expect(found).toEqual([
      [4, 3.5, 11],
      [2, 20, 200],
      [2, 200, 20000],
    ]);
  });
});

describe('makeLines', () => {
  const weight = [2, -3, 0.5];
  const bias = [10, 20, 30];

  test('makes scale = weight / sqrt(variance + eps) and shift = bias, period by period', () => {
    const bench = new Bench();
    const states = bench.doubles(
      [
        [4, 5, 36, 0],
        [2, -1.5, 8, 0],
        [1, 7, 0.25, 0],
        [10, 0, 160, 0],
        [5, 3, 20, 0],
      ].flat(),
    );
    const lines = bench.doubles(new Float64Array(5 * LINE));
    const weights = bench.floats(weight);
    const biases = bench.floats(bias);
    const make = (w: number, b: number, first: number) => (kernels: Kernels) =>
      kernels.makeLines(lines.byteOffset, states.byteOffset, w, b, 5, 1, first, 3, 0, true);
    bench.run(make(weights.byteOffset, biases.byteOffset, 0), lines);
    expect(rowsOf(lines, LINE).map((line) => [...line])).toEqual([
      [5, 2 / 3, 10],
      [-1.5, -3 / 2, 20],
      [7, 1, 30],
      [0, 2 / 4, 10],
      [3, -3 / 2, 20],
    ]);
    bench.run(make(weights.byteOffset, 0, 2), lines);
    expect([...lines].filter((_, i) => i % LINE === 1)).toEqual([
      0.5 / 3,
      2 / 2,
      -3 / 0.5,
      0.5 / 4,
      2 / 2,
    ]);
    bench.run(make(0, 0, 0), lines);
    expect(rowsOf(lines, LINE).map((line) => [...line])).toEqual([
      [5, 1 / 3, 0],
      [-1.5, 1 / 2, 0],
      [7, 2, 0],
      [0, 1 / 4, 0],
      [3, 1 / 2, 0],
    ]);
  });

  test('serves several rows with each state where these share it', () => {
    const bench = new Bench();
    const states = bench.doubles([4, 5, 36, 0, 2, -1.5, 8, 0]);
    const lines = bench.doubles(new Float64Array(6 * LINE));
    const weights = bench.floats(weight);
    const biases = bench.floats(bias);
    bench.run(
      (kernels) =>
        kernels.makeLines(
          lines.byteOffset,
          states.byteOffset,
          weights.byteOffset,
          biases.byteOffset,
          6,
          3,
          0,
          3,
          0,
          true,
        ),
      lines,
    );
    expect(rowsOf(lines, LINE).map((line) => [...line])).toEqual([
      [5, 2 / 3, 10],
      [5, -1, 20],
      [5, 0.5 / 3, 30],
      [-1.5, 1, 10],
      [-1.5, -3 / 2, 20],
      [-1.5, 0.25, 30],
    ]);
  });

  test('divides by the root of the mean of squares, and takes no mean off, where not centred', () => {
    const bench = new Bench();
    // Four elements of mean 3 and variance 7: mean of squares 16.
    const states = bench.doubles([4, 3, 28, 0]);
    const lines = bench.doubles([1, 1, 1]);
    bench.run(
      (kernels) =>
        kernels.makeLines(lines.byteOffset, states.byteOffset, 0, 0, 1, 1, 0, 1, 0, false),
      lines,
    );
    expect([...lines]).toEqual([0, 1 / 4, 0]);
  });

  test('adds eps to the variance, under the root', () => {
    const bench = new Bench();
    const states = bench.doubles([2, 0, 32, 0]);
    const lines = bench.doubles([0, 0, 0]);
    bench.run(
      (kernels) =>
        kernels.makeLines(lines.byteOffset, states.byteOffset, 0, 0, 1, 1, 0, 1, 9, true),
      lines,
    );
    expect([...lines]).toEqual([0, 1 / 5, 0]);
  });

  test('takes a mean within half the deviation off the shift, from where it adds no error', () => {
    const bench = new Bench();
    // Variance 16, and means of half its root and a little more.
    const states = bench.doubles([4, 2, 64, 0, 4, 2.5, 64, 0]);
    const lines = bench.doubles(new Float64Array(2 * LINE));
    const biases = bench.floats([10]);
    bench.run(
      ({ makeLines }) =>
        makeLines(lines.byteOffset, states.byteOffset, 0, biases.byteOffset, 2, 1, 0, 1, 0, true),
      lines,
    );
    expect([...lines]).toEqual([0, 1 / 4, 9.5, 2.5, 1 / 4, 10]);
  });

  test('makes a scale of 0 where there is no spread and no eps', () => {
    const bench = new Bench();
    const states = bench.doubles([2, 3, 0, 0]);
    const lines = bench.doubles([0, 0, 0]);
    bench.run(
      (kernels) =>
        kernels.makeLines(lines.byteOffset, states.byteOffset, 0, 0, 1, 1, 0, 1, 0, true),
      lines,
    );
    expect([...lines]).toEqual([3, 0, 0]);
  });
});

// The last of each goes through float64, since float32 can't hold its scale.
const LINES = [
  [1.5, 2, -4],
  [1e4 + 1 / 3, -0.75, 1],
  [0, -0.5, 3],
  [0, 1e-35, 3],
] as const;

function expectOnLine(
  actual: Float32Array,
  x: Float32Array,
  [mean, scale, shift]: (typeof LINES)[number],
): void {
  const expected = Float64Array.from(x, (value) => (value - mean) * scale + shift);
  expectClose(actual, expected, { weight: [scale], bias: [shift] });
}

describe('applyRows', () => {
  test.each([1, 3, 5])(
    'applies a line to each of %i rows of any length, out of place and in place',
    (rows) => {
      for (const length of SHORT_LENGTHS) {
        const bench = new Bench(2 * rows * length);
        const x = bench.floats(normals(rows * length, length, 1e4, 2));
        const y = bench.floats(new Float32Array(rows * length));
        const at = bench.doubles(LINES.flat());
        const apply = (target: Float32Array) => (kernels: Kernels) =>
          kernels.applyRows(
            target.byteOffset,
            x.byteOffset,
            at.byteOffset,
            rows,
            length,
            LINES.length,
            0,
          );
        bench.run(apply(y), y);
        rowsOf(x, length).forEach((row, i) => {
          const line = LINES[i % LINES.length] as (typeof LINES)[number];
          expectOnLine(rowsOf(y, length)[i] as Float32Array, row, line);
        });
        bench.run(apply(x), x);
        expectSameBits(x, y);
      }
    },
  );
});

describe('applyColumns', () => {
  test.each(COLUMNS)(
    'applies a line to each of %i columns of any number of rows, out of place and in place',
    (columns) => {
      // All in float32, then one column of each vector in float64.
      for (const lines of [LINES.slice(0, 3), LINES]) {
        for (const rows of FEW_ROWS) {
          const bench = new Bench(2 * rows * columns);
          const lineOf = (i: number) => lines[i % lines.length] as (typeof LINES)[number];
          const x = bench.floats(normals(rows * columns, rows, 1e4, 2));
          const y = bench.floats(new Float32Array(rows * columns));
          const at = bench.doubles(Array.from({ length: columns }, (_, i) => lineOf(i)).flat());
          const scratch = narrowColumns(bench, columns, 4);
          const apply = (target: Float32Array) => (kernels: Kernels) =>
            kernels.applyColumns(
              target.byteOffset,
              x.byteOffset,
              at.byteOffset,
              rows,
              columns,
              scratch.byteOffset,
            );
          bench.run(apply(y), y, scratch);
          const results = columnsOf(y, columns);
          columnsOf(x, columns).forEach((column, i) => {
            expectOnLine(results[i] as Float32Array, column, lineOf(i));
          });
          bench.run(apply(x), x, scratch);
          expectSameBits(x, y);
        }
      }
    },
  );
});

describe('applyElements', () => {
  test.each([
    ['a weight and a bias', true, true],
    ['a weight', true, false],
    ['a bias', false, true],
    ['neither', false, false],
  ])('applies a line to each row and then to each element %s', (_, weighted, biased) => {
    for (const columns of LENGTHS.slice(0, 70)) {
      const bench = new Bench(10 * columns);
      const x = bench.floats(normals(LINES.length * columns, columns, 1e4, 2));
      const y = bench.floats(new Float32Array(LINES.length * columns));
      const weight = bench.floats(normals(columns, 1, 1, 0.5));
      const bias = bench.floats(normals(columns, 2));
      const at = bench.doubles(LINES.flat());
      const apply = (target: Float32Array) => (kernels: Kernels) =>
        kernels.applyElements(
          target.byteOffset,
          x.byteOffset,
          at.byteOffset,
          weighted ? weight.byteOffset : 0,
          biased ? bias.byteOffset : 0,
          LINES.length,
          columns,
        );
      bench.run(apply(y), y);
      const terms = Array.from(x, (value, i) => {
        const [mean, scale, shift] = LINES[Math.floor(i / columns)] as (typeof LINES)[number];
        const w = weighted ? (weight[i % columns] as number) : 1;
        return [(value - mean) * scale * w, shift * w, biased ? (bias[i % columns] as number) : 0];
      });
      expectWithin(y, terms.map(sum), terms.map(sumOfSizes));
      bench.run(apply(x), x);
      expectSameBits(x, y);
    }
  });
});

function sum(terms: readonly number[]): number {
  return terms.reduce((total, term) => total + term, 0);
}

function sumOfSizes(terms: readonly number[]): number {
  return sum(terms.map(Math.abs));
}

describe('normalizeRows', () => {
  const weight = normals(6, 1, 1, 0.5);
  const bias = normals(6, 2);
  const eps = 1e-5;

  test.each([
    ['instance', 1, LENGTHS, true],
    ['group', 3, LENGTHS.slice(1, 70), true],
    ['layer', 6, [1], true],
    ['RMS', 6, [1], false],
  ] as const)(
    'finds moments and lines of rows and applies them, out of place and in place: %s normalization',
    (_, share, lengths, centred) => {
      for (const rows of [1, 6, 10]) {
        for (const length of lengths) {
          const size = share * length;
          const bench = new Bench(2 * rows * size);
          const x = bench.floats(normals(rows * size, length, -20, 3));
          const y = bench.floats(new Float32Array(rows * size));
          const states = bench.doubles(new Float64Array(rows * STATE).fill(7));
          const lines = bench.doubles(new Float64Array(rows * share * LINE));
          const weights = bench.floats(weight);
          const biases = bench.floats(bias);
          const normalize = (target: Float32Array) => (kernels: Kernels) =>
            kernels.normalizeRows(
              target.byteOffset,
              states.byteOffset,
              lines.byteOffset,
              x.byteOffset,
              weights.byteOffset,
              biases.byteOffset,
              rows,
              share,
              length,
              6,
              eps,
              centred,
            );
          bench.run(normalize(y), y, states, lines);
          rowsOf(x, size).forEach((row, i) => {
            const found = moments(row);
            expectState(rowsOf(states, STATE)[i] as Float64Array, found);
            const mean = centred ? found.mean : 0;
            const root = Math.sqrt(found.variance + (centred ? 0 : found.mean ** 2) + eps);
            const expected = Float64Array.from(row, (value, at) => {
              const channel = (i * share + Math.floor(at / length)) % 6;
              return (
                ((value - mean) / root) * (weight[channel] as number) + (bias[channel] as number)
              );
            });
            expectClose(rowsOf(y, size)[i] as Float32Array, expected, { weight, bias });
          });
          bench.run(normalize(x), x, states, lines);
          expectSameBits(x, y);
        }
      }
    },
  );

  test('gives a row of one element exactly the bias', () => {
    const bench = new Bench();
    const x = bench.floats([-7.3, 1e30, 1e-45]);
    const states = bench.doubles(new Float64Array(3 * STATE));
    const lines = bench.doubles(new Float64Array(3 * LINE));
    const weights = bench.floats(weight.subarray(0, 3));
    const biases = bench.floats(bias.subarray(0, 3));
    for (const eps of [1e-5, 0]) {
      const y = bench.floats(new Float32Array(3));
      bench.run(
        (kernels) =>
          kernels.normalizeRows(
            y.byteOffset,
            states.byteOffset,
            lines.byteOffset,
            x.byteOffset,
            weights.byteOffset,
            biases.byteOffset,
            3,
            1,
            1,
            3,
            eps,
            true,
          ),
        y,
        states,
        lines,
      );
      expectSameBits(y, bias.slice(0, 3));
    }
  });
});

type Line = readonly [mean: number, scale: number, shift: number];

// z = (x - mean) * scale + shift; float32 can't hold the last.
const WIDE: Line = [1, 1e-35, 3];
const NORMALIZED: readonly Line[] = [[0.5, 2, -0.25], [-3, 0.75, 0], WIDE];

// Beside one without any, so that vectors are gone through as well.
const LINE_SETS = [NORMALIZED.slice(0, 2), NORMALIZED];

/** What a line makes of a value, and the magnitude of its terms. */
function onLine(value: number, [mean, scale, shift]: Line) {
  const product = (value - mean) * scale;
  return { z: product + shift, size: Math.abs(product) + Math.abs(shift) };
}

/** Expects sums that began with 5 and -7 of g and of g * z. */
function expectGradientSums(
  sums: Float64Array,
  products: Float64Array,
  g: readonly ArrayLike<number>[],
  x: readonly ArrayLike<number>[],
  lineOf: (index: number) => Line,
): void {
  const found = g.map((values, i) => {
    const terms = Array.from(values, (value, at) => {
      const { z, size } = onLine(x[i]?.[at] as number, lineOf(i));
      return { product: value * z, size: Math.abs(value) * size };
    });
    return {
      sum: sum(Array.from(values)),
      sumSize: sumOfSizes(Array.from(values)),
      product: sum(terms.map(({ product }) => product)),
      productSize: sum(terms.map(({ size }) => size)),
    };
  });
  expectWithin(
    sums,
    found.map(({ sum }) => 5 + sum),
    found.map(({ sumSize }) => sumSize),
  );
  expectWithin(
    products,
    found.map(({ product }) => -7 + product),
    found.map(({ productSize }) => productSize),
  );
}

describe('addGradientSums', () => {
  test.each([
    [1, 1],
    [3, 3],
    [7, 3],
  ])('adds g and g * z of %i rows of any length to %i sums', (rows, period) => {
    for (const length of LENGTHS) {
      const bench = new Bench(2 * rows * length);
      const g = bench.floats(normals(rows * length, length, 0.1));
      const x = bench.floats(normals(rows * length, length + 1));
      const lines = bench.doubles(NORMALIZED.slice(0, period).flat());
      const sums = bench.doubles(new Float64Array(period).fill(5));
      const products = bench.doubles(new Float64Array(period).fill(-7));
      bench.run(
        (kernels) =>
          kernels.addGradientSums(
            sums.byteOffset,
            products.byteOffset,
            g.byteOffset,
            x.byteOffset,
            lines.byteOffset,
            rows,
            length,
            period,
            0,
          ),
        sums,
        products,
      );
      expectGradientSums(
        sums,
        products,
        rowsByPeriod(g, length, period),
        rowsByPeriod(x, length, period),
        (i) => NORMALIZED[i] as Line,
      );
    }
  });
});

describe('addElementGradientSums', () => {
  // Of five rows each has another line, the third one through 0.
  const FIVE = Array.from({ length: 5 }, (_, i): Line => [i - 2, 1 + i / 3, i / 5]);
  // Rows that float32 does no justice come first, last, and between others.
  const withWide = (row: number) => FIVE.map((line, i) => (i === row ? WIDE : line));

  interface Sums {
    readonly rowSums: Float64Array;
    readonly rowProducts: Float64Array;
    readonly sums: Float64Array;
    readonly products: Float64Array;
  }

  /** Adds the sums of a matrix, cut after some rows, to 5 and to -7. */
  function add(
    g: Float32Array,
    x: Float32Array,
    weight: Float32Array,
    set: readonly Line[],
    cuts: readonly number[] = [],
  ): Sums {
    const columns = weight.length;
    const rows = x.length / columns;
    const bench = new Bench(2 * x.length);
    const [gAt, xAt] = [bench.floats(g).byteOffset, bench.floats(x).byteOffset];
    const { byteOffset: weightAt } = bench.floats(weight);
    const lines = Array.from({ length: rows }, (_, row) => set[row % set.length] as Line);
    const { byteOffset: linesAt } = bench.doubles(lines.flat());
    const rowSums = bench.doubles(new Float64Array(rows).fill(5));
    const rowProducts = bench.doubles(new Float64Array(rows).fill(-7));
    const sums = bench.doubles(new Float64Array(columns).fill(5));
    const products = bench.doubles(new Float64Array(columns).fill(-7));
    const scratch = bench.floats(new Float32Array(columns * 2).fill(Number.NaN));
    let first = 0;
    for (const cut of [...cuts, rows]) {
      const at = 4 * first * columns;
      bench.run(
        (kernels) =>
          kernels.addElementGradientSums(
            rowSums.byteOffset + 8 * first,
            rowProducts.byteOffset + 8 * first,
            sums.byteOffset,
            products.byteOffset,
            gAt + at,
            xAt + at,
            weightAt,
            linesAt + 24 * first,
            cut - first,
            columns,
            scratch.byteOffset,
          ),
        rowSums,
        rowProducts,
        sums,
        products,
        scratch,
      );
      first = cut;
    }
    return { rowSums, rowProducts, sums, products };
  }

  test.each<[rows: number, set: readonly Line[]]>([
    [1, FIVE],
    [3, FIVE],
    [7, FIVE],
    [8, FIVE],
    [9, FIVE],
    [17, FIVE],
    [9, withWide(0)],
    [9, withWide(2)],
    [9, withWide(3)],
    [8, withWide(2)],
    [5, withWide(4)],
  ])('adds w * g and w * g * z of %i rows, and g and g * z of their elements', (rows, set) => {
    for (const columns of [...COLUMNS, 67, 300]) {
      const g = normals(rows * columns, columns, 0.1);
      const x = normals(rows * columns, columns + 1);
      const weight = normals(columns, columns + 2, 1);
      const { rowSums, rowProducts, sums, products } = add(g, x, weight, set);
      const terms = Array.from(x, (value, i) =>
        onLine(value, set[Math.floor(i / columns) % set.length] as Line),
      );
      const gz = (i: number) => (g[i] as number) * (terms[i]?.z as number);
      const sizeOfGz = (i: number) => Math.abs(g[i] as number) * (terms[i]?.size as number);
      const w = (i: number) => weight[i % columns] as number;
      const overRows = (term: (i: number) => number) =>
        Array.from({ length: columns }, (_, column) =>
          sum(Array.from({ length: rows }, (_, row) => term(row * columns + column))),
        );
      const alongRows = (term: (i: number) => number) =>
        Array.from({ length: rows }, (_, row) =>
          sum(Array.from({ length: columns }, (_, column) => term(row * columns + column))),
        );
      const expectAdded = (
        actual: Float64Array,
        before: number,
        add: typeof overRows,
        term: (i: number) => number,
        size: (i: number) => number,
      ) =>
        expectWithin(
          actual,
          add(term).map((value) => before + value),
          add(size),
        );
      const gAt = (i: number) => g[i] as number;
      expectAdded(sums, 5, overRows, gAt, (i) => Math.abs(gAt(i)));
      expectAdded(products, -7, overRows, gz, sizeOfGz);
      expectAdded(
        rowSums,
        5,
        alongRows,
        (i) => w(i) * gAt(i),
        (i) => Math.abs(w(i) * gAt(i)),
      );
      expectAdded(
        rowProducts,
        -7,
        alongRows,
        (i) => w(i) * gz(i),
        (i) => Math.abs(w(i)) * sizeOfGz(i),
      );
    }
  });

  test.each([
    ['all lines fit float32', 19],
    ['the second does not', 1],
  ])('gives the same bits wherever rows are cut at a multiple of eight: %s', (_, wide) => {
    const [rows, columns] = [19, 37];
    const set = Array.from(
      { length: rows },
      (_, row): Line => (row === wide ? WIDE : [row / 7, 1 + row / 5, row / 3]),
    );
    const added = (...cuts: readonly number[]) =>
      add(
        normals(rows * columns, 1),
        normals(rows * columns, 2),
        normals(columns, 3, 1),
        set,
        cuts,
      );
    expect(added(8)).toEqual(added());
    expect(added(8, 16)).toEqual(added());
  });
});

describe('addColumnGradientSums', () => {
  test.each(COLUMNS)('adds g and g * z of %i columns of any number of rows', (columns) => {
    for (const rows of FEW_ROWS) {
      for (const set of LINE_SETS) {
        const lineOf = (i: number) => set[i % set.length] as Line;
        const bench = new Bench(2 * rows * columns);
        const g = bench.floats(normals(rows * columns, rows, 0.1));
        const x = bench.floats(normals(rows * columns, rows + 1));
        const lines = bench.doubles(Array.from({ length: columns }, (_, i) => lineOf(i)).flat());
        const sums = bench.doubles(new Float64Array(columns).fill(5));
        const products = bench.doubles(new Float64Array(columns).fill(-7));
        const scratch = narrowColumns(bench, columns, 4);
        bench.run(
          (kernels) =>
            kernels.addColumnGradientSums(
              sums.byteOffset,
              products.byteOffset,
              g.byteOffset,
              x.byteOffset,
              lines.byteOffset,
              rows,
              columns,
              scratch.byteOffset,
            ),
          sums,
          products,
          scratch,
        );
        expectGradientSums(sums, products, columnsOf(g, columns), columnsOf(x, columns), lineOf);
      }
    }
  });
});

// dx = a * g + b * z + c
const COMBINATIONS = [
  [2, -0.5, 3],
  [1 / 3, 1e-3, -1e3],
  [-1, 0, 0],
] as const;

function expectCombined(
  dx: Float32Array,
  g: Float32Array,
  x: Float32Array,
  lineOf: (index: number) => Line,
  combinationOf: (index: number) => readonly number[],
): void {
  const expected = Array.from(g, (value, i) => {
    const [a, b, c] = combinationOf(i) as (typeof COMBINATIONS)[number];
    const { z, size } = onLine(x[i] as number, lineOf(i));
    return { dx: a * value + b * z + c, size: sumOfSizes([a * value, b * size, c]) };
  });
  expectWithin(
    dx,
    expected.map((at) => at.dx),
    expected.map((at) => at.size),
  );
}

describe('combineRows', () => {
  test.each([
    [1, false],
    [3, false],
    [5, false],
    [5, true],
  ])(
    'combines %i rows of any length, out of place and in place of either, weighted: %s',
    (rows, weighted) => {
      for (const length of SHORT_LENGTHS) {
        const bench = new Bench(4 * rows * length);
        const g = bench.floats(normals(rows * length, length));
        const x = bench.floats(normals(rows * length, length + 1));
        const weight = bench.floats(normals(length, length + 2));
        const dx = bench.floats(new Float32Array(rows * length));
        const lines = bench.doubles(NORMALIZED.flat());
        const at = bench.doubles(COMBINATIONS.flat());
        const combine = (target: Float32Array, from: Float32Array) => (kernels: Kernels) =>
          kernels.combineRows(
            target.byteOffset,
            from.byteOffset,
            x.byteOffset,
            lines.byteOffset,
            at.byteOffset,
            weighted ? weight.byteOffset : 0,
            rows,
            length,
            3,
            0,
          );
        bench.run(combine(dx, g), dx);
        expectCombined(
          dx,
          g.map((value, i) => value * (weighted ? (weight[i % length] as number) : 1)),
          x,
          (i) => NORMALIZED[Math.floor(i / length) % 3] as Line,
          (i) => COMBINATIONS[Math.floor(i / length) % 3] as (typeof COMBINATIONS)[number],
        );
        const gradient = g.slice();
        bench.run(combine(g, g), g);
        expectSameBits(g, dx);
        g.set(gradient);
        bench.run(combine(x, g), x);
        expectSameBits(x, dx);
      }
    },
  );
});

describe('combineColumns', () => {
  test.each(COLUMNS)(
    'combines %i columns of any number of rows, out of place and in place of either',
    (columns) => {
      for (const rows of FEW_ROWS) {
        for (const set of LINE_SETS) {
          const lineOf = (i: number) => set[(i % columns) % set.length] as Line;
          const combinationOf = (i: number) =>
            COMBINATIONS[(i % columns) % 3] as (typeof COMBINATIONS)[number];
          const bench = new Bench(3 * rows * columns);
          const g = bench.floats(normals(rows * columns, rows));
          const x = bench.floats(normals(rows * columns, rows + 1));
          const dx = bench.floats(new Float32Array(rows * columns));
          const each = Array.from({ length: columns }, (_, i) => i);
          const lines = bench.doubles(each.flatMap(lineOf));
          const at = bench.doubles(each.flatMap(combinationOf));
          const scratch = narrowColumns(bench, columns, 5);
          const combine = (target: Float32Array, from: Float32Array) => (kernels: Kernels) =>
            kernels.combineColumns(
              target.byteOffset,
              from.byteOffset,
              x.byteOffset,
              lines.byteOffset,
              at.byteOffset,
              rows,
              columns,
              scratch.byteOffset,
            );
          bench.run(combine(dx, g), dx, scratch);
          expectCombined(dx, g, x, lineOf, combinationOf);
          const gradient = g.slice();
          bench.run(combine(g, g), g, scratch);
          expectSameBits(g, dx);
          g.set(gradient);
          bench.run(combine(x, g), x, scratch);
          expectSameBits(x, dx);
        }
      }
    },
  );
});

describe('makeCombinations', () => {
  // Of 2 groups of 3 channels.
  const SUMS = [1, -2, 0.5, 4, 3, -1];
  const PRODUCTS = [-3, 0.25, 2, 1, -5, 7];
  const RSTD = [0.5, 3];
  const COUNTS = [12, 40];

  test.each([
    ['none', null, 0],
    ['one for each channel', [2, -1, 0.5, 3, 1, -4], 0],
    ['those of a period, from its third', [2, -1, 0.5, 3], 2],
  ])('combines by the formula of the gradient, weights: %s', (_, weight, first) => {
    for (const centred of [true, false]) {
      for (const fixed of [true, false]) {
        const bench = new Bench();
        const combinations = bench.doubles(new Float64Array(6 * 3));
        const states = bench.doubles(COUNTS.flatMap((count) => [count, 9, 9, 9]));
        const lines = bench.doubles(SUMS.flatMap((_, i) => [9, Number(RSTD[i < 3 ? 0 : 1]), 9]));
        const sums = bench.doubles(SUMS);
        const products = bench.doubles(PRODUCTS);
        const weights = weight && bench.floats(weight);
        bench.run(
          (kernels) =>
            kernels.makeCombinations(
              combinations.byteOffset,
              fixed ? 0 : states.byteOffset,
              lines.byteOffset,
              sums.byteOffset,
              products.byteOffset,
              weights ? weights.byteOffset : 0,
              2,
              3,
              first,
              weight?.length ?? 6,
              centred,
            ),
          combinations,
        );
        const weightOf = (i: number) => weight?.[(first + i) % weight.length] ?? 1;
        const expected = SUMS.flatMap((_, i) => {
          const group = i < 3 ? 0 : 1;
          const [rstd, count] = [Number(RSTD[group]), Number(COUNTS[group])];
          const mean = (values: readonly number[]) =>
            sum([0, 1, 2].map((j) => weightOf(3 * group + j) * Number(values[3 * group + j]))) /
            count;
          return [
            weightOf(i) * rstd,
            fixed ? 0 : -rstd * mean(PRODUCTS),
            fixed || !centred ? 0 : -rstd * mean(SUMS),
          ];
        });
        expectWithin(combinations, expected, expected.map(Math.abs), 2 ** -50);
      }
    }
  });
});

describe('differentiateRows', () => {
  // Several groups of 2048 elements, some of more than one row; and rows larger than a group.
  test.each([
    [1, 1, 5],
    [7, 1, 49],
    [100, 1, 49],
    [5, 3, 200],
    [9, 4, 67],
    [3, 2, 3000],
  ])('gives what its parts give, %i rows of %i channels of %i', (rows, share, length) => {
    const [size, channels] = [rows * share * length, rows * share];
    const period = rows === 1 ? share : share * Math.ceil(rows / 2);
    for (const weighted of [false, true]) {
      const bench = new Bench(8 * size + 64 * channels);
      const g = bench.floats(normals(size, 1));
      const x = bench.floats(normals(size, 2, 3, 2));
      const weight = bench.floats(normals(period, 3, 1));
      const w = weighted ? weight.byteOffset : 0;
      const dx = bench.floats(new Float32Array(size));
      const expected = bench.floats(new Float32Array(size));
      const parts = {
        states: bench.doubles(new Float64Array(rows * STATE)),
        lines: bench.doubles(new Float64Array(channels * LINE)),
        combinations: bench.doubles(new Float64Array(channels * 3)),
      };
      const sums = bench.doubles(new Float64Array(channels).fill(Number.NaN));
      const products = bench.doubles(new Float64Array(channels).fill(Number.NaN));
      const expectedSums = bench.doubles(new Float64Array(channels));
      const expectedProducts = bench.doubles(new Float64Array(channels));
      const { states, lines, combinations } = parts;
      const differentiate = (target: Float32Array) => (kernels: Kernels) =>
        kernels.differentiateRows(
          target.byteOffset,
          sums.byteOffset,
          products.byteOffset,
          states.byteOffset,
          lines.byteOffset,
          combinations.byteOffset,
          g.byteOffset,
          x.byteOffset,
          w,
          rows,
          share,
          length,
          period,
          1e-5,
        );
      bench.run(differentiate(dx), dx, sums, products, ...Object.values(parts));

      const [at, sumsAt, productsAt] = [lines, expectedSums, expectedProducts].map(
        ({ byteOffset }) => byteOffset,
      ) as [number, number, number];
      const { kernels } = bench;
      states.fill(0);
      kernels.addMoments(states.byteOffset, x.byteOffset, rows, share * length, rows, 0);
      kernels.makeLines(at, states.byteOffset, 0, 0, channels, share, 0, channels, 1e-5, true);
      kernels.addGradientSums(
        sumsAt,
        productsAt,
        g.byteOffset,
        x.byteOffset,
        at,
        channels,
        length,
        channels,
        0,
      );
      kernels.makeCombinations(
        combinations.byteOffset,
        states.byteOffset,
        at,
        sumsAt,
        productsAt,
        w,
        rows,
        share,
        0,
        period,
        true,
      );
      kernels.combineRows(
        expected.byteOffset,
        g.byteOffset,
        x.byteOffset,
        at,
        combinations.byteOffset,
        0,
        channels,
        length,
        channels,
        0,
      );
      expectSameBits(dx, expected);
      expect([...sums]).toEqual([...expectedSums]);
      expect([...products]).toEqual([...expectedProducts]);

      const gradient = g.slice();
      bench.run(differentiate(g), g, sums, products, ...Object.values(parts));
      expectSameBits(g, expected);
      g.set(gradient);
      bench.run(differentiate(x), x, sums, products, ...Object.values(parts));
      expectSameBits(x, expected);
    }
  });
});

describe('rows with a gap after each period', () => {
  // 3 samples of 5 channels, of which it takes the second and third.
  const [SAMPLES, CHANNELS, PERIOD, LENGTH] = [3, 5, 2, 43];
  const GAP = (CHANNELS - PERIOD) * LENGTH;
  const SIZE = SAMPLES * CHANNELS * LENGTH;
  const START = 4 * LENGTH;

  type Run = (kernels: Kernels, at: Addresses, offset: number, rows: number, gap: number) => void;
  interface Addresses {
    readonly numbers: number;
    readonly others: number;
    readonly x: number;
    readonly g: number;
    readonly lines: number;
    readonly out: number;
  }

  const runs: readonly [string, Run][] = [
    [
      'addMoments',
      (kernels, { numbers, x }, offset, rows, gap) =>
        kernels.addMoments(numbers, x + offset, rows, LENGTH, PERIOD, gap),
    ],
    [
      'addMomentsF64',
      (kernels, { numbers, x }, offset, rows, gap) =>
        kernels.addMomentsF64(numbers, x + offset, rows, LENGTH, PERIOD, gap),
    ],
    [
      'applyRows',
      (kernels, { out, x, lines }, offset, rows, gap) =>
        kernels.applyRows(out + offset, x + offset, lines, rows, LENGTH, PERIOD, gap),
    ],
    [
      'addGradientSums',
      (kernels, { numbers, others, x, g, lines }, offset, rows, gap) =>
        kernels.addGradientSums(
          numbers,
          others,
          g + offset,
          x + offset,
          lines,
          rows,
          LENGTH,
          PERIOD,
          gap,
        ),
    ],
    [
      'combineRows',
      // Its combinations are as good as any other numbers.
      (kernels, { out, x, g, lines }, offset, rows, gap) =>
        kernels.combineRows(
          out + offset,
          g + offset,
          x + offset,
          lines,
          lines,
          0,
          rows,
          LENGTH,
          PERIOD,
          gap,
        ),
    ],
  ];

  test.each(runs)('%s takes them as if each sample came by itself', (_, run) => {
    const results = [true, false].map((together) => {
      const bench = new Bench(3 * SIZE);
      const numbers = bench.doubles(new Float64Array(PERIOD * STATE));
      const others = bench.doubles(new Float64Array(PERIOD));
      const x = bench.floats(normals(SIZE, 1, 2));
      const g = bench.floats(normals(SIZE, 2));
      const lines = bench.doubles(NORMALIZED.slice(0, PERIOD).flat());
      const out = bench.floats(new Float32Array(SIZE));
      const at = Object.fromEntries(
        Object.entries({ numbers, others, x, g, lines, out }).map(([name, { byteOffset }]) => [
          name,
          byteOffset,
        ]),
      ) as unknown as Addresses;
      bench.run(
        (kernels) => {
          if (together) {
            run(kernels, at, START, SAMPLES * PERIOD, GAP);
          } else {
            for (let sample = 0; sample < SAMPLES; sample++) {
              run(kernels, at, START + 4 * sample * CHANNELS * LENGTH, PERIOD, 0);
            }
          }
        },
        numbers,
        others,
        out,
      );
      return [...numbers, ...others, ...out];
    });
    expect(results[0]).toEqual(results[1]);
    expect(results[0]?.some((value) => value !== 0)).toBe(true);
  });
});
