import { sampleIndex, sumFour, sumFourSquares, sumPair, widenPairs, widenUpper } from './lanes';
import { mergeExactSums, mergeShiftedSums, STATE } from './state';
import { mergeWide } from './wide-moments';

// A row is summed in chunks counted from its start, and so in an order that
// depends on a position in the row alone: it may be cut at any multiple of CHUNK
// and gives the same bits.
const CHUNK: usize = 16384;

// Up to here float64 costs no more than an estimate of the mean does.
const SHORT: usize = 256;

/**
 * Adds the moments of each row to a state.
 *
 * @param states (period) states, row r adds to state r mod period
 * @param x (rows, length) float32
 */
export function addMoments(
  states: usize,
  x: usize,
  rows: usize,
  length: usize,
  period: usize,
): void {
  let channel: usize = 0;
  for (let row: usize = 0; row < rows; row++) {
    addRowMoments(states + channel * STATE, x, length);
    x += length << 2;
    if (++channel === period) channel = 0;
  }
}

/** Adds the moments of one row to a state, chunk by chunk. */
export function addRowMoments(state: usize, x: usize, length: usize): void {
  while (length > CHUNK) {
    addChunkMoments(state, x, CHUNK);
    x += CHUNK << 2;
    length -= CHUNK;
  }
  if (length > SHORT) addChunkMoments(state, x, length);
  else if (length) addShortMoments(state, x, length);
}

/**
 * Adds the moments of at most CHUNK elements to a state.
 *
 * Thirty-two elements are added as a tree in float32, then in float64. A longer
 * float32 block costs no less, and drifts: 32 equal squares added one after the
 * other can be off by 8 units in the last place.
 */
function addChunkMoments(state: usize, x: usize, length: usize): void {
  const shift = estimateShift(x, length);
  const shifts = f32x4.splat(shift);
  const end = x + (length << 2);
  let at = x;

  let sums = f64x2.splat(0);
  let squares = f64x2.splat(0);
  let largest = f64x2.splat(0);
  if (shift === 0) {
    for (; at + 128 <= end; at += 128) {
      const a = v128.load(at, 0);
      const b = v128.load(at, 16);
      const c = v128.load(at, 32);
      const d = v128.load(at, 48);
      const e = v128.load(at, 64);
      const f = v128.load(at, 80);
      const g = v128.load(at, 96);
      const h = v128.load(at, 112);
      sums = f64x2.add(sums, widenPairs(f32x4.add(sumFour(a, b, c, d), sumFour(e, f, g, h))));
      const lower = sumFourSquares(a, b, c, d);
      const upper = sumFourSquares(e, f, g, h);
      const block = widenPairs(f32x4.add(lower, upper));
      squares = f64x2.add(squares, block);
      largest = f64x2.pmax(largest, block);
    }
  } else {
    for (; at + 128 <= end; at += 128) {
      const a = f32x4.sub(v128.load(at, 0), shifts);
      const b = f32x4.sub(v128.load(at, 16), shifts);
      const c = f32x4.sub(v128.load(at, 32), shifts);
      const d = f32x4.sub(v128.load(at, 48), shifts);
      const e = f32x4.sub(v128.load(at, 64), shifts);
      const f = f32x4.sub(v128.load(at, 80), shifts);
      const g = f32x4.sub(v128.load(at, 96), shifts);
      const h = f32x4.sub(v128.load(at, 112), shifts);
      sums = f64x2.add(sums, widenPairs(f32x4.add(sumFour(a, b, c, d), sumFour(e, f, g, h))));
      const lower = sumFourSquares(a, b, c, d);
      const upper = sumFourSquares(e, f, g, h);
      const block = widenPairs(f32x4.add(lower, upper));
      squares = f64x2.add(squares, block);
      largest = f64x2.pmax(largest, block);
    }
  }
  for (; at + 16 <= end; at += 16) {
    const d = f32x4.sub(v128.load(at), shifts);
    const block = widenPairs(f32x4.mul(d, d));
    sums = f64x2.add(sums, widenPairs(d));
    squares = f64x2.add(squares, block);
    largest = f64x2.pmax(largest, block);
  }

  let sum = sumPair(sums);
  let square = sumPair(squares);
  for (; at < end; at += 4) {
    const d = <f64>(f32.load(at) - shift);
    sum += d;
    square += d * d;
  }

  const peak = max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1));
  if (!mergeShiftedSums(state, <f64>length, <f64>shift, sum, square, peak)) {
    mergeWide(state, x, length);
  }
}

/**
 * Adds the moments of a few elements to a state, in float64 around the first of
 * them: no estimate, and no rounding in float32, of which a few elements don't
 * average out.
 */
function addShortMoments(state: usize, x: usize, length: usize): void {
  const shift = <f64>f32.load(x);
  const shifts = f64x2.splat(shift);
  const end = x + (length << 2);
  let at = x;

  let sums = f64x2.splat(0);
  let squares = f64x2.splat(0);
  for (; at + 16 <= end; at += 16) {
    const four = v128.load(at);
    const a = f64x2.sub(f64x2.promote_low_f32x4(four), shifts);
    const b = f64x2.sub(widenUpper(four), shifts);
    sums = f64x2.add(sums, f64x2.add(a, b));
    squares = f64x2.add(squares, f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b)));
  }

  let sum = sumPair(sums);
  let square = sumPair(squares);
  for (; at < end; at += 4) {
    const d = <f64>f32.load(at) - shift;
    sum += d;
    square += d * d;
  }

  if (!mergeExactSums(state, <f64>length, shift, sum, square)) mergeWide(state, x, length);
}

/**
 * Estimates the mean of a chunk from at most 16 vectors; 0 where it is within
 * half a standard deviation of that, since then nothing need be subtracted.
 */
function estimateShift(x: usize, length: usize): f32 {
  const vectors = length >> 2;
  const samples = min<usize>(vectors, 16);
  // Scaled before they are added, so that nothing overflows.
  const scale = f32x4.splat(<f32>0.25 / <f32>samples);
  let sums = f32x4.splat(0);
  let squares = f32x4.splat(0);
  for (let i: usize = 0; i < samples; i++) {
    const vector = v128.load(x + (sampleIndex(i, vectors) << 4));
    const scaled = f32x4.mul(vector, scale);
    sums = f32x4.add(sums, scaled);
    squares = f32x4.add(squares, f32x4.mul(vector, scaled));
  }
  const mean = sumPair(widenPairs(sums));
  const square = sumPair(widenPairs(squares));
  return mean * mean * 5 <= square ? 0 : <f32>mean;
}
