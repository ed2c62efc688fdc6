import { expect } from 'vitest';
import type { ImageLike } from '../../src/index.ts';

/** Expects two pictures of the same size and bytes. */
export function expectSamePixels(actual: ImageLike, expected: ImageLike): void {
  expect([actual.width, actual.height]).toEqual([expected.width, expected.height]);
  expect(Buffer.compare(Buffer.from(actual.data), Buffer.from(expected.data))).toBe(0);
}
