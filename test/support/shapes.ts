/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/**
 * (N, C, *) shapes that take every way through tiles and strips: several rows in a tile, one
 * row in a tile, a row of three tiles, more channels than a strip holds, more samples than a
 * strip holds.
 */
export const SHAPES: readonly (readonly number[])[] = [
  [3, 5, 37],
  [2, 1, 65536],
  [1, 3, 140001],
  [2, 5000, 7],
  [1500, 3, 5],
];
