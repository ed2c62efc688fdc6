import { describe, expect, test } from 'vitest';
import { BatchNorm, foldBatchNorm, Tensor } from '../../src/index.ts';
import { readFixture } from '../support/fixtures.ts';
import { normals } from '../support/random.ts';
import { expectRefusal } from '../support/refusals.ts';
import { DTYPES_16, rounded, tensor16, widened } from '../support/sixteen-bits.ts';

interface FoldingCase {
  readonly name: string;
  readonly transposed: boolean;
  readonly groups: number;
  readonly eps: number;
  readonly shape: readonly number[];
  readonly weight: readonly number[];
  readonly bias: readonly number[] | null;
  readonly norm: Readonly<
    Record<'weight' | 'bias' | 'runningMean' | 'runningVar', number[] | null>
  >;
  readonly folded: { readonly weight: readonly number[]; readonly bias: readonly number[] };
}

const { cases } = readFixture<{ readonly cases: readonly FoldingCase[] }>('torch-folding');

type Statistics = Partial<
  Record<'weight' | 'bias' | 'runningMean' | 'runningVar', number[] | null>
>;

/** Makes a norm of given values. */
function normOf(channels: number, eps: number, values: Statistics): BatchNorm {
  const norm = new BatchNorm(channels, { eps, affine: Boolean(values.weight) });
  for (const [name, of] of Object.entries(values)) {
    if (of) (norm[name as keyof Statistics] as Float32Array).set(of);
  }
  return norm;
}

/** Expects each value to be the float32 next to what float64 gives, or its neighbour at a tie. */
function expectRounded(actual: Float32Array, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    const wanted = expected[i] as number;
    const allowed = 2 ** -24 * (1 + 1e-6) * Math.abs(wanted) + 2 ** -149;
    if (!(Math.abs(value - wanted) <= allowed)) expect.fail(`element ${i}: ${value} for ${wanted}`);
  });
}

describe('foldBatchNorm', () => {
  test.each(cases)("gives PyTorch's weights in float64, rounded once: $name", (folding) => {
    const { transposed, groups, eps, shape, weight, bias, norm, folded } = folding;
    const before = normOf(folded.bias.length, eps, norm);
    const state = before.stateDict();
    const given = new Tensor(Float32Array.from(weight), shape);
    const result = foldBatchNorm(before, {
      weight: given,
      bias: bias && Float32Array.from(bias),
      transposed,
      groups,
    });
    expect([result.weight.shape, result.bias.shape]).toEqual([shape, [folded.bias.length]]);
    expectRounded(result.weight.data, folded.weight);
    expectRounded(result.bias.data, folded.bias);
    expect(before.stateDict()).toEqual(state);
    expect([...given.data]).toEqual(weight);
  });

  // ultralytics PR#25364, yolov3#807, optimum PR#348: the wrong axis, no bias, no affine, eps.
  test('gives what others got wrong', () => {
    const norm = normOf(2, 0, {
      weight: [5, 200],
      bias: [0.5, -0.5],
      runningMean: [1, -1],
      runningVar: [0.25, 4],
    });
    const weight = new Tensor(Float32Array.of(1, 2, 3, 4), [2, 2, 1]);
    const bias = Float32Array.of(1, 2);
    const transposed = foldBatchNorm(norm, { weight, bias, transposed: true });
    expect([...transposed.weight.data]).toEqual([10, 200, 30, 400]);
    expect([...transposed.bias.data]).toEqual([0.5, 299.5]);
    expect([...foldBatchNorm(norm, { weight, bias }).weight.data]).toEqual([10, 20, 300, 400]);

    const bare = normOf(1, 1e-3, { runningMean: [3], runningVar: [1e-4] });
    const two = new Tensor(Float32Array.of(2), [1, 1]);
    const folded = foldBatchNorm(bare, { weight: two });
    const scale = 1 / Math.sqrt(Math.fround(1e-4) + 1e-3);
    expectRounded(folded.weight.data, [2 * scale]);
    expectRounded(folded.bias.data, [-3 * scale]);
    expect(folded.weight.data[0]).toBeCloseTo(60.3022689, 4);
    expect(folded.bias.data[0]).toBeCloseTo(-90.4534034, 4);
  });

  test('leaves the bias where a variance and eps are 0, as the norm does', () => {
    const norm = normOf(1, 0, { weight: [3], bias: [7], runningMean: [2], runningVar: [0] });
    const { weight, bias } = foldBatchNorm(norm, {
      weight: new Tensor(Float32Array.of(5), [1, 1]),
      bias: Float32Array.of(9),
    });
    expect([weight.data[0], bias.data[0]]).toEqual([0, 7]);
  });

  test.each(DTYPES_16)('gives weight and bias of the dtype of the weight: %s', (dtype) => {
    const norm = normOf(2, 1e-5, {
      weight: [0.5, 2],
      bias: [1, -1],
      runningMean: [1, 2],
      runningVar: [2, 3],
    });
    const weight = tensor16(normals(12, 1), [2, 3, 2], dtype);
    const bias = tensor16(normals(2, 2), [2], 'bfloat16');
    const half = foldBatchNorm(norm, { weight, bias });
    const wide = foldBatchNorm(norm, {
      weight: new Tensor(widened(weight.data, dtype), [2, 3, 2]),
      bias: widened(bias.data, 'bfloat16'),
    });
    expect([half.weight.dtype, half.bias.dtype]).toEqual([dtype, dtype]);
    expect(half.weight.data).toEqual(rounded(wide.weight.data, dtype));
    expect(half.bias.data).toEqual(rounded(wide.bias.data, dtype));
  });

  test('takes weights without elements', () => {
    const { weight, bias } = foldBatchNorm(new BatchNorm(2), {
      weight: new Tensor(new Float32Array(0), [2, 0, 3]),
    });
    expect([weight.size, bias.size]).toEqual([0, 2]);
  });

  const weight = new Tensor(normals(15, 3), [5, 3]);
  const square = new Tensor(normals(8, 4), [2, 4]);
  const tracking = { trackRunningStats: false };
  const refused: [string, () => unknown, ErrorConstructor, string, string][] = [
    [
      'another number of channels',
      () => foldBatchNorm(new BatchNorm(2), { weight }),
      RangeError,
      'weight',
      'shape [5, 3]',
    ],
    [
      'a weight of one dimension',
      () => foldBatchNorm(new BatchNorm(2), { weight: new Tensor(normals(2, 1), [2]) }),
      RangeError,
      'weight',
      'shape [2]',
    ],
    [
      'a transposed weight that is none',
      () => foldBatchNorm(new BatchNorm(2), { weight: square, transposed: true }),
      RangeError,
      'weight',
      'shape [2, 4]',
    ],
    [
      'groups that do not divide',
      () => foldBatchNorm(new BatchNorm(2), { weight: square, groups: 3 }),
      RangeError,
      'groups',
      '3',
    ],
    [
      'groups of a transposed weight that do not divide',
      () => foldBatchNorm(new BatchNorm(12), { weight: square, transposed: true, groups: 3 }),
      RangeError,
      'groups',
      '3',
    ],
    [
      'half a group',
      () => foldBatchNorm(new BatchNorm(2), { weight: square, groups: 0.5 }),
      RangeError,
      'groups',
      '0.5',
    ],
    [
      'no weight',
      () => foldBatchNorm(new BatchNorm(2), {} as never),
      TypeError,
      'weight',
      'undefined',
    ],
    [
      'an array for a weight',
      () => foldBatchNorm(new BatchNorm(2), { weight: new Float32Array(8) } as never),
      TypeError,
      'weight',
      'a value of type Float32Array',
    ],
    [
      'a bias of another size',
      () => foldBatchNorm(new BatchNorm(2), { weight: square, bias: new Float32Array(4) }),
      RangeError,
      'bias',
      '4',
    ],
    [
      'a word for transposed',
      () => foldBatchNorm(new BatchNorm(2), { weight: square, transposed: 'yes' as never }),
      TypeError,
      'transposed',
      '"yes"',
    ],
    [
      'an option that it does not know',
      () => foldBatchNorm(new BatchNorm(2), { weight: square, group: 1 } as never),
      TypeError,
      'options',
      '"group"; did you mean groups?',
    ],
    [
      'a norm without running statistics',
      () => foldBatchNorm(new BatchNorm(2, tracking), { weight: square }),
      TypeError,
      'norm',
      'null',
    ],
    [
      'no norm',
      () => foldBatchNorm(undefined as never, { weight: square }),
      TypeError,
      'norm',
      'undefined',
    ],
    [
      'another object for a norm',
      () => foldBatchNorm({} as never, { weight: square }),
      TypeError,
      'norm.numFeatures',
      'undefined',
    ],
    [
      'a norm whose field was replaced',
      () =>
        foldBatchNorm(Object.assign(new BatchNorm(2), { bias: new Float32Array(3) }), {
          weight: square,
        }),
      RangeError,
      'norm.bias',
      '3',
    ],
  ];
  test.each(refused)('refuses %s', (_, call, kind, argument, got) => {
    expectRefusal(call, kind, argument, got);
  });
});
