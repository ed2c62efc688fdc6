import { expectWithin } from '../closeness.ts';
import { sumOfMagnitudes } from '../sums.ts';
import { type Line, onLine } from './lines.ts';

/** A combination: dx = a * g + b * z + c. */
export type Combination = readonly [a: number, b: number, c: number];

export const COMBINATIONS: readonly Combination[] = [
  [2, -0.5, 3],
  [1 / 3, 1e-3, -1e3],
  [-1, 0, 0],
];

/** Expects the gradient dx, whose elements have the given lines and combinations. */
export function expectCombined(
  dx: Float32Array,
  g: Float32Array,
  x: Float32Array,
  lineOf: (index: number) => Line,
  combinationOf: (index: number) => Combination,
): void {
  const expected = Array.from(g, (value, i) => {
    const [a, b, c] = combinationOf(i);
    const { z, size } = onLine(x[i] as number, lineOf(i));
    return { dx: a * value + b * z + c, size: sumOfMagnitudes([a * value, b * size, c]) };
  });
  expectWithin(
    dx,
    expected.map((at) => at.dx),
    expected.map((at) => at.size),
  );
}
