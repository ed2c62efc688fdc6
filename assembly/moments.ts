import { sumPair, widenPairs } from './lanes';
import { mergeIntoState, STATE } from './state';

// A row is summed in chunks, and a chunk in blocks, both counted from the start
// of the row: the order of additions depends on a position in the row alone, so
// any split of a row at a multiple of CHUNK gives the same bits.
const CHUNK: usize = 16384;

// Sixteen elements are added as a tree, in float32; four such trees in a row;
// then float64. A longer float32 block drifts: 32 equal squares added one after
// the other can be off by 8 units in the last place, these by less than 1.
const GROUP: usize = 16;
const GROUPS_PER_BLOCK: usize = 4;

// Outside of this range of variances float32 squares overflow or lose bits to
// underflow. The bounds leave 2^26 between the smallest square that matters and
// the smallest float32.
const MIN_VARIANCE: f64 = 7.888609052210118e-31; // 2^-100
const MAX_VARIANCE: f64 = 1.2676506002282294e30; // 2^100

/**
 * Adds the moments of each row to its state.
 *
 * @param states (rows) states
 * @param x (rows, length) float32
 */
export function addMoments(states: usize, x: usize, rows: usize, length: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    addRowMoments(states, x, length);
    states += STATE;
    x += length << 2;
  }
}

/** Adds the moments of one row to a state, chunk by chunk. */
export function addRowMoments(state: usize, x: usize, length: usize): void {
  while (length > CHUNK) {
    addChunkMoments(state, x, CHUNK);
    x += CHUNK << 2;
    length -= CHUNK;
  }
  if (length) addChunkMoments(state, x, length);
}

/**
 * Adds the moments of at most CHUNK elements to a state.
 *
 * With a shift k near the mean, d = x - k is exact or as good as x itself, and
 *
 *     mean    = k + sum(d) / n
 *     squares = sum(d * d) - sum(d)^2 / n
 *
 * loses at most one bit to cancellation as long as |mean - k| is no larger
 * than the standard deviation. Where it is, or where float32 can't hold the
 * squares, or where there is a NaN, the chunk is done again in float64.
 */
function addChunkMoments(state: usize, x: usize, length: usize): void {
  const shift = estimateMean(x, length);
  const shifts = f32x4.splat(shift);
  const end = x + (length << 2);
  let at = x;

  let sums = f64x2.splat(0);
  let squares = f64x2.splat(0);
  for (let groups = length / GROUP; groups; ) {
    let blockSums = f32x4.splat(0);
    let blockSquares = f32x4.splat(0);
    let block = min(groups, GROUPS_PER_BLOCK);
    groups -= block;
    for (; block; block--) {
      const a = f32x4.sub(v128.load(at, 0), shifts);
      const b = f32x4.sub(v128.load(at, 16), shifts);
      const c = f32x4.sub(v128.load(at, 32), shifts);
      const d = f32x4.sub(v128.load(at, 48), shifts);
      const aa = f32x4.mul(a, a);
      const bb = f32x4.mul(b, b);
      const cc = f32x4.mul(c, c);
      const dd = f32x4.mul(d, d);
      blockSums = f32x4.add(blockSums, f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
      blockSquares = f32x4.add(blockSquares, f32x4.add(f32x4.add(aa, bb), f32x4.add(cc, dd)));
      at += GROUP << 2;
    }
    sums = f64x2.add(sums, widenPairs(blockSums));
    squares = f64x2.add(squares, widenPairs(blockSquares));
  }
  for (; at + 16 <= end; at += 16) {
    const d = f32x4.sub(v128.load(at), shifts);
    sums = f64x2.add(sums, widenPairs(d));
    squares = f64x2.add(squares, widenPairs(f32x4.mul(d, d)));
  }

  let sum = sumPair(sums);
  let square = sumPair(squares);
  for (; at < end; at += 4) {
    const d = <f64>(f32.load(at) - shift);
    sum += d;
    square += d * d;
  }

  const count = <f64>length;
  const offset = sum / count;
  const lost = sum * offset;
  square -= lost;
  const inRange = square >= count * MIN_VARIANCE && square <= count * MAX_VARIANCE;
  if (inRange && lost <= square) {
    mergeIntoState(state, count, <f64>shift + offset, square);
  } else {
    addChunkMomentsWide(state, x, length);
  }
}

/**
 * Estimates the mean of a chunk from at most 16 vectors.
 *
 * They are taken at multiples of the golden ratio, so that they are spread
 * evenly and fall in with no width of a picture; all vectors where there are
 * no more than 16. Scaled before they are added, so that nothing overflows.
 */
function estimateMean(x: usize, length: usize): f32 {
  const vectors = length >> 2;
  if (!vectors) return f32.load(x);
  const samples = min<usize>(vectors, 16);
  const scale = f32x4.splat(<f32>0.25 / <f32>samples);
  const spread = vectors > 16;
  let sum = f32x4.splat(0);
  let fraction: u32 = 0;
  for (let i: usize = 0; i < samples; i++) {
    const index = spread ? <usize>((<u64>fraction * <u64>vectors) >> 32) : i;
    sum = f32x4.add(sum, f32x4.mul(v128.load(x + (index << 4)), scale));
    fraction += 0x9e3779b9;
  }
  return <f32>sumPair(widenPairs(sum));
}

/** Adds the moments of at most CHUNK elements to a state: float64, mean first. */
function addChunkMomentsWide(state: usize, x: usize, length: usize): void {
  const count = <f64>length;
  const end = x + (length << 2);
  let sum: f64 = 0;
  for (let at = x; at < end; at += 4) sum += <f64>f32.load(at);
  const mean = sum / count;
  let squares: f64 = 0;
  for (let at = x; at < end; at += 4) {
    const d = <f64>f32.load(at) - mean;
    squares += d * d;
  }
  mergeIntoState(state, count, mean, squares);
}
