import { describe, expect, test } from 'vitest';
import {
  LayerNorm,
  type LayerNormOptions,
  layerNorm,
  layerNormBackward,
  type NormalizedShape,
  Tensor,
  type TensorLike,
} from '../../src/index.ts';
import { expectClose, expectSameBits, worstError } from '../support/closeness.ts';
import { expectGradients } from '../support/gradients.ts';
import { rowsOf } from '../support/matrices.ts';
import { randomTensor } from '../support/norms.ts';
import { normals, uniforms } from '../support/random.ts';
import {
  layerNormGradients,
  layerNorm as layerNormReference,
  moments,
} from '../support/reference.ts';
import {
  type Refused,
  type RefusedCall,
  testRefusals,
  testRefusedCalls,
} from '../support/refusals.ts';
import { sizeOf } from '../support/shapes.ts';

describe('layerNorm', () => {
  test.each([
    [[3, 20], [20]],
    [
      [3, 4, 5],
      [4, 5],
    ],
    [[3, 4, 5, 6], [6]],
    [
      [3, 4, 5, 6],
      [4, 5, 6],
    ],
    [
      [2, 3, 2, 3, 4],
      [2, 3, 4],
    ],
  ])(
    'normalizes shape %j over %j to mean 0 and variance 1, or to others by weight and bias (test_LayerNorm_general)',
    (shape, normalized) => {
      const x = randomTensor(shape, 1, -7, 3);
      const length = sizeOf(normalized);
      const plain = layerNorm(x, normalized, { eps: 0 });
      for (const { mean, variance } of rowsOf(plain.data, length).map(moments)) {
        expect(Math.abs(mean)).toBeLessThan(1e-6);
        expect(Math.abs(variance - 1)).toBeLessThan(1e-6);
      }
      const weight = new Float32Array(length).fill(1.5);
      const bias = new Float32Array(length).fill(-0.25);
      const y = layerNorm(x, normalized, { weight, bias, eps: 0 });
      for (const { mean, variance } of rowsOf(y.data, length).map(moments)) {
        expect(Math.abs(mean + 0.25)).toBeLessThan(1e-6);
        expect(Math.abs(variance - 2.25)).toBeLessThan(1e-5);
      }
    },
  );

  // OpInfo samples, and the inputs of the generic module suite.
  const samples: [number[], number[], number][] = [
    [[1, 2, 3], [1, 2, 3], 0.5],
    [[2, 2, 3], [2, 3], 1e-5],
    [[1], [1], 1e-5],
    [[1, 2], [2], 1e-5],
    [[4, 5, 5], [5], 1e-3],
    [[128, 5, 5], [5], 1e-3],
    [[4, 2, 2, 5], [2, 2, 5], 1e-3],
    [[2, 3, 300], [300], 0],
  ];

  test.each(samples)(
    'gives the float64 reference for shape %j over %j with eps %d, with any parameters (test_forward)',
    (shape, normalized, eps) => {
      const x = randomTensor(shape, 2, 3, 2);
      const length = sizeOf(normalized);
      for (const weight of [null, normals(length, 3)]) {
        for (const bias of [null, normals(length, 4)]) {
          const affine = { weight, bias, eps };
          const y = layerNorm(x, normalized, affine);
          expect(y.shape).toEqual(shape);
          expectClose(y.data, layerNormReference(x.data, normalized, affine), affine);
        }
      }
    },
  );

  test('takes a number for the last dimension', () => {
    const x = randomTensor([3, 7], 5);
    expectSameBits(layerNorm(x, 7).data, layerNorm(x, [7]).data);
  });

  test('gives zeros for rows of no spread, where one pass would leave 1e-4 (test_layer_norm_eps)', () => {
    const x = new Tensor(Float32Array.of(2, 2, 14, 14, 2, 2, 14, 14), [2, 2, 2]);
    expect(layerNorm(x, 2, { eps: 1e-6 }).data).toEqual(new Float32Array(8));
  });

  test('gives without weight what ones give, and without bias what zeros give (test_layernorm_weight_bias)', () => {
    const x = randomTensor([5, 33], 6);
    const [weight, bias] = [normals(33, 7), normals(33, 8)];
    const ones = new Float32Array(33).fill(1);
    const zeros = new Float32Array(33);
    expectSameBits(layerNorm(x, 33, { bias }).data, layerNorm(x, 33, { bias, weight: ones }).data);
    expectSameBits(
      layerNorm(x, 33, { weight }).data,
      layerNorm(x, 33, { weight, bias: zeros }).data,
    );
  });

  test('is within the contract for 9 million elements in a row (test_LayerNorm_numeric)', () => {
    const normalized = [256, 256, 144];
    const length = sizeOf(normalized);
    const x = new Tensor(uniforms(2 * length, 9), [2, ...normalized]);
    const y = layerNorm(x, normalized);
    for (const start of [0, length]) {
      const row = x.data.subarray(start, start + length);
      const error = worstError(y.data.subarray(start, start + length), row, 1e-5);
      expect(error).toBeLessThanOrEqual(1);
    }
  });

  test.each([
    [
      [4, 56, 56, 56],
      [56, 56, 56],
    ],
    [[3, 3], [3]],
    [[1024, 1024], [1024]],
    [[20000, 32], [32]],
    [[8, 131072], [131072]],
  ])(
    'has the gradients of %j over %j (3d_no_affine_large_feature, test_layer_norm_backwards_eps)',
    (shape, normalized) => {
      const x = randomTensor(shape, 10, 1, 2);
      const g = randomTensor(shape, 11);
      const length = sizeOf(normalized);
      const affine = { weight: normals(length, 12), bias: normals(length, 13) };
      const found = layerNormBackward(g, x, normalized, affine);
      expectGradients(found, layerNormGradients(g.data, x.data, normalized, affine));
    },
  );

  // The second row is longer than the weights that the scratch holds.
  test.each([20, 5003])('has the gradients of a bias alone, over %i elements', (length) => {
    const x = randomTensor([9, length], 14, 1, 2);
    const g = randomTensor([9, length], 15);
    const bias = normals(length, 16);
    const weight = new Float32Array(length).fill(1);
    const found = layerNormBackward(g, x, length, { bias });
    const expected = layerNormBackward(g, x, length, { weight, bias });
    expect(found.weight).toBeNull();
    expectSameBits(found.bias as Float32Array, expected.bias as Float32Array);
    expectSameBits(found.input.data, expected.input.data);
  });

  test('gives rows of one element exactly their bias', () => {
    const bias = Float32Array.of(0.3);
    const weight = Float32Array.of(1e20);
    const y = layerNorm(randomTensor([5, 1], 14), 1, { weight, bias });
    expectSameBits(y.data, new Float32Array(5).fill(0.3));
  });

  test.each([
    [[0, 5], [5]],
    [[0, 5, 5], [5]],
    [[3, 0], [0]],
    [[0, 1], [1]],
  ])('gives an empty tensor for the empty shape %j over %j', (shape, normalized) => {
    const x = new Tensor(new Float32Array(0), shape);
    expect(layerNorm(x, normalized).shape).toEqual(shape);
  });
});

describe('a refused call of layerNorm', () => {
  const shape = [2, 3, 4];

  function validCall() {
    return {
      x: randomTensor(shape, 20) as TensorLike,
      normalized: [3, 4] as unknown,
      weight: normals(12, 21),
      bias: normals(12, 22),
      out: new Tensor(normals(24, 23), shape),
    };
  }

  type Call = ReturnType<typeof validCall>;

  const make = ({ x, normalized, ...options }: Record<string, unknown>) =>
    layerNorm(x as TensorLike, normalized as NormalizedShape, options as LayerNormOptions);

  /** A normalized shape that the input does not end with. */
  const misfit = (normalized: NormalizedShape, x: readonly number[]) => () => ({
    normalized,
    x: randomTensor(x, 1),
    weight: null,
    bias: null,
    out: null,
  });

  const refused: Refused<Call>[] = [
    ['() over () (test_LayerNorm_general)', misfit([], []), RangeError, 'normalizedShape', '[]'],
    ['(3) over (2, 3) (test_LayerNorm_general)', misfit([2, 3], [3]), RangeError, 'x', '[3]'],
    [
      '(1, 2, 3) over (2) (test_LayerNorm_general)',
      misfit([2], [1, 2, 3]),
      RangeError,
      'x',
      '[1, 2, 3]',
    ],
    ['(2, 3) over (10) (test_LayerNorm_general)', misfit([10], [2, 3]), RangeError, 'x', '[2, 3]'],
    ['(2, 3) over 10 (test_LayerNorm_general)', misfit(10, [2, 3]), RangeError, 'x', '[2, 3]'],
    [
      '(2, 2, 3) over (2, 2) (OpInfo errors)',
      misfit([2, 2], [2, 2, 3]),
      RangeError,
      'x',
      '[2, 2, 3]',
    ],
    [
      'no normalized shape',
      () => ({ normalized: undefined }),
      TypeError,
      'normalizedShape',
      'undefined',
    ],
    ['a broken size', () => ({ normalized: 4.5 }), RangeError, 'normalizedShape', '4.5'],
    [
      'a weight for a row of the shape',
      () => ({ weight: normals(4, 1) }),
      RangeError,
      'weight',
      '4',
    ],
    ['a bias for 3 samples of 2', () => ({ bias: normals(36, 1) }), RangeError, 'bias', '36'],
    ['a layout', () => ({ layout: 'nhwc' }), TypeError, 'options', '"layout"'],
    [
      'an out of another shape',
      () => ({ out: randomTensor([6, 4], 1) }),
      RangeError,
      'out',
      '[6, 4]',
    ],
    [
      'an out that holds the bias',
      (call) => ({ bias: call.out.data.subarray(12) }),
      RangeError,
      'out',
      'bytes 0 to 96',
    ],
  ];

  testRefusals(validCall, make, refused);
});

describe('LayerNorm', () => {
  test('begins with weights of 1 and biases of 0, of its normalized shape (LayerNorm)', () => {
    const layer = new LayerNorm([2, 2], { eps: 2e-5 });
    const { weight, bias, eps, normalizedShape } = layer;
    expect({ weight, bias, eps, normalizedShape }).toEqual({
      weight: new Float32Array(4).fill(1),
      bias: new Float32Array(4),
      eps: 2e-5,
      normalizedShape: [2, 2],
    });
    expect(new LayerNorm(4).eps).toBe(1e-5);
    layer.forward(randomTensor([3, 2, 2], 30));
    const found = layer.backward(randomTensor([3, 2, 2], 31));
    expect([found.weight?.length, found.bias?.length]).toEqual([4, 4]);
  });

  test('has no bias with bias false, and no parameters with elementwiseAffine false', () => {
    const biasless = new LayerNorm(5, { bias: false });
    expect([biasless.weight?.length, biasless.bias]).toEqual([5, null]);
    expect(Object.keys(biasless.stateDict())).toEqual(['weight']);
    const plain = new LayerNorm(5, { elementwiseAffine: false });
    expect([plain.weight, plain.bias]).toEqual([null, null]);
  });

  test('gives what layerNorm gives, in both modes', () => {
    const layer = new LayerNorm([3, 4], { eps: 1e-3 });
    layer.weight?.set(normals(12, 32));
    layer.bias?.set(normals(12, 33));
    const { weight, bias } = layer;
    const x = randomTensor([5, 3, 4], 34);
    const expected = layerNorm(x, [3, 4], { weight, bias, eps: 1e-3 });
    expectSameBits(layer.forward(x).data, expected.data);
    expectSameBits(layer.eval().forward(x).data, expected.data);
    expect(layer.forward(x, { out: x })).toBe(x);
    expectSameBits(x.data, expected.data);
  });

  test('does not follow a later change of the array that it was given', () => {
    const shape = [3, 4];
    const layer = new LayerNorm(shape);
    shape[1] = 5;
    expect(layer.normalizedShape).toEqual([3, 4]);
  });

  const refused: RefusedCall[] = [
    [
      'no shape',
      () => new LayerNorm(undefined as never),
      TypeError,
      'normalizedShape',
      'undefined',
    ],
    ['an empty shape', () => new LayerNorm([]), RangeError, 'normalizedShape', '[]'],
    ['a negative size', () => new LayerNorm(-1), RangeError, 'normalizedShape', '-1'],
    [
      'an unknown option',
      () => new LayerNorm(4, { affine: true } as never),
      TypeError,
      'options',
      '"affine"',
    ],
    ['1 for bias', () => new LayerNorm(4, { bias: 1 as never }), TypeError, 'bias', '1'],
    [
      '1 for elementwiseAffine',
      () => new LayerNorm(4, { elementwiseAffine: 1 as never }),
      TypeError,
      'elementwiseAffine',
      '1',
    ],
  ];
  testRefusedCalls(refused);
});
