// Lines y = (x - mean) * scale + shift, which kernels apply to rows, columns and elements.

import { expectClose } from '../closeness.ts';

/** A kernel's line is three float64. */
export const LINE = 3;

export type Line = readonly [mean: number, scale: number, shift: number];

/** Lines to apply. float32 can't hold the scale of the last, which goes through float64. */
export const APPLIED_LINES: readonly Line[] = [
  [1.5, 2, -4],
  [1e4 + 1 / 3, -0.75, 1],
  [0, -0.5, 3],
  [0, 1e-35, 3],
];

/** Expects what a line makes of x. */
export function expectOnLine(actual: Float32Array, x: Float32Array, line: Line): void {
  const [, scale, shift] = line;
  const expected = Float64Array.from(x, (value) => onLine(value, line).z);
  expectClose(actual, expected, { weight: [scale], bias: [shift] });
}

/** A line whose scale float32 can't hold. */
export const BEYOND_FLOAT32: Line = [1, 1e-35, 3];

/** Lines that gave z, the normalized input of a gradient. */
export const NORMALIZING_LINES: readonly Line[] = [[0.5, 2, -0.25], [-3, 0.75, 0], BEYOND_FLOAT32];

/** Sets of lines, of which the first goes through float32 alone. */
export const LINE_SETS: readonly (readonly Line[])[] = [
  NORMALIZING_LINES.slice(0, 2),
  NORMALIZING_LINES,
];

/** What a line makes of a value, and the magnitude of its terms. */
export function onLine(value: number, [mean, scale, shift]: Line): { z: number; size: number } {
  const product = (value - mean) * scale;
  return { z: product + shift, size: Math.abs(product) + Math.abs(shift) };
}
