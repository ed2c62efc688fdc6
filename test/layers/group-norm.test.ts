import { describe, expect, test } from 'vitest';
import {
  GroupNorm,
  type GroupNormOptions,
  groupNorm,
  groupNormBackward,
  Tensor,
  type TensorLike,
} from '../../src/index.ts';
import { expectClose, expectSameBits, worstError } from '../support/closeness.ts';
import { expectGradients } from '../support/gradients.ts';
import { channelsLast } from '../support/layouts.ts';
import { rowsOf } from '../support/matrices.ts';
import { randomTensor } from '../support/norms.ts';
import { normals, uniforms } from '../support/random.ts';
import {
  groupNormGradients,
  groupNorm as groupNormReference,
  instanceNorm as instanceNormReference,
  layerNorm as layerNormReference,
  moments,
} from '../support/reference.ts';
import {
  expectRefusal,
  type Refused,
  type RefusedCall,
  testRefusals,
  testRefusedCalls,
} from '../support/refusals.ts';

/** The moments of each group of an (N, C, *) tensor. */
function groupMoments({ data, shape }: Tensor, groups: number) {
  return rowsOf(data, data.length / ((shape[0] as number) * groups)).map(moments);
}

describe('groupNorm', () => {
  const general: [number[], number][] = [
    [[1, 2, 3, 4], 2],
    [[2, 3, 10], 3],
    [[3, 1, 1, 1, 2], 1],
    [[2, 6, 4, 2, 2], 3],
    [[1, 256, 1, 1], 32],
  ];

  test.each(general)(
    'normalizes each group of shape %j in %i to mean 0 and variance 1 (test_GroupNorm_general)',
    (shape, groups) => {
      const x = randomTensor(shape, 1, -7, 3);
      const channels = shape[1] as number;
      const places = x.size / ((shape[0] as number) * channels);
      const weight = uniforms(channels, 2, 0.5, 2);
      const bias = normals(channels, 3);
      const plain = groupNorm(x, groups, { eps: 0 });
      for (const { mean, variance } of groupMoments(plain, groups)) {
        expect(Math.abs(mean)).toBeLessThan(1e-6);
        expect(Math.abs(variance - 1)).toBeLessThan(1e-6);
      }
      const affine = groupNorm(x, groups, { weight, bias, eps: 0 });
      const undone = affine.data.map((value, i) => {
        const channel = Math.floor(i / places) % channels;
        return (value - (bias[channel] as number)) / (weight[channel] as number);
      });
      for (const { mean, variance } of groupMoments(new Tensor(undone, shape), groups)) {
        expect(Math.abs(mean)).toBeLessThan(1e-5);
        expect(Math.abs(variance - 1)).toBeLessThan(1e-5);
      }
    },
  );

  // OpInfo samples, and the inputs of the generic module suite.
  const samples: [number[], number, number][] = [
    [[1, 6, 3], 2, 0.5],
    [[2, 6, 3], 2, 1e-5],
    [[1, 3], 1, 1e-5],
    [[5, 5, 5], 1, 1e-5],
    [[4, 6, 5], 3, 1e-3],
    [[4, 12], 3, 1e-3],
    [[150, 6], 1, 1e-3],
    [[4, 5, 5], 5, 1e-3],
    [[4, 10], 1, 1e-3],
    [[4, 6, 2, 3], 3, 1e-3],
    [[4, 3, 2, 3], 3, 1e-3],
    [[4, 3, 2, 3], 1, 1e-3],
  ];

  test.each(samples)(
    'gives the float64 reference for shape %j in %i groups with eps %d, with any parameters (test_forward)',
    (shape, groups, eps) => {
      const x = randomTensor(shape, 4, 3, 2);
      const channels = shape[1] as number;
      for (const weight of [null, normals(channels, 5)]) {
        for (const bias of [null, normals(channels, 6)]) {
          const affine = { weight, bias, eps };
          const y = groupNorm(x, groups, affine);
          expect(y.shape).toEqual(shape);
          const expected = groupNormReference(x.data, shape, groups, affine);
          expectClose(y.data, expected, affine);
          const last = groupNorm(channelsLast(x), groups, { ...affine, layout: 'nhwc' });
          expectClose(
            last.data,
            channelsLast(new Tensor(Float32Array.from(expected), shape)).data,
            {
              weight: [2 * Math.max(1, ...(weight ?? []).map(Math.abs))],
              bias,
            },
          );
        }
      }
    },
  );

  test('is instance normalization with a group for each channel, and layer normalization with one group (OpInfo reference)', () => {
    const shape = [20, 6, 10, 10];
    const x = randomTensor(shape, 7, 2, 3);
    expectClose(groupNorm(x, 6).data, instanceNormReference(x.data, shape));
    expectClose(groupNorm(x, 1).data, layerNormReference(x.data, [6, 10, 10]));
    expectClose(groupNorm(x, 3).data, groupNormReference(x.data, shape, 3));
  });

  test('is within the contract for 37 million elements (test_GroupNorm_numeric)', () => {
    const shape = [1, 8, 256, 256, 72];
    const x = new Tensor(uniforms(8 * 256 * 256 * 72, 8), shape);
    const half = x.size / 2;
    const y = groupNorm(x, 2);
    for (const start of [0, half]) {
      const group = x.data.subarray(start, start + half);
      const error = worstError(y.data.subarray(start, start + half), group, 1e-5);
      expect(error).toBeLessThanOrEqual(1);
    }
  });

  test.each([
    [[4, 8, 10, 10], 4],
    [[2, 30, 9, 9], 3],
    [[4, 9, 1, 1], 3],
    [[2, 6, 3, 4, 5], 2],
  ] as [number[], number][])(
    'gives in nhwc what it gives in nchw, and the same gradients, for %j in %i (test_groupnorm_nhwc)',
    (shape, groups) => {
      const x = randomTensor(shape, 9, 1, 2);
      const g = randomTensor(shape, 10);
      const channels = shape[1] as number;
      const affine = { weight: normals(channels, 11), bias: normals(channels, 12) };
      const nhwc = { ...affine, layout: 'nhwc' } as const;
      const [last, lastGradient] = [channelsLast(x), channelsLast(g)];
      const y = groupNorm(last, groups, nhwc);
      expect(y.shape).toEqual(last.shape);
      expectClose(y.data, groupNormReference(last.data, last.shape, groups, nhwc), affine);
      const found = groupNormBackward(lastGradient, last, groups, nhwc);
      const expected = groupNormGradients(lastGradient.data, last.data, last.shape, groups, nhwc);
      const { input, weight, bias } = groupNormBackward(g, x, groups, affine);
      const { sizes } = expected;
      expectGradients(found, expected);
      expectGradients(found, { input: channelsLast(input).data, weight, bias, sizes });
    },
  );

  test.each([[[0, 4, 2, 2]], [[0, 2]], [[2, 4, 0]]])(
    'gives an empty tensor for the empty shape %j (test_GroupNorm_empty)',
    (shape) => {
      const x = new Tensor(new Float32Array(0), shape);
      expect(groupNorm(x, 2).shape).toEqual(shape);
      expect(groupNorm(x, 2, { weight: new Float32Array(shape[1] as number) }).size).toBe(0);
    },
  );

  test('takes groups of one value if the batch has several (test_GroupNorm_raises_error_if_one_value_per_group)', () => {
    const bias = normals(10, 13);
    const y = groupNorm(randomTensor([2, 10, 1], 14), 10, { bias });
    expectSameBits(y.data, Float32Array.from([...bias, ...bias]));
  });
});

describe('a refused call of groupNorm', () => {
  const shape = [2, 6, 4];

  function validCall() {
    return {
      x: randomTensor(shape, 20) as TensorLike,
      groups: 3 as unknown,
      weight: normals(6, 21),
      bias: normals(6, 22),
      out: new Tensor(normals(48, 23), shape),
    };
  }

  type Call = ReturnType<typeof validCall>;

  const make = ({ x, groups, ...options }: Record<string, unknown>) =>
    groupNorm(x as TensorLike, groups as number, options as GroupNormOptions);

  const refused: Refused<Call>[] = [
    [
      '1 dimension (OpInfo errors)',
      () => ({ x: randomTensor([48], 1) }),
      RangeError,
      'x',
      'shape [48]',
    ],
    [
      '7 channels in 2 groups (OpInfo errors)',
      () => ({ x: randomTensor([2, 7, 4], 1), groups: 2, weight: null, bias: null, out: null }),
      RangeError,
      'x',
      '7',
    ],
    [
      '5 channels in 2 groups (test_group_norm_error)',
      () => ({ x: randomTensor([3, 5], 1), groups: 2, weight: null, bias: null, out: null }),
      RangeError,
      'x',
      '5',
    ],
    [
      'one value in each group (test_GroupNorm_raises_error_if_one_value_per_group)',
      () => ({ x: randomTensor([1, 10, 1], 1), groups: 10, weight: null, bias: null, out: null }),
      RangeError,
      'x',
      'shape [1, 10, 1] in 10 groups',
    ],
    ['no groups', () => ({ groups: 0 }), RangeError, 'numGroups', '0'],
    ['negative groups', () => ({ groups: -3 }), RangeError, 'numGroups', '-3'],
    ['a word for groups', () => ({ groups: '3' }), TypeError, 'numGroups', '"3"'],
    ['options for groups', () => ({ groups: undefined }), TypeError, 'numGroups', 'undefined'],
    ['a weight for each group', () => ({ weight: normals(3, 1) }), RangeError, 'weight', '3'],
    ['a weight for 3 samples of 2', () => ({ weight: normals(18, 1) }), RangeError, 'weight', '18'],
    ['a list for a bias', () => ({ bias: [1, 2] }), TypeError, 'bias', '[1, 2]'],
    ['a bias for 5 of 6 channels', () => ({ bias: normals(5, 1) }), RangeError, 'bias', '5'],
    ['lengths', () => ({ lengths: [4, 4] }), TypeError, 'options', '"lengths"'],
    ['an out of another shape', () => ({ out: randomTensor([48], 1) }), RangeError, 'out', '[48]'],
    [
      'an out that holds the weight',
      (call) => ({ weight: call.out.data.subarray(42) }),
      RangeError,
      'out',
      'bytes 0 to 192',
    ],
  ];

  testRefusals(validCall, make, refused);
});

describe('GroupNorm', () => {
  test('begins with weights of 1 and biases of 0 (GroupNorm)', () => {
    const layer = new GroupNorm(2, 4, { eps: 2e-5 });
    const { weight, bias, eps, numGroups, numChannels, layout } = layer;
    expect({ weight, bias, eps, numGroups, numChannels, layout }).toEqual({
      weight: new Float32Array(4).fill(1),
      bias: new Float32Array(4),
      eps: 2e-5,
      numGroups: 2,
      numChannels: 4,
      layout: 'nchw',
    });
    expect(new GroupNorm(2, 4).eps).toBe(1e-5);
    layer.forward(randomTensor([2, 4, 3], 30));
    const { weight: gradWeight, bias: gradBias } = layer.backward(randomTensor([2, 4, 3], 31));
    expect([gradWeight?.length, gradBias?.length]).toEqual([4, 4]);
  });

  test('without weight and bias takes any number of channels that its groups divide', () => {
    const x = randomTensor([2, 6, 5], 3);
    const layer = new GroupNorm(2, 4, { affine: false });
    expectSameBits(layer.forward(x).data, groupNorm(x, 2).data);
    expect(() => new GroupNorm(2, 4).forward(x)).toThrow(RangeError);
  });

  test('has no parameters with affine false', () => {
    const { weight, bias } = new GroupNorm(2, 4, { affine: false });
    expect([weight, bias]).toEqual([null, null]);
  });

  test.each(['nchw', 'nhwc'] as const)(
    'gives what groupNorm gives in %s, in both modes',
    (layout) => {
      const layer = new GroupNorm(2, 4, { layout, eps: 1e-3 });
      layer.weight?.set(normals(4, 32));
      layer.bias?.set(normals(4, 33));
      const { weight, bias } = layer;
      const x = randomTensor([3, 4, 5, 4], 34);
      const expected = groupNorm(x, 2, { weight, bias, eps: 1e-3, layout });
      expectSameBits(layer.forward(x).data, expected.data);
      expectSameBits(layer.eval().forward(x).data, expected.data);
      expect(layer.forward(x, { out: x })).toBe(x);
      expectSameBits(x.data, expected.data);
    },
  );

  test.each([
    [2, 3],
    [3, 2],
    [1, 10],
    [6, 4],
  ])('refuses %i channels in %i groups (test_GroupNorm_general)', (channels, groups) => {
    const call = () => new GroupNorm(groups, channels);
    expectRefusal(call, RangeError, 'numChannels', `${channels}`);
  });

  test('refuses an input with another number of channels', () => {
    const layer = new GroupNorm(2, 4);
    const call = () => layer.forward(randomTensor([2, 6, 3], 35));
    expectRefusal(call, RangeError, 'x', 'shape [2, 6, 3]');
  });

  const refused: RefusedCall[] = [
    ['no groups', () => new GroupNorm(0, 4), RangeError, 'numGroups', '0'],
    ['no channels', () => new GroupNorm(1, 0), RangeError, 'numChannels', '0'],
    ['a word for channels', () => new GroupNorm(1, '4' as never), TypeError, 'numChannels', '"4"'],
    [
      'an unknown option',
      () => new GroupNorm(1, 4, { bias: true } as never),
      TypeError,
      'options',
      '"bias"',
    ],
    [
      'null for affine',
      () => new GroupNorm(1, 4, { affine: null as never }),
      TypeError,
      'affine',
      'null',
    ],
    [
      'an unknown layout',
      () => new GroupNorm(1, 4, { layout: '' as never }),
      RangeError,
      'layout',
      '""',
    ],
  ];
  testRefusedCalls(refused);
});
