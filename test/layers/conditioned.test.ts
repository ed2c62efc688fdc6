// Weights and biases of each sample: diffusion's AdaGN, DiT's AdaLN, FiLM.

import { describe, expect, test } from 'vitest';
import {
  groupNorm,
  groupNormBackward,
  layerNorm,
  layerNormBackward,
  rmsNorm,
  Tensor,
} from '../../src/index.ts';
import {
  expectClose,
  expectSameBits,
  expectSameGradients,
  expectWithin,
} from '../support/closeness.ts';
import { expectGradients } from '../support/gradients.ts';
import { backward, type Call, expectedGradients, forward } from '../support/norms.ts';
import { type Place, places, resetPlaces } from '../support/places.ts';
import { normals } from '../support/random.ts';
import { expectRefusal } from '../support/refusals.ts';
import { sizeOf } from '../support/shapes.ts';

test('layer normalization spreads scale and shift over the tokens of a sample (diffusers#7460)', () => {
  const x = new Tensor(Float32Array.of(1, 3, 2, 6, 5, 5, 0, 4, 7, 1, -1, -3), [2, 3, 2]);
  const g = new Tensor(
    Float32Array.from({ length: 12 }, (_, i) => i + 1),
    [2, 3, 2],
  );
  const options = {
    weight: Float32Array.of(1, 2, 10, 20),
    bias: Float32Array.of(0, 0.5, 100, 200),
  };
  const y = [-0.999995, 2.49999, -0.9999988, 2.4999975, 0, 0.5];
  y.push(90.0000125, 219.999975, 109.9999944, 180.0000111, 109.99995, 180.0001);
  expectWithin(layerNorm(x, 2, options).data, y, y.map(Math.abs), 1e-7);
  const { weight, bias } = layerNormBackward(g, x, 2, options);
  const products = [-3.9999913, 5.999985, 12.9999488, -13.9999444];
  expectWithin(weight ?? [], products, products.map(Math.abs), 1e-7);
  expect(bias).toEqual(Float32Array.of(9, 12, 27, 30));
});

test('group normalization with N*C weights is AdaGN, and FiLM behind it', () => {
  const [samples, channels, spatial] = [3, 8, 10];
  const x = new Tensor(normals(samples * channels * spatial, 1, 5, 2), [
    samples,
    channels,
    spatial,
  ]);
  const scale = normals(samples * channels, 2);
  const shift = normals(samples * channels, 3);
  const weight = scale.map((value) => 1 + value);
  const plain = groupNorm(x, 4).data;
  const expected = Float64Array.from(plain, (value, i) => {
    const at = Math.floor(i / spatial);
    return value * (weight[at] as number) + (shift[at] as number);
  });
  const all = {
    weight: Float32Array.from(plain, (_, i) => weight[Math.floor(i / spatial)] as number),
    bias: Float32Array.from(plain, (_, i) => shift[Math.floor(i / spatial)] as number),
  };
  const y = groupNorm(x, 4, { weight, bias: shift }).data;
  y.forEach((value, i) => {
    const size = Math.abs((all.weight[i] as number) * 3) + Math.abs(all.bias[i] as number);
    expect(Math.abs(value - (expected[i] as number))).toBeLessThanOrEqual(2 ** -21 * size);
  });
  // One weight for all samples may go with a bias of each.
  const both = groupNorm(x, 4, { weight: weight.subarray(0, 8), bias: shift });
  const repeated = Float32Array.from(weight, (_, i) => weight[i % channels] as number);
  expectSameBits(both.data, groupNorm(x, 4, { weight: repeated, bias: shift }).data);
});

const CALLS: readonly Call[] = [
  { norm: 'groupNorm', shape: [3, 6, 5], numGroups: 2, options: {} },
  { norm: 'groupNorm', shape: [3, 6], numGroups: 3, options: {} },
  { norm: 'groupNorm', shape: [3, 7, 6, 40], numGroups: 4, options: { layout: 'nhwc' } },
  { norm: 'layerNorm', shape: [3, 7, 12], normalizedShape: [12], options: {} },
  { norm: 'layerNorm', shape: [3, 4, 5], normalizedShape: [4, 5], options: {} },
  { norm: 'layerNorm', shape: [4, 9], normalizedShape: [9], options: { epsMode: 'std' } },
  { norm: 'layerNorm', shape: [2, 3, 5000], normalizedShape: [5000], options: { correction: 1 } },
  { norm: 'layerNorm', shape: [3, 6, 4, 5], normalizedShape: [6], options: { axes: [1] } },
  { norm: 'layerNorm', shape: [2, 3, 4, 5], normalizedShape: [5, 3], options: { axes: [3, 1] } },
  { norm: 'rmsNorm', shape: [3, 4, 33], normalizedShape: [33], options: {} },
  { norm: 'rmsNorm', shape: [3, 6, 4], normalizedShape: [6], options: { axes: [-2] } },
];

describe.each(CALLS)('$norm of $shape with a set for each sample, $options,', (call) => {
  const { norm, shape, normalizedShape } = call;
  const [samples, ...rest] = shape as [number, ...number[]];
  const count = normalizedShape ? sizeOf(normalizedShape) : (shape.at(1) as number);
  const each = call.options.layout === 'nhwc' ? (shape.at(-1) as number) : count;
  const x = new Tensor(normals(sizeOf(shape), 4, 3, 2), shape);
  const g = new Tensor(normals(x.size, 5), shape);
  const weight = normals(samples * each, 6, 1, 0.5);
  const bias = normals(samples * each, 7);
  const arrays = norm === 'rmsNorm' ? { weight } : { weight, bias };

  test('gives each sample what it gets alone, forward and backward', () => {
    const y = forward(call, x, arrays);
    const found = backward(call, g, x, arrays);
    const size = sizeOf(rest);
    for (let n = 0; n < samples; n++) {
      const cut = ({ data }: Tensor) =>
        new Tensor(data.subarray(n * size, (n + 1) * size), [1, ...rest]);
      const own = Object.fromEntries(
        Object.entries(arrays).map(([name, values]) => [
          name,
          values.subarray(n * each, (n + 1) * each),
        ]),
      );
      expectSameBits(cut(y).data, forward(call, cut(x), own).data);
      const alone = backward(call, cut(g), cut(x), own);
      expectSameBits(cut(found.input).data, alone.input.data);
      expectClose(found.weight?.subarray(n * each, (n + 1) * each) ?? [], alone.weight ?? []);
    }
  });

  test('gives the reference gradients, the same from any place', () => {
    const found = backward(call, g, x, arrays);
    expectGradients(found, expectedGradients(call, g.data, x.data, arrays));
    const y = forward(call, x, arrays);
    for (const place of Object.values<Place>(places)) {
      resetPlaces();
      const there = place(x.data, shape);
      expectSameBits(forward(call, there, arrays).data, y.data);
      expectSameGradients(backward(call, place(g.data, shape), there, arrays), found);
    }
  });
});

test('a set for each sample is refused where the samples are normalized together', () => {
  const x = new Tensor(normals(24, 8), [2, 3, 4]);
  const weight = normals(48, 9);
  expectRefusal(() => layerNorm(x, [2, 3, 4], { weight }), RangeError, 'weight', '48');
  const call = () => layerNorm(x, [2], { axes: [0], weight: normals(4, 9) });
  expectRefusal(call, RangeError, 'weight', '4');
  expectRefusal(() => rmsNorm(x, 4, { weight: normals(12, 9) }), RangeError, 'weight', '12');
});

test('a batch without samples has no sets', () => {
  const x = new Tensor(new Float32Array(0), [0, 3, 4]);
  const none = new Float32Array(0);
  expect(layerNorm(x, 4, { weight: none, bias: none }).shape).toEqual([0, 3, 4]);
  expect(layerNormBackward(x, x, 4, { weight: none, bias: none }).weight).toEqual(none);
  expect(groupNormBackward(x, x, 3, { weight: none, bias: none }).weight).toEqual(none);
});
