// Layers of a network for tests: in memory, and as PyTorch has them.

import { MemoryStore } from '../../cli/paint/walk/kept.ts';
import type { Rows } from '../../cli/paint/walk/rows.ts';

/** A tensor of PyTorch's: (1, channels, height, width). */
export interface Planes {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** Gives a tensor as a layer. */
export function layerOf({ shape, data }: Planes): Rows {
  const [, channels = 0, height = 0, width = 0] = shape;
  const pixels = height * width;
  const rows = new Float32Array(pixels * channels);
  for (let i = 0; i < pixels; i++) {
    for (let channel = 0; channel < channels; channel++) {
      rows[i * channels + channel] = data[channel * pixels + i] as number;
    }
  }
  const store = new MemoryStore(rows, width * channels);
  return { height, width, channels, unit: 1, work: () => 0, read: (a, b) => store.read(a, b) };
}

/** Returns rows as PyTorch has them. */
export function planesOf(rows: Float32Array, channels: number): Float32Array {
  const pixels = rows.length / channels;
  return rows.map((_, i) => rows[(i % pixels) * channels + Math.floor(i / pixels)] as number);
}

/** Returns the largest difference of two arrays. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] as number) - (b[i] as number));
    // NaN is no number that is at most another.
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
