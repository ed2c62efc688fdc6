// Numbers at the limits of float32: where the result itself fits float32, nothing overflows
// on the way to it.

import { describe, expect, test } from 'vitest';
import { adaptiveInstanceNorm } from '../../src/index.ts';
import { type Arrays, type Call, expectedOutput, forward } from '../support/norms.ts';
import { places, resetPlaces } from '../support/places.ts';

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
  };
}

/** Repeats parameters for each element, where a normalization has one for each. */
function arraysOf({ norm }: Call, arrays: Arrays, length: number): Arrays {
  if (norm !== 'layerNorm') return arrays;
  return Object.fromEntries(
    Object.entries(arrays).map(([name, [value]]) => [name, new Float32Array(length).fill(value)]),
  );
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
    const arrays = arraysOf(
      call,
      { weight: Float32Array.of(w), bias: Float32Array.of(b) },
      x.length,
    );
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
