import { expect } from 'vitest';
import type { Strips } from '../../src/memory/memory.ts';
import type { Tile } from '../../src/memory/tile.ts';

/** Returns the strips of some work, each of which has to have elements. */
export function stripsOf<Strip extends Tile>(strips: Strips<Strip>): Strip[] {
  const all = Array.from({ length: strips.count }, (_, i) => strips.strip(i));
  for (const { rows, length } of all) expect(Math.min(rows, length)).toBeGreaterThan(0);
  return all;
}

/** Returns the places of a tile's elements, row by row. */
export function placesOf({ start, rows, length, stride }: Tile): number[] {
  return Array.from(
    { length: rows * length },
    (_, i) => start + Math.floor(i / length) * stride + (i % length),
  );
}

/** Expects tiles to hold each of so many places once, in any order. */
export function expectEachOnce(tiles: readonly Tile[], first: number, count: number): void {
  const places = tiles.flatMap(placesOf).sort((a, b) => a - b);
  expect(places).toEqual(Array.from({ length: count }, (_, i) => first + i));
}
