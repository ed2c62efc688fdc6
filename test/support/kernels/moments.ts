import { expect } from 'vitest';
import { moments } from '../reference.ts';

/** A kernel's moments are four float64: count, mean, squared deviations, rest of the mean. */
export const MOMENTS = 4;

export type ExpectMoments = (actual: ArrayLike<number>, values: ArrayLike<number>) => void;

/** Expects moments that were summed in float32. */
export const expectMoments: ExpectMoments = (actual, values) => {
  const { count, mean, variance } = moments(values);
  const std = Math.sqrt(variance);
  expect(actual[0]).toBe(count);
  // A mean is off by a rounding of a block's sum, a variance by roundings of squares.
  expect(Math.abs((actual[1] as number) - mean)).toBeLessThanOrEqual(2 ** -23 * std);
  const squares = variance * count;
  expect(Math.abs((actual[2] as number) - squares)).toBeLessThanOrEqual(2 ** -22 * squares);
};

/** Expects moments that were summed in float64: n terms lose at most n roundings of the largest. */
export const expectMomentsF64: ExpectMoments = (actual, values) => {
  const { count, mean, variance } = moments(values);
  const rounding = count * 2 ** -52;
  expect(actual[0]).toBe(count);
  expect(Math.abs((actual[1] as number) - mean)).toBeLessThanOrEqual(
    rounding * (Math.abs(mean) + Math.sqrt(variance)),
  );
  const squares = variance * count;
  expect(Math.abs((actual[2] as number) - squares)).toBeLessThanOrEqual(2 * rounding * squares);
};
