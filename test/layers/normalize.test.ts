import { describe, expect, test } from 'vitest';
import { type NormalizeOptions, normalize, normalizeBackward, Tensor } from '../../src/index.ts';
import { expectSameBits, expectWithin } from '../support/closeness.ts';
import { readFixture } from '../support/fixtures.ts';
import { places, resetPlaces } from '../support/places.ts';
import { normals } from '../support/random.ts';
import { testMessages, testRefusals } from '../support/refusals.ts';
import { sizeOf } from '../support/shapes.ts';
import { numberOf, tensor16 } from '../support/sixteen-bits.ts';
import { expectedVectorGradients, expectedVectors, type VectorCall } from '../support/vectors.ts';

const INF = Number.POSITIVE_INFINITY;

const tensor = (shape: readonly number[], ...values: readonly number[]) =>
  new Tensor(Float32Array.from(values), shape);

/** Normalizes one row. */
const ofRow = (values: readonly number[], options?: NormalizeOptions) =>
  Array.from(normalize(tensor([1, values.length], ...values), options).data as Float32Array);

const gradientOf = (
  g: readonly number[],
  values: readonly number[],
  options?: NormalizeOptions,
): Float32Array =>
  normalizeBackward(tensor([1, g.length], ...g), tensor([1, g.length], ...values), options).input
    .data;

const near = (actual: ArrayLike<number>, expected: readonly number[]) =>
  expectWithin(actual, expected, expected.map(Math.abs), 2e-7);

describe('normalize', () => {
  test('divides the rows of a matrix by their lengths', () => {
    const y = normalize(tensor([2, 2], 3, 4, -8, 6));
    near(y.data, [0.6, 0.8, -0.8, 0.6]);
    expect(y.shape).toEqual([2, 2]);
  });

  test('takes norms of finite numbers that float32 can not hold', () => {
    near(ofRow([3e38, -3e38], { p: 1 }), [0.5, -0.5]);
    near(ofRow([1e30, -1e30]), [Math.SQRT1_2, -Math.SQRT1_2]);
    near(ofRow([1e-30, -1e-30], { eps: 0 }), [Math.SQRT1_2, -Math.SQRT1_2]);
    near(ofRow([1e-30, -1e-30]), [1e-18, -1e-18]);
    near(ofRow([1.4e-45, 0], { eps: 0 }), [1, 0]);
    near(ofRow([2, -3e38, 1], { p: INF }), [2 / 3e38, -1, 1 / 3e38]);
  });

  test('leaves zeros where a vector has no norm, and divides by eps where it has less', () => {
    expect(ofRow([0, 0])).toEqual([0, 0]);
    for (const p of [1, 2, INF]) expect(ofRow([0, 0], { p, eps: 0 })).toEqual([0, 0]);
    near(ofRow([3, 4], { eps: 10 }), [0.3, 0.4]);
  });

  test('goes over dimension 1 unless told otherwise, and writes all of out', () => {
    const x = tensor([1, 2, 2], 3, 0, 4, 1);
    near(normalize(x).data, [0.6, 0, 0.8, 1]);
    near(normalize(x, { axes: [2] }).data, [1, 0, 0.9701425, 0.2425356]);
    near(normalize(x, { axes: [] }).data, [1, 0, 1, 1]);
    const zeros = tensor([2, 4], 1, 0, 3, 2, 0, 0, 0, 2);
    for (const eps of [1e-12, 0]) {
      const out = tensor([2, 4], ...new Array(8).fill(9));
      expect(normalize(zeros, { p: 1, axes: [0], eps, out })).toBe(out);
      expect(Array.from(out.data)).toEqual([1, 0, 1, 0.5, 0, 0, 0, 0.5]);
    }
  });

  test.each([1, 2, INF])('keeps NaN and infinity in their vectors, p %f', (p) => {
    const x = normals(40, 1);
    const clean = normalize(new Tensor(x.slice(), [4, 10]), { p }).data;
    x[3] = Number.NaN;
    x[15] = INF;
    const y = normalize(new Tensor(x, [4, 10]), { p }).data;
    expect(y.subarray(0, 10).every(Number.isNaN)).toBe(true);
    expect(y[15]).toBeNaN();
    expect(y.subarray(10, 20).filter((value) => value === 0)).toHaveLength(9);
    expectSameBits(y.subarray(20), clean.subarray(20));
  });

  test('does not hold eps in 16 bits', () => {
    const half = (...values: number[]) => tensor16(values, [1, values.length], 'float16');
    expect([...normalize(half(0, 0)).data]).toEqual([0, 0]);
    expect([...normalize(half(300, 400)).data]).toEqual([0x38cd, 0x3a66]);
    const least = numberOf(1, 'float16');
    expect([...normalize(half(least, least)).data]).toEqual([0x39a8, 0x39a8]);
    const x = numberOf(0x211f, 'float16');
    const { input } = normalizeBackward(half(1, 0), half(x, x));
    expect([...input.data]).toEqual([0x506b, 0xd06b]);
    const ones = () => tensor16(new Array(5120).fill(1), [1, 5120], 'bfloat16');
    expect(normalize(ones(), { p: 1 }).data[0]).toBe(0x394d);
    expect(normalize(ones()).data[77]).toBe(0x3c65);
  });

  test('takes tensors without elements, and vectors of none', () => {
    expect(normalize(new Tensor(new Float32Array(0), [0, 3])).shape).toEqual([0, 3]);
    expect(normalize(new Tensor(new Float32Array(0), [3, 0, 2])).shape).toEqual([3, 0, 2]);
  });
});

describe('normalizeBackward', () => {
  test('is 1 / eps where the norm is less, and counts a norm of eps', () => {
    near(gradientOf([1, 2], [0, 0]), [1e12, 2e12]);
    near(gradientOf([1, 2], [3e-13, 4e-13]), [1e12, 2e12]);
    near(gradientOf([1, 2], [3, 4], { eps: 5 }), [-0.064, 0.048]);
    near(gradientOf([1, 2], [3, 4], { eps: 6 }), [1 / 6, 1 / 3]);
    for (const p of [1, 2, INF]) near(gradientOf([1, 2], [0, 0], { p, eps: 0 }), [0, 0]);
  });

  test('gives a 0 no sign, and equal magnitudes equal shares', () => {
    const x = [0, 0, 0, -2, 6];
    near(gradientOf([1, 2, 3, 4, 5], x, { p: 1 }), [0.125, 0.25, 0.375, 0.84375, 0.28125]);
    near(gradientOf([1, 2, 5], [3, -3, 1], { p: INF }), [2 / 9, 7 / 9, 5 / 3]);
  });

  test('takes gradients and norms whose products float32 can not hold', () => {
    near(gradientOf([1e30, 0], [1e30, -1e30]), [0.3535533906, 0.3535533906]);
    near(gradientOf([1e-30, 0], [1e-20, 1e-20], { eps: 0 }), [3.535533906e-11, -3.535533906e-11]);
  });

  test('returns no gradients of parameters', () => {
    const x = tensor([1, 2], 3, 4);
    expect(normalizeBackward(x, x)).toMatchObject({ weight: null, bias: null });
  });
});

interface TorchCase {
  readonly shape: readonly number[];
  readonly options: {
    readonly p: number | 'Infinity';
    readonly axes: readonly number[];
    readonly eps: number;
  };
  readonly x: readonly number[];
  readonly gradOutput: readonly number[];
  readonly output: readonly number[];
  readonly gradInput: readonly number[];
}

test('results and gradients are those of PyTorch', () => {
  const { cases } = readFixture<{ readonly cases: readonly TorchCase[] }>('torch-vectors');
  expect(cases).toHaveLength(60);
  for (const { shape, options, ...values } of cases) {
    const x = tensor(shape, ...values.x);
    const ours = { ...options, p: Number(options.p) };
    const y = normalize(x, ours);
    expectWithin(y.data, values.output, values.output.map(Math.abs));
    const g = tensor(shape, ...values.gradOutput);
    const { input } = normalizeBackward(g, x, ours);
    const call = { shape, ...ours };
    const { sizes } = expectedVectorGradients(call, g.data, x.data);
    const most = values.gradInput.map((value, i) => Math.abs(value) + (sizes[i] as number));
    expectWithin(input.data, values.gradInput, most);
  }
});

// Rows in vectors and tails, rows longer than a tile and its chunks, columns in blocks and beside
// them, and vectors that lie apart.
const SHAPES: readonly Pick<VectorCall, 'shape' | 'axes'>[] = [
  { shape: [3, 39], axes: [1] },
  { shape: [2, 70_001], axes: [1] },
  { shape: [2, 37, 41], axes: [1] },
  { shape: [1, 4096, 19], axes: [1] },
  { shape: [2, 5000, 3], axes: [1] },
  { shape: [6, 5, 7], axes: [2, 0] },
  { shape: [70_001, 2], axes: [0] },
];

describe.each([1, 2, INF])('with p %f', (p) => {
  test.each(SHAPES)('$shape over $axes is near the formulas in any place', ({ shape, axes }) => {
    const call = { shape, axes, p, eps: 1e-12 };
    const options = { axes, p };
    const x = normals(sizeOf(shape), 3, 0.5);
    const g = normals(x.length, 4);
    const y = normalize(new Tensor(x.slice(), shape), options).data;
    const expected = expectedVectors(call, x);
    expectWithin(y, expected, expected.map(Math.abs), 2 ** -22);
    const dx = normalizeBackward(new Tensor(g, shape), new Tensor(x, shape), options).input.data;
    const wanted = expectedVectorGradients(call, g, x);
    const sizes = wanted.sizes.map(
      (size, i) => 2 ** -24 * Math.abs(wanted.input[i] as number) + 1e-12 * size,
    );
    expectWithin(dx, wanted.input, sizes, 1.0001);
    for (const place of Object.values(places)) {
      resetPlaces();
      const here = place(x, shape);
      expectSameBits(normalize(here, options).data, y);
      const slopes = place(g, shape);
      expectSameBits(normalizeBackward(slopes, here, { ...options, out: slopes }).input.data, dx);
      expectSameBits(normalize(here, { ...options, out: here }).data, y);
    }
  });
});

describe('a refusal of normalize', () => {
  testRefusals(
    () => ({ x: tensor([2, 2], 1, 2, 3, 4), out: tensor([2, 2], 0, 0, 0, 0) }),
    ({ x, ...options }) => normalize(x as Tensor, options),
    [
      ['p', () => ({ p: 3 }), RangeError, 'p', '3'],
      ['p of another kind', () => ({ p: '2' }), TypeError, 'p', '"2"'],
      ['a negative eps', () => ({ eps: -1 }), RangeError, 'eps', '-1'],
      ['an axis that is not there', () => ({ axes: [2] }), RangeError, 'axes', '[2]'],
      ['an axis twice', () => ({ axes: [0, -2] }), RangeError, 'axes', '[0, -2]'],
      ['an axis of another kind', () => ({ axes: 1 }), TypeError, 'axes', '1'],
      ['an option', () => ({ dim: 1 }), TypeError, 'options', '"dim"'],
      ['another shape of out', () => ({ out: tensor([4], 0, 0, 0, 0) }), RangeError, 'out', '[4]'],
    ],
  );
});

testMessages('normalize says', [
  ['p: expected 1, 2 or Infinity, got 0.5', () => normalize(tensor([1, 1], 1), { p: 0.5 })],
  ['axes: expected dimensions of x, from -1 to 0, got [1]', () => normalize(tensor([2], 1, 2))],
  [
    'gradOutput: expected shape [1, 2], got [2, 1]',
    () => normalizeBackward(tensor([2, 1], 1, 2), tensor([1, 2], 1, 2)),
  ],
]);
