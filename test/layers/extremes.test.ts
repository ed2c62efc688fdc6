// Numbers at the limits of float32: where the result itself fits float32, nothing overflows
// on the way to it.

import { describe, expect, test } from 'vitest';
import { adaptiveInstanceNorm } from '../../src/index.ts';
import {
  type Arrays,
  backward,
  type Call,
  expectedGradients,
  expectedOutput,
  forward,
} from '../support/norms.ts';
import { places, resetPlaces } from '../support/places.ts';
import { normals } from '../support/random.ts';

const LARGEST = 3.4028234663852886e38;

/** Makes the calls of every normalization whose statistics are those of all elements of a vector. */
function callsOf(length: number, eps: number): Readonly<Record<string, Call>> {
  const rows = [1, 1, length];
  const columns = [1, length, 1];
  const nhwc = { eps, layout: 'nhwc' as const };
  return {
    'instance normalization': { norm: 'instanceNorm', shape: rows, options: { eps } },
    'instance normalization in nhwc': { norm: 'instanceNorm', shape: columns, options: nhwc },
    'batch normalization': { norm: 'batchNorm', shape: rows, options: { eps, training: true } },
    'batch normalization in nhwc': {
      norm: 'batchNorm',
      shape: columns,
      options: { ...nhwc, training: true },
    },
    'group normalization': { norm: 'groupNorm', shape: rows, options: { eps } },
    'group normalization in nhwc': { norm: 'groupNorm', shape: columns, options: nhwc },
    'layer normalization': {
      norm: 'layerNorm',
      shape: [1, length],
      normalizedShape: [length],
      options: { eps },
    },
    'RMS normalization': {
      norm: 'rmsNorm',
      shape: [1, length],
      normalizedShape: [length],
      options: { eps },
    },
  };
}

/** Makes the weight and bias of a call whose elements all have the same. */
function arraysOf({ norm }: Call, w: number, b: number, length: number): Arrays {
  const isElementwise = norm === 'layerNorm' || norm === 'rmsNorm';
  const repeat = (value: number) => new Float32Array(isElementwise ? length : 1).fill(value);
  return { weight: repeat(w), ...(norm === 'rmsNorm' ? {} : { bias: repeat(b) }) };
}

const names = Object.keys(callsOf(4, 0));

describe.each(names)('%s', (name) => {
  test.each([
    ['differences beyond float32', [3e38, -3e38, -3e38, -3e38], 1e10, 0],
    ['a large weight', [1, -1, 2, 5], 3e38, 0],
    ['a small weight', [1e3, -1e3, 2e3, 5e3], 3e-40, 0],
    ['a bias that brings back a product beyond float32', [9, -1, -1, -1, -1, -1], 2e38, -3.3e38],
    ['a bias beside a denormal weight', [1, 2, 3, 4], 1e-42, 1e-41],
    ['the smallest numbers', [1e-45, 0, 0, 3e-45], 1e20, 1],
    ['a mean far from 0', [1e37, 1.001e37, 1.002e37, 1.003e37], 1, 0],
  ])('of %s is what float64 gives', (_, values, w, b) => {
    const x = Float32Array.from(values);
    const call = callsOf(x.length, 0)[name] as Call;
    const arrays = arraysOf(call, w, b, x.length);
    const expected = expectedOutput(call, x, arrays);
    const allowed = 2 ** -22 * (2.3 * Math.abs(w) + Math.abs(b)) + 2 ** -148;
    for (const place of ['a plain array', 'an arena']) {
      const { data } = forward(
        call,
        (places[place] as (typeof places)[string])(x, call.shape),
        arrays,
      );
      data.forEach((value, i) => {
        const wanted = expected[i] as number;
        if (Math.abs(wanted) > LARGEST) expect(value).toBe(Math.sign(wanted) * Infinity);
        else
          expect(Math.abs(value - wanted), `${value} for ${wanted}`).toBeLessThanOrEqual(allowed);
      });
    }
    resetPlaces();
  });
});

/** Returns 1, -1, 1, -1, ... times a size. */
const alternating = (size: number, length = 16): number[] =>
  Array.from({ length }, (_, i) => (i % 2 ? -size : size));

/** Returns a number followed by zeros. */
const oneOf = (value: number, length = 16): number[] => [
  value,
  ...new Array<number>(length - 1).fill(0),
];

describe.each(names)('gradients of %s', (name) => {
  test.each<[what: string, x: number[], g: number[], w: number]>([
    ['a weight over a spread beyond float32', alternating(1e-25), oneOf(1e-10), 1e14],
    ['a weight times a gradient beyond float32', alternating(1e10), oneOf(1e30), 1e10],
    ['a sum beyond float32', alternating(10), new Array(16).fill(2e38), 1],
    ['sums beyond float32 of many elements', alternating(3, 600), alternating(3e38, 600), 1e-3],
    ['a denormal weight', alternating(1), oneOf(1e30), 1e-44],
    ['a weight times a gradient that is a denormal', alternating(1e-20), oneOf(1e-21), 1e-21],
    ['denormal gradients', alternating(1e-20), oneOf(1e-42), 1],
    [
      'many denormal gradients',
      alternating(1e-25, 600),
      new Array(600).fill(0).map((_, i) => 1e-42 * (i % 7)),
      1e3,
    ],
    ['the largest spread', alternating(3e38), oneOf(3e38), 3e38],
    ['the smallest spread', alternating(1e-45), oneOf(1e-45), 1e-45],
    ['no gradient at all', alternating(1), new Array(16).fill(0), 1],
  ])('with %s are what float64 gives', (_, values, slopes, w) => {
    const x = Float32Array.from(values);
    const g = Float32Array.from(slopes);
    const call = callsOf(x.length, 0)[name] as Call;
    const arrays = arraysOf(call, w, 0, x.length);
    const expected = expectedGradients(call, g, x, arrays);
    for (const place of ['a plain array', 'an arena']) {
      const put = places[place] as (typeof places)[string];
      const found = backward(call, put(g, call.shape), put(x, call.shape), arrays);
      for (const of of ['input', 'weight', 'bias'] as const) {
        const values = of === 'input' ? found.input.data : (found[of] ?? new Float32Array());
        values.forEach((value, i) => {
          const wanted = expected[of]?.[i] as number;
          const allowed = 1e-6 * (expected.sizes[of]?.[i] as number) + 2 ** -147;
          const label = `${of} ${i}: ${value} for ${wanted}`;
          if (Math.abs(wanted) > LARGEST) expect(value, label).toBe(Math.sign(wanted) * Infinity);
          else expect(Math.abs(value - wanted), label).toBeLessThanOrEqual(allowed);
        });
      }
    }
    resetPlaces();
  });
});

test('gradients of a batch have every digit beside denormals of other samples', () => {
  // Element 0 has ordinary gradients, element 1 denormals, element 2 zeros and element 3 the
  // largest numbers, in every row.
  const [rows, columns] = [11, 67];
  const shape = [rows, columns];
  const x = normals(rows * columns, 1, 0.5);
  const kinds = [1, 1e-43, 0, 3e38];
  const g = normals(rows * columns, 2).map((value, i) =>
    Math.fround(Math.max(-1, Math.min(1, value)) * (kinds[(i % columns) % 4] as number)),
  );
  const call: Call = { norm: 'layerNorm', shape, normalizedShape: [columns], options: {} };
  const arrays = { weight: new Float32Array(columns).fill(1), bias: new Float32Array(columns) };
  const expected = expectedGradients(call, g, x, arrays);
  const { weight, bias } = backward(call, { data: g, shape }, { data: x, shape }, arrays);
  for (let i = 0; i < columns; i++) {
    const wanted = { weight: expected.weight?.[i] as number, bias: expected.bias?.[i] as number };
    const sizes = { weight: expected.sizes.weight?.[i], bias: expected.sizes.bias?.[i] };
    const near = (value: number, what: 'weight' | 'bias') => {
      if (Math.abs(wanted[what]) > LARGEST) expect(Math.abs(value)).toBe(Infinity);
      else {
        const allowed = 1e-6 * (sizes[what] as number) + 2 ** -149;
        expect(Math.abs(value - wanted[what]), `${what} ${i}`).toBeLessThanOrEqual(allowed);
      }
    };
    near(weight?.[i] as number, 'weight');
    near(bias?.[i] as number, 'bias');
  }
});

test.each([1, 3, 8, 40])('gradients of two elements have every digit in %i columns', (channels) => {
  // Of two elements nearly all cancels: what is left is eps / (variance + eps) of the terms.
  const samples = 5;
  const [rows, columns] = [
    [samples, channels, 2],
    [samples, 2, channels],
  ] as const;
  const x = normals(samples * channels * 2, channels, 0, 3);
  const g = normals(samples * channels * 2, channels + 1);
  for (const [shape, layout] of [
    [rows, 'nchw'],
    [columns, 'nhwc'],
  ] as const) {
    const call: Call = { norm: 'instanceNorm', shape, options: { layout } };
    const expected = expectedGradients(call, g, x, {}).input;
    const { data } = backward(call, { data: g, shape }, { data: x, shape }, {}).input;
    data.forEach((value, i) => {
      const wanted = expected[i] as number;
      expect(Math.abs(value - wanted), `${layout} ${i}`).toBeLessThanOrEqual(
        1e-6 * Math.abs(wanted) + 1e-16,
      );
    });
  }
});

describe.each(['nchw', 'nhwc'] as const)('given statistics in %s', (layout) => {
  const shape = layout === 'nchw' ? [1, 1, 4] : [1, 4, 1];

  test.each([
    ['a scale that takes differences beyond float32', [3e38, -3e38, 1, 0], 0, 0, 1e-59],
    ['a difference beyond float32', [3e38, -3e38, 1, 0], -3e38, 3e38, 0],
    ['a denormal mean', [1e-44, 0, 1, -1], 3e-45, 0, 1e-80],
  ])('%s give infinity only where float64 is beyond float32', (_, values, mean, variance, eps) => {
    const x = Float32Array.from(values);
    const call: Call = { norm: 'batchNorm', shape, options: { layout, eps } };
    const arrays = { runningMean: Float32Array.of(mean), runningVar: Float32Array.of(variance) };
    const expected = expectedOutput(call, x, arrays);
    forward(call, { data: x, shape }, arrays).data.forEach((value, i) => {
      const wanted = expected[i] as number;
      if (Math.abs(wanted) > LARGEST) expect(value).toBe(Math.sign(wanted) * Infinity);
      else expect(Math.abs(value - wanted)).toBeLessThanOrEqual(2 ** -22 * (1 + Math.abs(wanted)));
    });
  });
});

test('adaptive normalization takes content and style of differences beyond float32', () => {
  const content = Float32Array.of(3e38, -3e38, -3e38, -3e38);
  const style = Float32Array.of(1e10, -1e10, 0, 0);
  const shape = [1, 1, 4];
  const y = adaptiveInstanceNorm({ data: content, shape }, { data: style, shape });
  const expected = Math.sqrt(3 / 2) * 1e10;
  expect(Math.abs((y.data[0] as number) / expected - 1)).toBeLessThan(2 ** -21);
});
