import { expect } from 'vitest';
import type { Gradients } from '../../src/index.ts';
import { rowsOf } from './matrices.ts';
import type { Arrays } from './norms.ts';
import { type Moments, moments } from './reference.ts';

// The accuracy contract, for a result of magnitude 1: four roundings of a float32.
const TOLERANCE = 2 ** -22;

/**
 * Returns the worst error of a normalized row, divided by what is allowed:
 * 2^-22 * max(1, |y*|), with y* computed in float64 from the same input and its
 * moments. A NaN counts as infinitely wrong.
 */
export function worstError(
  y: Float32Array,
  x: Float32Array,
  eps: number,
  { mean, variance }: Pick<Moments, 'mean' | 'variance'> = moments(x),
): number {
  const deviation = Math.sqrt(variance + eps);
  let worst = y.length === x.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < x.length; i++) {
    const expected = deviation === 0 ? 0 : ((x[i] as number) - mean) / deviation;
    const error = Math.abs((y[i] as number) - expected);
    const allowed = TOLERANCE * Math.max(1, Math.abs(expected));
    if (error <= worst * allowed) continue;
    worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error / allowed;
  }
  return worst;
}

export interface Parameters {
  readonly weight?: ArrayLike<number> | null | undefined;
  readonly bias?: ArrayLike<number> | null | undefined;
}

/**
 * Expects results of weight w and bias b to be as near as the contract promises:
 * within 2^-22 * (|w| * max(1, |z|) + |b|) for y = z * w + b, where |z * w| is at
 * most |y| + |b|.
 */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { weight, bias }: Parameters = {},
): void {
  const reach = (weight ? largest(weight) : 1) + 2 * (bias ? largest(bias) : 0);
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const wanted = expected[i] as number;
    const got = actual[i] as number;
    const allowed = TOLERANCE * (reach + Math.abs(wanted));
    if (!(Math.abs(got - wanted) <= allowed)) {
      expect.fail(`element ${i}: expected ${wanted} within ${allowed}, got ${got}`);
    }
  }
}

/**
 * Expects float32 arithmetic of a few operations: errors within `tolerance` of the sum of the
 * magnitudes of an element's terms, its size.
 */
export function expectWithin(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  sizes: ArrayLike<number>,
  tolerance: number = TOLERANCE,
  name = 'element',
): void {
  expect(actual.length, name).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs((actual[i] as number) - (expected[i] as number));
    if (!(error <= tolerance * (sizes[i] as number))) {
      expect.fail(`${name} ${i}: expected ${expected[i]}, got ${actual[i]}`);
    }
  }
}

/** Expects two arrays to hold the same bits, NaN and the sign of 0 included. */
export function expectSameBits(actual: Float32Array, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length);
  const got = bitsOf(actual);
  const wanted = bitsOf(expected);
  for (let i = 0; i < got.length; i++) {
    if (got[i] !== wanted[i]) {
      expect.fail(`element ${i}: expected ${expected[i]}, got ${actual[i]}`);
    }
  }
}

/** Expects two arrays of bytes to be the same. */
export function expectSameBytes(
  actual: Uint8ClampedArray | Uint8Array,
  expected: Uint8ClampedArray | Uint8Array,
): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (actual[i] !== expected[i]) {
      expect.fail(`byte ${i}: expected ${expected[i]}, got ${actual[i]}`);
    }
  }
}

/**
 * Expects NaN throughout the rows that a NaN or an infinity spoils, and the clean result in all
 * other rows.
 */
export function expectSpoiledRows(
  actual: Float32Array,
  clean: Float32Array,
  length: number,
  isSpoiled: (row: number) => boolean,
): void {
  const cleanRows = rowsOf(clean, length);
  rowsOf(actual, length).forEach((row, i) => {
    if (isSpoiled(i)) expect(row.every(Number.isNaN)).toBe(true);
    else expectSameBits(row, cleanRows[i] as Float32Array);
  });
}

/** Expects the same arrays by name, to the bit. */
export function expectSameArrays(actual: Arrays, expected: Arrays): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, values] of Object.entries(expected)) {
    expectSameBits(actual[name as keyof Arrays] as Float32Array, values);
  }
}

/** Expects gradients of the same bits, and null where null is expected. */
export function expectSameGradients(actual: Gradients, expected: Gradients): void {
  expectSameBits(actual.input.data, expected.input.data);
  for (const name of ['weight', 'bias'] as const) {
    expect(actual[name] === null).toBe(expected[name] === null);
    if (actual[name] && expected[name]) expectSameBits(actual[name], expected[name]);
  }
}

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
