import { BLOCK_BYTES, CHUNK_ELEMENTS, MAX_SHORT_ELEMENTS } from '../core/chunks';
import {
  largestLane,
  loadPair,
  sampleIndex,
  sumFour,
  sumFourSquares,
  sumPair,
  widenPairs,
} from '../core/lanes';
import {
  areEmpty,
  keepsDigits,
  MOMENTS,
  mergeIntoMoments,
  mergeShiftedSums,
  setMoments,
} from '../core/moments';
import { mergeChunkF64 } from './moments-f64';

// Up to this length a row is summed without a shift. In a longer row, an estimate of the
// mean costs less than it saves.
const MAX_UNSHIFTED_ELEMENTS: usize = 512;

/**
 * Adds the moments of rows.
 *
 * @param moments (period) moments, row r adds to those at r mod period
 * @param x (rows, length) float32, with a gap after each period
 * @param gap elements between the end of a period and the next
 */
export function addMoments(
  moments: usize,
  x: usize,
  rows: usize,
  length: usize,
  period: usize,
  gap: usize,
): void {
  let channel: usize = 0;
  for (let row: usize = 0; row < rows; row++) {
    addRowMoments(moments + channel * MOMENTS, x, length);
    x += length << 2;
    if (++channel === period) {
      channel = 0;
      x += gap << 2;
    }
  }
}

/** Adds the moments of one row, chunk by chunk. */
function addRowMoments(moments: usize, x: usize, length: usize): void {
  while (length > CHUNK_ELEMENTS) {
    addChunkMoments(moments, x, CHUNK_ELEMENTS, estimateShift(x, CHUNK_ELEMENTS), true);
    x += CHUNK_ELEMENTS << 2;
    length -= CHUNK_ELEMENTS;
  }
  if (length > MAX_UNSHIFTED_ELEMENTS)
    addChunkMoments(moments, x, length, estimateShift(x, length), true);
  else if (length > MAX_SHORT_ELEMENTS) addChunkMoments(moments, x, length, 0, true);
  else if (length) addShortMoments(moments, x, length);
}

/**
 * Adds the moments of at most CHUNK_ELEMENTS elements, by sums of their differences from a
 * shift. If the shift was too far from the mean and `again` is true, the elements are
 * summed once more, around the mean that was found.
 *
 * Blocks of sixty-four elements are added in float32, four vectors at a time as a tree, and
 * the blocks' sums in float64. Longer sums in float32 drift: 32 equal squares added one
 * after the other can be off by 8 units in the last place.
 */
function addChunkMoments(moments: usize, x: usize, length: usize, shift: f32, again: bool): void {
  const shifts = f32x4.splat(shift);
  const fours = x + ((length & ~15) << 2);
  const end = x + (length << 2);
  let at = x;

  let sums = f64x2.splat(0);
  let squares = f64x2.splat(0);
  // Squares are not negative, so they compare like the integers that have the same bits.
  let peaks = i32x4.splat(0);
  if (shift === 0) {
    while (at < fours) {
      let sum = f32x4.splat(0);
      let square = f32x4.splat(0);
      for (const stop = min(at + BLOCK_BYTES, fours); at < stop; at += 64) {
        const a = v128.load(at, 0);
        const b = v128.load(at, 16);
        const c = v128.load(at, 32);
        const d = v128.load(at, 48);
        const four = sumFourSquares(a, b, c, d);
        sum = f32x4.add(sum, sumFour(a, b, c, d));
        square = f32x4.add(square, four);
        peaks = i32x4.max_s(peaks, four);
      }
      sums = f64x2.add(sums, widenPairs(sum));
      squares = f64x2.add(squares, widenPairs(square));
    }
  } else {
    while (at < fours) {
      let sum = f32x4.splat(0);
      let square = f32x4.splat(0);
      for (const stop = min(at + BLOCK_BYTES, fours); at < stop; at += 64) {
        const a = f32x4.sub(v128.load(at, 0), shifts);
        const b = f32x4.sub(v128.load(at, 16), shifts);
        const c = f32x4.sub(v128.load(at, 32), shifts);
        const d = f32x4.sub(v128.load(at, 48), shifts);
        const four = sumFourSquares(a, b, c, d);
        sum = f32x4.add(sum, sumFour(a, b, c, d));
        square = f32x4.add(square, four);
        peaks = i32x4.max_s(peaks, four);
      }
      sums = f64x2.add(sums, widenPairs(sum));
      squares = f64x2.add(squares, widenPairs(square));
    }
  }
  for (; at + 16 <= end; at += 16) {
    const d = f32x4.sub(v128.load(at), shifts);
    const square = f32x4.mul(d, d);
    sums = f64x2.add(sums, widenPairs(d));
    squares = f64x2.add(squares, widenPairs(square));
    peaks = i32x4.max_s(peaks, square);
  }

  let sum = sumPair(sums);
  let square = sumPair(squares);
  for (; at < end; at += 4) {
    const d = <f64>(f32.load(at) - shift);
    sum += d;
    square += d * d;
  }

  const count = <f64>length;
  if (mergeShiftedSums(moments, count, <f64>shift, sum, square, <f64>largestLane(peaks))) return;
  if (again && sum * sum * 5 > square * count) {
    addChunkMoments(moments, x, length, <f32>(<f64>shift + sum / count), false);
  } else {
    mergeChunkF64(moments, x, length);
  }
}

/**
 * Adds the moments of a few elements, summed in float64. Few elements do not average out
 * the rounding of float32.
 */
function addShortMoments(moments: usize, x: usize, length: usize): void {
  const end = x + (length << 2);
  let at = x;

  let sums = f64x2.splat(0);
  let squares = f64x2.splat(0);
  let otherSums = f64x2.splat(0);
  let otherSquares = f64x2.splat(0);
  for (; at + 32 <= end; at += 32) {
    const a = loadPair(at);
    const b = loadPair(at + 8);
    const c = loadPair(at + 16);
    const d = loadPair(at + 24);
    sums = f64x2.add(sums, f64x2.add(a, c));
    otherSums = f64x2.add(otherSums, f64x2.add(b, d));
    squares = f64x2.add(squares, f64x2.add(f64x2.mul(a, a), f64x2.mul(c, c)));
    otherSquares = f64x2.add(otherSquares, f64x2.add(f64x2.mul(b, b), f64x2.mul(d, d)));
  }
  if (at + 16 <= end) {
    const a = loadPair(at);
    const b = loadPair(at + 8);
    sums = f64x2.add(sums, a);
    otherSums = f64x2.add(otherSums, b);
    squares = f64x2.add(squares, f64x2.mul(a, a));
    otherSquares = f64x2.add(otherSquares, f64x2.mul(b, b));
    at += 16;
  }

  let sum = sumPair(f64x2.add(sums, otherSums));
  let square = sumPair(f64x2.add(squares, otherSquares));
  for (; at < end; at += 4) {
    const d = <f64>f32.load(at);
    sum += d;
    square += d * d;
  }

  // What `mergeF64Sums` does. To call it takes a tenth of the time of 25 elements.
  const count = <f64>length;
  const mean = sum / count;
  const lost = sum * mean;
  const deviations = square - lost;
  if (!keepsDigits(deviations, lost)) mergeChunkF64(moments, x, length);
  else if (areEmpty(moments)) setMoments(moments, count, mean, deviations, 0);
  else mergeIntoMoments(moments, count, mean, deviations, 0);
}

/**
 * Estimates the mean of a chunk from 16 vectors. Returns 0 if the estimate is within half a
 * standard deviation of 0, since then the loop has nothing to subtract.
 */
function estimateShift(x: usize, length: usize): f32 {
  const vectors = length >> 2;
  let sums = f32x4.splat(0);
  let squares = f32x4.splat(0);
  for (let i: usize = 0; i < 16; i += 4) {
    const a = v128.load(x + (sampleIndex(i, vectors) << 4));
    const b = v128.load(x + (sampleIndex(i + 1, vectors) << 4));
    const c = v128.load(x + (sampleIndex(i + 2, vectors) << 4));
    const d = v128.load(x + (sampleIndex(i + 3, vectors) << 4));
    sums = f32x4.add(sums, sumFour(a, b, c, d));
    squares = f32x4.add(squares, sumFourSquares(a, b, c, d));
  }
  const mean = sumPair(widenPairs(sums)) / 64;
  const square = sumPair(widenPairs(squares)) / 64;
  return mean * mean * 5 <= square ? 0 : <f32>mean;
}
