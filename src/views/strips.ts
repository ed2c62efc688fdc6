import { MAX_CHANNELS, TILE } from '../memory/sizes.ts';
import type { Block } from '../memory/tile.ts';

/** Contiguous rows with moments of their own, each of `share` channels of `length` elements. */
export interface Rows {
  readonly count: number;
  readonly share: number;
  readonly length: number;
  /** After so many channels weight and bias begin again; a multiple of share. */
  readonly period: number;
}

/** Consecutive rows that a kernel takes at once. */
export interface Batch {
  readonly tile: Block;
  /** The first row. */
  readonly first: number;
  readonly rows: number;
  /** The first row's first channel, counted from the start of a period. */
  readonly channel: number;
  /** How many channels have a weight of their own: all of a period, or some within one. */
  readonly channels: number;
}

/**
 * Returns how many rows the scratch holds at most; 0 where it does not hold one, nor
 * the weights of one.
 */
export function capacityFor({ share, length }: Rows, inPlace: boolean): number {
  if (share > MAX_CHANNELS) return 0;
  return inPlace ? MAX_CHANNELS : Math.min(MAX_CHANNELS, Math.floor(TILE / (share * length)));
}

/** Calls `work` with at most `capacity` rows at a time, whole periods where they fit. */
export function forEachBatch(
  { count, share, length, period }: Rows,
  capacity: number,
  work: (batch: Batch) => void,
): void {
  const size = share * length;
  const rowsPerPeriod = period / share;
  const whole = period <= MAX_CHANNELS && rowsPerPeriod <= capacity;
  const step = whole
    ? capacity - (capacity % rowsPerPeriod)
    : Math.min(capacity, Math.floor(MAX_CHANNELS / share));
  for (let first = 0, rows = 0; first < count; first += rows) {
    const left = whole
      ? count - first
      : Math.min(count - first, rowsPerPeriod - (first % rowsPerPeriod));
    rows = Math.min(step, left);
    work({
      tile: { start: first * size, rows, length: size, stride: size },
      first,
      rows,
      channel: (first * share) % period,
      channels: Math.min(rows * share, period),
    });
  }
}
