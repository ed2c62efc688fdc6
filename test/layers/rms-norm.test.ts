import { describe, expect, test } from 'vitest';
import {
  type NormalizedShape,
  RMSNorm,
  type RMSNormOptions,
  rmsNorm,
  Tensor,
  type TensorLike,
} from '../../src/index.ts';
import { expectClose, expectSameBits } from '../support/closeness.ts';
import { randomTensor } from '../support/norms.ts';
import { normals, uniforms } from '../support/random.ts';
import { rmsNorm as rmsNormReference } from '../support/reference.ts';
import {
  type Refused,
  type RefusedCall,
  testRefusals,
  testRefusedCalls,
} from '../support/refusals.ts';
import { sizeOf } from '../support/shapes.ts';

describe('rmsNorm', () => {
  // OpInfo samples, and the inputs of the generic module suite.
  const samples: [number[], number[], number | undefined][] = [
    [[1, 2, 3], [1, 2, 3], 0.5],
    [[2, 2, 3], [2, 3], undefined],
    [[1], [1], undefined],
    [[1, 2], [2], undefined],
    [[4, 5, 5], [5], 1e-3],
    [[128, 5, 5], [5], 1e-3],
    [[4, 2, 2, 5], [2, 2, 5], 1e-3],
    [[3, 300], [300], 0],
    [[2, 5003], [5003], undefined],
  ];

  test.each(samples)(
    'gives the float64 reference for shape %j over %j with eps %d, inputs up to 1000 (test_forward)',
    (shape, normalized, eps) => {
      const x = new Tensor(uniforms(sizeOf(shape), 1, -1000, 1000), shape);
      for (const weight of [null, normals(sizeOf(normalized), 2)]) {
        const options = eps === undefined ? { weight } : { weight, eps };
        const y = rmsNorm(x, normalized, options);
        expect(y.shape).toEqual(shape);
        expectClose(y.data, rmsNormReference(x.data, normalized, options), { weight });
      }
    },
  );

  test('makes the mean of squares 1, and keeps the mean where it is', () => {
    const x = randomTensor([4, 50], 3, 2, 1);
    const y = rmsNorm(x, 50, { eps: 0 });
    for (let row = 0; row < 4; row++) {
      const part = [...y.data.subarray(row * 50, (row + 1) * 50)];
      const meanSquare = part.reduce((sum, value) => sum + value * value, 0) / 50;
      expect(meanSquare).toBeCloseTo(1, 6);
      expect(part.every((value, i) => value > 0 === (x.data[row * 50 + i] as number) > 0)).toBe(
        true,
      );
      expect(part.reduce((sum, value) => sum + value, 0) / 50).toBeGreaterThan(0.5);
    }
  });

  test('is finite for 1e-12, with the epsilon of float32 by default (test_rmsnorm_epsilon)', () => {
    const x = new Tensor(Float32Array.of(1e-12, -1e-12, -1e-12, 1e-12), [2, 2]);
    const y = rmsNorm(x, 2);
    const root = Math.sqrt(1e-24 + 2 ** -23);
    y.data.forEach((value, i) => {
      const expected = (x.data[i] as number) / root;
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(2 ** -22 * Math.abs(expected));
    });
    expectSameBits(rmsNorm(x, 2, { eps: 2 ** -23 }).data, y.data);
  });

  test('meets the contract with eps 0.5 and weights (test_rmsnorm_numeric)', () => {
    for (const shape of [
      [2, 32],
      [32, 64, 129],
    ]) {
      const length = shape.at(-1) as number;
      const x = randomTensor(shape, 4);
      const options = { weight: normals(length, 5), eps: 0.5 };
      expectClose(
        rmsNorm(x, length, options).data,
        rmsNormReference(x.data, [length], options),
        options,
      );
    }
  });

  test('gives zeros for a row of zeros, also without eps', () => {
    const x = new Tensor(new Float32Array(30), [3, 10]);
    for (const eps of [0, undefined]) {
      expect(rmsNorm(x, 10, { eps, weight: normals(10, 6).map(Math.abs) }).data).toEqual(
        new Float32Array(30),
      );
    }
  });

  test.each([
    [[0, 5], [5]],
    [[3, 0], [0]],
  ])('gives an empty tensor for the empty shape %j over %j', (shape, normalized) => {
    const x = new Tensor(new Float32Array(0), shape);
    expect(rmsNorm(x, normalized).shape).toEqual(shape);
  });
});

describe('a refused call of rmsNorm', () => {
  const shape = [2, 3, 4];

  function validCall() {
    return {
      x: randomTensor(shape, 20) as TensorLike,
      normalized: [3, 4] as unknown,
      weight: normals(12, 21),
      out: new Tensor(normals(24, 22), shape),
    };
  }

  type Call = ReturnType<typeof validCall>;

  const make = ({ x, normalized, ...options }: Record<string, unknown>) =>
    rmsNorm(x as TensorLike, normalized as NormalizedShape, options as RMSNormOptions);

  const refused: Refused<Call>[] = [
    [
      'no dimension (OpInfo errors)',
      () => ({ normalized: [] }),
      RangeError,
      'normalizedShape',
      '[]',
    ],
    ['another shape (OpInfo errors)', () => ({ normalized: [2, 3] }), RangeError, 'x', '[2, 3, 4]'],
    [
      'a weight of another size (OpInfo errors)',
      () => ({ weight: normals(3, 1) }),
      RangeError,
      'weight',
      '3',
    ],
    ['a bias', () => ({ bias: normals(12, 1) }), TypeError, 'options', '"bias"'],
    ['an out of another shape', () => ({ out: randomTensor([24], 1) }), RangeError, 'out', '[24]'],
    [
      'an out that holds the weight',
      (call) => ({ weight: call.out.data.subarray(0, 12) }),
      RangeError,
      'out',
      'bytes 0 to 96',
    ],
  ];

  testRefusals(validCall, make, refused);
});

describe('RMSNorm', () => {
  test('begins with weights of 1, and has no bias', () => {
    const { weight, eps, normalizedShape, ...rest } = new RMSNorm([2, 3]);
    expect({ weight, eps, normalizedShape }).toEqual({
      weight: new Float32Array(6).fill(1),
      eps: 2 ** -23,
      normalizedShape: [2, 3],
    });
    expect('bias' in rest).toBe(false);
    expect(new RMSNorm(4, { elementwiseAffine: false }).weight).toBeNull();
  });

  test('gives what rmsNorm gives, in both modes', () => {
    const layer = new RMSNorm([3, 4], { eps: 1e-3 });
    layer.weight?.set(normals(12, 30));
    const x = randomTensor([5, 3, 4], 31);
    const expected = rmsNorm(x, [3, 4], { weight: layer.weight, eps: 1e-3 });
    expectSameBits(layer.forward(x).data, expected.data);
    expectSameBits(layer.eval().forward(x).data, expected.data);
    expect(layer.forward(x, { out: x })).toBe(x);
    expectSameBits(x.data, expected.data);
  });

  const refused: RefusedCall[] = [
    ['no shape', () => new RMSNorm(undefined as never), TypeError, 'normalizedShape', 'undefined'],
    ['a bias', () => new RMSNorm(4, { bias: true } as never), TypeError, 'options', '"bias"'],
    [
      'null for elementwiseAffine',
      () => new RMSNorm(4, { elementwiseAffine: null as never }),
      TypeError,
      'elementwiseAffine',
      'null',
    ],
  ];
  testRefusedCalls(refused);
});
