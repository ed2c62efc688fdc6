// What is promised of a result, element by element.

import { expect } from 'vitest';
import type { Gradients } from '../../src/index.ts';
import {
  type Arrays,
  type Call,
  expectedGradients,
  expectedOutput,
  usesRunningStats,
} from '../support/norms.ts';
import { type Moments, moments, moveRunning, unbiasedVariance } from '../support/reference.ts';
import { channelsOf } from './calls.ts';

const TOLERANCE = 2 ** -22;
const LARGEST = 3.4028234663852886e38;
// A few of the smallest float32: a product or two that are denormals, and the result.
const SMALLEST = 4 * 2 ** -149;

/** Expects |y - y*| <= 2^-22 * (|w| * max(1, |z|) + |b|), where y* = z * w + b. */
export function expectContract(
  y: Float32Array,
  call: Call,
  x: Float32Array,
  arrays: Arrays,
  times = 1,
): void {
  const { runningMean, runningVar, weight, bias } = arrays;
  const given = { ...(runningMean ? { runningMean } : {}), ...(runningVar ? { runningVar } : {}) };
  const z = expectedOutput(call, x, given);
  // Gives each element the weight or bias that belongs to it.
  const spread = (values: Float32Array | undefined, absent: number) =>
    values
      ? expectedOutput(call, new Float32Array(x.length), {
          ...given,
          weight: zeros(values),
          bias: values,
        })
      : new Float64Array(x.length).fill(absent);
  const weights = spread(weight, 1);
  const biases = spread(bias, 0);
  expect(y.length).toBe(x.length);
  for (let i = 0; i < x.length; i++) {
    const size = Math.abs(weights[i] as number) * Math.max(1, Math.abs(z[i] as number));
    const allowed = times * TOLERANCE * (size + Math.abs(biases[i] as number)) + SMALLEST;
    const expected = (z[i] as number) * (weights[i] as number) + (biases[i] as number);
    expectNear(y[i] as number, expected, allowed, `element ${i}`);
  }
}

function zeros(values: Float32Array): Float32Array {
  return new Float32Array(values.length);
}

// Relative to the magnitudes of the terms that a gradient is a sum of.
const GRADIENT_TOLERANCE = 1e-5;

/** Expects gradients within 1e-5 of the sum of the magnitudes of their terms. */
export function expectGradientContract(
  { input, weight, bias }: Gradients,
  call: Call,
  gradOutput: Float32Array,
  x: Float32Array,
  arrays: Arrays,
): void {
  const expected = expectedGradients(call, gradOutput, x, arrays);
  for (const [name, found] of Object.entries({ input: input.data, weight, bias })) {
    const wanted = expected[name as keyof Gradients];
    const sizes = expected.sizes[name as keyof Gradients];
    expect(found?.length, name).toBe(wanted?.length);
    found?.forEach((value, i) => {
      const size = sizes?.[i] as number;
      const allowed = GRADIENT_TOLERANCE * size + SMALLEST;
      expectNear(value, wanted?.[i] as number, allowed, `${name} ${i}`);
    });
  }
}

/** Expects a float32 near a float64, or infinite if the float64 exceeds float32. */
export function expectNear(got: number, wanted: number, allowed: number, name: string): void {
  if (Math.abs(got - wanted) <= allowed) return;
  if (Number.isNaN(wanted) && Number.isNaN(got)) return;
  const isInfinite = Math.abs(got) === Number.POSITIVE_INFINITY;
  const hasSign = Math.sign(got) === Math.sign(wanted) || allowed >= Math.abs(wanted);
  if (isInfinite && hasSign && Math.abs(wanted) + allowed > LARGEST) return;
  expect.fail(`${name}: expected ${wanted} within ${allowed}, got ${got}`);
}

/**
 * Expects running statistics that moved as they should. If the input's own statistics were
 * used, they move towards those of the batch (batch normalization) or towards the average
 * over the samples (instance normalization, without samples of length 0, and for an unbiased
 * variance without those of length 1).
 */
export function expectRunningStats(
  after: Arrays,
  call: Call,
  x: Float32Array,
  before: Arrays,
): void {
  const { norm, options } = call;
  const { momentum = 0.1, unbiased = true } = options;
  const moves = !usesRunningStats(call) && (norm === 'batchNorm' || norm === 'instanceNorm');
  const observed = moves ? observe(call, x) : [];
  for (const name of ['runningMean', 'runningVar'] as const) {
    after[name]?.forEach((value, channel) => {
      const old = before[name]?.[channel] as number;
      const least = name === 'runningVar' && unbiased ? 2 : 1;
      const found = (observed[channel] ?? []).filter(({ count }) => count >= least);
      if (found.length === 0) {
        expect(value, `${name} ${channel}`).toBe(old);
        return;
      }
      const average = (take: (moments: Moments) => number): number =>
        found.reduce((sum, moments) => sum + take(moments), 0) / found.length;
      const varianceOf = unbiased ? unbiasedVariance : ({ variance }: Moments) => variance;
      const seen = average(name === 'runningMean' ? ({ mean }) => mean : varianceOf);
      // A mean is as near as results, which it is subtracted from. A variance is a square.
      const error =
        name === 'runningMean' ? average(({ variance }) => Math.sqrt(variance)) : 2 * seen;
      const size = Math.abs((1 - momentum) * old) + Math.abs(momentum) * (Math.abs(seen) + error);
      const wanted = moveRunning(old, seen, momentum);
      expectNear(value, wanted, TOLERANCE * size + SMALLEST, `${name} ${channel}`);
    });
  }
}

/** Returns for each channel the moments whose average its running statistics move towards. */
function observe({ norm, shape, options }: Call, x: Float32Array): readonly Moments[][] {
  const { layout = 'nchw', lengths, mask } = options;
  const channels = channelsOf(shape, layout);
  const samples = shape[0] as number;
  const spatial = x.length / (samples * channels);
  return Array.from({ length: x.length > 0 ? channels : 0 }, (_, channel) => {
    const rows = Array.from({ length: samples }, (_, sample) =>
      Array.from({ length: lengths?.[sample] ?? spatial }, (_, i) => {
        const place = layout === 'nchw' ? channel * spatial + i : i * channels + channel;
        return x[sample * channels * spatial + place] as number;
      }).filter((_, i) => !mask || mask[sample * spatial + i]),
    );
    const groups = norm === 'batchNorm' ? [rows.flat()] : rows;
    return groups.filter(({ length }) => length > 0).map(moments);
  });
}
