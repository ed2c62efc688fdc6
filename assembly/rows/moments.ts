import {
  largestLane,
  loadPair,
  sampleIndex,
  sumFour,
  sumFourSquares,
  sumPair,
  widenPairs,
} from '../core/lanes';
import { mergeExactSums, mergeShiftedSums, STATE } from '../core/moments';
import { mergeWide } from './moments-f64';

// A row is summed in chunks counted from its start, and so in an order that
// depends on a position in the row alone: it may be cut at any multiple of CHUNK
// and gives the same bits.
const CHUNK: usize = 16384;

// Bytes that are summed in float32 before float64.
const BLOCK: usize = 256;

// Up to here all is done in float64: too few elements for the rounding of float32
// to average out.
const SHORT: usize = 256;

// From here on an estimate of the mean costs less than what it saves.
const LONG: usize = 512;

/**
 * Adds the moments of each row to a state.
 *
 * @param states (period) states, row r adds to state r mod period
 * @param x (rows, length) float32, with a gap after each period
 * @param gap in elements
 */
export function addMoments(
  states: usize,
  x: usize,
  rows: usize,
  length: usize,
  period: usize,
  gap: usize,
): void {
  let channel: usize = 0;
  for (let row: usize = 0; row < rows; row++) {
    addRowMoments(states + channel * STATE, x, length);
    x += length << 2;
    if (++channel === period) {
      channel = 0;
      x += gap << 2;
    }
  }
}

/** Adds the moments of one row to a state, chunk by chunk. */
function addRowMoments(state: usize, x: usize, length: usize): void {
  while (length > CHUNK) {
    addChunkMoments(state, x, CHUNK, estimateShift(x, CHUNK), true);
    x += CHUNK << 2;
    length -= CHUNK;
  }
  if (length > LONG) addChunkMoments(state, x, length, estimateShift(x, length), true);
  else if (length > SHORT) addChunkMoments(state, x, length, 0, true);
  else if (length) addShortMoments(state, x, length);
}

/**
 * Adds the moments of at most CHUNK elements to a state, by sums of their
 * differences from a shift. Where it was too far from the mean, it does it `again`
 * around the mean that was found.
 *
 * Sixty-four elements are added in float32, as trees of four vectors that are
 * added up, then in float64. Longer sums drift: 32 equal squares added one after
 * the other can be off by 8 units in the last place.
 */
function addChunkMoments(state: usize, x: usize, length: usize, shift: f32, again: bool): void {
  const shifts = f32x4.splat(shift);
  const fours = x + ((length & ~15) << 2);
  const end = x + (length << 2);
  let at = x;

  let sums = f64x2.splat(0);
  let squares = f64x2.splat(0);
  // Squares are positive, and so in the order of the integers that their bits are.
  let peaks = i32x4.splat(0);
  if (shift === 0) {
    while (at < fours) {
      let sum = f32x4.splat(0);
      let square = f32x4.splat(0);
      for (const stop = min(at + BLOCK, fours); at < stop; at += 64) {
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
      for (const stop = min(at + BLOCK, fours); at < stop; at += 64) {
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
  if (mergeShiftedSums(state, count, <f64>shift, sum, square, <f64>largestLane(peaks))) return;
  if (again && sum * sum * 5 > square * count) {
    addChunkMoments(state, x, length, <f32>(<f64>shift + sum / count), false);
  } else {
    mergeWide(state, x, length);
  }
}

/**
 * Adds the moments of a few elements to a state, in float64: no rounding in
 * float32, of which a few elements don't average out.
 */
function addShortMoments(state: usize, x: usize, length: usize): void {
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

  if (!mergeExactSums(state, <f64>length, sum, square)) mergeWide(state, x, length);
}

/**
 * Estimates the mean of a chunk from 16 vectors; 0 where it is within half a
 * standard deviation of that, since then nothing need be subtracted.
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
