// Moments in float64 throughout, in two passes: the mean, then the squared deviations from
// it. They serve data whose float32 sums are not accurate enough, and statistics that are
// merged from many parts.

import { CHUNK_ELEMENTS } from '../core/chunks';
import { sumPair, widenUpper } from '../core/lanes';
import { MOMENTS, mergeIntoMoments } from '../core/moments';

/**
 * Adds the moments of rows, in float64.
 *
 * @param moments (period) moments, row r adds to those at r mod period
 * @param x (rows, length) float32, with a gap after each period
 * @param gap elements between the end of a period and the next
 */
export function addMomentsF64(
  moments: usize,
  x: usize,
  rows: usize,
  length: usize,
  period: usize,
  gap: usize,
): void {
  let channel: usize = 0;
  for (let row: usize = 0; row < rows; row++) {
    for (let left = length; left; ) {
      const count = min(left, CHUNK_ELEMENTS);
      mergeChunkF64(moments + channel * MOMENTS, x, count);
      x += count << 2;
      left -= count;
    }
    if (++channel === period) {
      channel = 0;
      x += gap << 2;
    }
  }
}

/** Adds consecutive elements to moments, in float64. */
export function mergeChunkF64(moments: usize, x: usize, length: usize): void {
  const count = <f64>length;
  const vectors = x + ((length & ~3) << 2);
  const end = x + (length << 2);

  let sums = f64x2.splat(0);
  for (let at = x; at < vectors; at += 16) {
    const four = v128.load(at);
    sums = f64x2.add(sums, f64x2.add(f64x2.promote_low_f32x4(four), widenUpper(four)));
  }
  let sum = sumPair(sums);
  for (let at = vectors; at < end; at += 4) sum += <f64>f32.load(at);

  const mean = sum / count;
  const means = f64x2.splat(mean);
  let squares = f64x2.splat(0);
  let rests = f64x2.splat(0);
  for (let at = x; at < vectors; at += 16) {
    const four = v128.load(at);
    const a = f64x2.sub(f64x2.promote_low_f32x4(four), means);
    const b = f64x2.sub(widenUpper(four), means);
    squares = f64x2.add(squares, f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b)));
    rests = f64x2.add(rests, f64x2.add(a, b));
  }
  let square = sumPair(squares);
  let rest = sumPair(rests);
  for (let at = vectors; at < end; at += 4) {
    const d = <f64>f32.load(at) - mean;
    square += d * d;
    rest += d;
  }
  mergeIntoMoments(moments, count, mean, square, rest / count);
}
