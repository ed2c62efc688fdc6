// Layer and RMS normalization over any axes.

import { describe, expect, test } from 'vitest';
import {
  Arena,
  LayerNorm,
  layerNorm,
  layerNormBackward,
  RMSNorm,
  rmsNorm,
  rmsNormBackward,
  Tensor,
} from '../../src/index.ts';
import { expectClose, expectSameBits, expectSameGradients } from '../support/closeness.ts';
import { expectGradients } from '../support/gradients.ts';
import { randomTensor } from '../support/norms.ts';
import { normals } from '../support/random.ts';
import * as reference from '../support/reference.ts';
import { type RefusedCall, testRefusedCalls } from '../support/refusals.ts';
import { sizeOf } from '../support/shapes.ts';
import { DTYPES_16, rounded, tensor16, widened } from '../support/sixteen-bits.ts';

const SHAPE = [2, 3, 4, 5];

/** All orders of all sets of the dimensions 0 to rank - 1. */
function allAxes(rank: number): readonly (readonly number[])[] {
  const longer = (axes: readonly number[]): readonly (readonly number[])[] =>
    [axes].concat(
      Array.from({ length: rank }, (_, axis) => axis)
        .filter((axis) => !axes.includes(axis))
        .flatMap((axis) => longer([...axes, axis])),
    );
  return longer([]);
}

const sizesOf = (shape: readonly number[], axes: readonly number[]) =>
  axes.map((axis) => shape.at(axis) as number);

describe('each order of each set of axes', () => {
  const x = randomTensor(SHAPE, 1, 3);
  const g = randomTensor(SHAPE, 2);

  test('gives what the formulas give', () => {
    expect(allAxes(4).length).toBe(1 + 4 + 12 + 24 + 24);
    for (const axes of allAxes(4)) {
      const sizes = sizesOf(SHAPE, axes);
      const weight = normals(sizeOf(sizes), 3, 1, 0.5);
      const bias = normals(sizeOf(sizes), 4);
      const place = { shape: SHAPE, axes };
      const y = layerNorm(x, sizes, { axes, weight, bias });
      const all = { weight, bias, ...place };
      expectClose(y.data, reference.layerNorm(x.data, sizes, all), { weight, bias });
      const expected = reference.layerNormGradients(g.data, x.data, sizes, all);
      expectGradients(layerNormBackward(g, x, sizes, { axes, weight, bias }), expected);
      const z = rmsNorm(x, sizes, { axes, weight });
      expectClose(z.data, reference.rmsNorm(x.data, sizes, { weight, ...place }), { weight });
      const ofRms = reference.rmsNormGradients(g.data, x.data, sizes, { weight, ...place });
      expectGradients(rmsNormBackward(g, x, sizes, { axes, weight }), ofRms);
    }
  });

  test('takes negative axes for those counted from the last', () => {
    const y = layerNorm(x, [5, 3], { axes: [-1, 1] });
    expectSameBits(y.data, layerNorm(x, [5, 3], { axes: [3, -3] }).data);
  });

  test('of 16 bits gives the results of float32, rounded', () => {
    for (const dtype of DTYPES_16) {
      const half = tensor16(x.data, SHAPE, dtype);
      const single = new Tensor(widened(half.data, dtype), SHAPE);
      for (const axes of [[1], [3, 0], [2, 1]]) {
        const sizes = sizesOf(SHAPE, axes);
        const expected = layerNorm(single, sizes, { axes }).data;
        expect(layerNorm(half, sizes, { axes }).data).toEqual(rounded(expected, dtype));
        const slopes = layerNormBackward(single, single, sizes, { axes }).input.data;
        const found = layerNormBackward(half, half, sizes, { axes }).input.data;
        expect(found).toEqual(rounded(slopes, dtype));
      }
    }
  });
});

test('the trailing axes in their order are the normalized shape', () => {
  const x = randomTensor([3, 4, 5], 1);
  expectSameBits(layerNorm(x, [4, 5], { axes: [1, 2] }).data, layerNorm(x, [4, 5]).data);
  expectSameBits(rmsNorm(x, 5, { axes: [-1] }).data, rmsNorm(x, 5).data);
});

test('axes out of order take weights in their order (webnn#748, keras PR#22296, tvm PR#15049)', () => {
  const weight = Float32Array.of(1, 2, 3, 4);
  const x = new Tensor(Float32Array.of(1, 2, 4, 9), [1, 2, 2]);
  const g = new Tensor(Float32Array.of(1, 2, 3, 4), [1, 2, 2]);
  expectClose(
    layerNorm(x, [2, 2], { axes: [2, 1], weight }).data,
    [-0.973328, -1.946656, 0, 6.4888534],
    { weight },
  );
  expectClose(
    layerNormBackward(g, x, [2, 2], { axes: [2, 1], weight }).weight as Float32Array,
    [-0.973328, 0, -1.2977707, 6.4888534],
    { weight },
  );
  const other = new Tensor(Float32Array.of(1, 5, 2, 0, 3, 4, 7, -1), [2, 2, 2]);
  const slopes = new Tensor(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), [2, 2, 2]);
  expectClose(
    layerNorm(other, [2, 2], { axes: [2, 0], weight }).data,
    [-1.5212742, 3.5496398, 0, -1.946656, -0.3380609, 2.0283656, 3.2444267, -3.8933121],
    { weight },
  );
  const found = layerNormBackward(slopes, other, [2, 2], { axes: [2, 0], weight }).weight;
  expectClose(found as Float32Array, [-1.5212742, 10.5103412, -0.2291149, -4.7440758], {
    weight: [10],
  });
});

describe("ConvNeXt's channels of (N, C, H, W)", () => {
  const shapes = [
    [2, 96, 14, 14],
    [1, 33, 7, 5],
    // A tile does not hold a sample.
    [2, 40, 50, 67],
    // The columns of a tile are cut.
    [1, 4096, 3, 11],
    // More channels than have weights at once.
    [2, 4100, 3],
  ];

  test.each(shapes)('of [%i, %i, %i, %i]', (...shape) => {
    const sizes = shape.filter((size) => size !== undefined);
    const channels = sizes[1] as number;
    const x = randomTensor(sizes, 5, 100, 3);
    const weight = normals(channels, 6, 1, 0.5);
    const bias = normals(channels, 7);
    const options = { axes: [1], weight, bias };
    const y = layerNorm(x, channels, options);
    const expected = reference.layerNorm(x.data, [channels], { ...options, shape: sizes });
    expectClose(y.data, expected, options);
    const arena = new Arena(8 * 2 ** 20);
    const there = arena.tensor(x);
    expectSameBits(layerNorm(there, channels, { ...options, out: there }).data, y.data);
    const own = x.data.slice();
    expectSameBits(
      layerNorm(new Tensor(own, sizes), channels, { ...options, out: { data: own, shape: sizes } })
        .data,
      y.data,
    );
  });

  test('by a layer', () => {
    const x = randomTensor([2, 6, 3, 5], 1);
    const g = randomTensor([2, 6, 3, 5], 2);
    const layer = new LayerNorm(6, { axes: [1] });
    layer.loadStateDict({
      weight: new Tensor(normals(6, 3), [6]),
      bias: new Tensor(normals(6, 4), [6]),
    });
    const { weight, bias } = layer;
    expect(layer.axes).toEqual([1]);
    expectSameBits(layer.forward(x).data, layerNorm(x, 6, { axes: [1], weight, bias }).data);
    const expected = layerNormBackward(g, x, 6, { axes: [1], weight, bias });
    expectSameGradients(layer.backward(g), expected);
    const rms = new RMSNorm([5, 6], { axes: [-1, 1] });
    expectSameBits(rms.forward(x).data, rmsNorm(x, [5, 6], { axes: [3, 1] }).data);
  });
});

test('rows that no tile holds are taken one by one', () => {
  const shape = [300, 2, 230];
  const x = randomTensor(shape, 1);
  const y = layerNorm(x, [230, 300], { axes: [2, 0] });
  expectClose(y.data, reference.layerNorm(x.data, [230, 300], { shape, axes: [2, 0] }));
  const g = randomTensor(shape, 2);
  const expected = reference.layerNormGradients(g.data, x.data, [230, 300], {
    shape,
    axes: [2, 0],
  });
  expectGradients(layerNormBackward(g, x, [230, 300], { axes: [2, 0] }), expected);
});

test('without an axis each element is normalized by itself', () => {
  const x = new Tensor(Float32Array.of(1, -2, 3), [3]);
  const bias = Float32Array.of(7);
  expect([...layerNorm(x, [], { axes: [], bias }).data]).toEqual([7, 7, 7]);
  expectClose(rmsNorm(x, [], { axes: [] }).data, [1, -1, 1]);
  const scalar = new Tensor(Float32Array.of(4), []);
  expect([...layerNorm(scalar, [], { axes: [] }).data]).toEqual([0]);
});

test.each([[[0, 3, 4]], [[2, 0, 4]], [[2, 3, 0]]])(
  'an empty tensor of [%s] gives an empty one',
  (shape) => {
    const x = new Tensor(new Float32Array(0), shape);
    for (const axes of allAxes(3)) {
      const sizes = sizesOf(shape, axes);
      const outMean = new Float32Array(
        sizeOf(shape.filter((_, axis) => !axes.includes(axis))),
      ).fill(9);
      expect(layerNorm(x, sizes, { axes, outMean }).shape).toEqual(shape);
      expect(outMean.every((value) => value === 0)).toBe(true);
      const weight = new Float32Array(sizeOf(sizes)).fill(2);
      const { weight: found } = layerNormBackward(x, x, sizes, { axes, weight });
      expect(found).toEqual(new Float32Array(weight.length));
    }
  },
);

const x = randomTensor([2, 3, 4], 1);
testRefusedCalls([
  ['an axis beyond the last', () => layerNorm(x, 4, { axes: [3] }), RangeError, 'axes', '[3]'],
  ['an axis before the first', () => rmsNorm(x, 4, { axes: [-4] }), RangeError, 'axes', '[-4]'],
  ['an axis twice', () => layerNorm(x, [4, 4], { axes: [2, -1] }), RangeError, 'axes', '[2, -1]'],
  ['a fractional axis', () => layerNorm(x, 4, { axes: [0.5] }), RangeError, 'axes', '0.5'],
  ['an axis as text', () => layerNorm(x, 4, { axes: ['2' as never] }), TypeError, 'axes', '"2"'],
  ['axes that are a number', () => layerNorm(x, 4, { axes: 2 as never }), TypeError, 'axes', '2'],
  ['an axis of another size', () => layerNorm(x, 4, { axes: [1] }), RangeError, 'x', '[2, 3, 4]'],
  [
    'fewer sizes than axes',
    () => layerNorm(x, 4, { axes: [1, 2] }),
    RangeError,
    'normalizedShape',
    '[4]',
  ],
  ['no sizes without axes', () => layerNorm(x, []), RangeError, 'normalizedShape', '[]'],
  [
    'a layer of more axes than sizes',
    () => new LayerNorm(4, { axes: [1, 2] }),
    RangeError,
    'normalizedShape',
    '[4]',
  ],
  [
    'a weight of another size',
    () => layerNorm(x, 3, { axes: [1], weight: new Float32Array(4) }),
    RangeError,
    'weight',
    '4',
  ],
] satisfies readonly RefusedCall[]);
