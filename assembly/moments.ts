import { sampleIndex, sumPair, widenPairs } from './lanes';
import { mergeShiftedSums, STATE } from './state';
import { mergeWide } from './wide-moments';

// A row is summed in chunks, and a chunk in blocks, both counted from the start
// of the row: the order of additions depends on a position in the row alone, so
// a row may be cut at any multiple of CHUNK and gives the same bits.
const CHUNK: usize = 16384;

// Sixteen elements are added as a tree, in float32; four such trees in a row;
// then float64. A longer float32 block drifts: 32 equal squares added one after
// the other can be off by 8 units in the last place, these by less than 1.
const GROUP: usize = 16;
const GROUPS_PER_BLOCK: usize = 4;

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
  if (length) addChunkMoments(state, x, length);
}

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

  if (!mergeShiftedSums(state, <f64>length, shift, sum, square)) mergeWide(state, x, length);
}

/** Estimates the mean of a chunk from at most 16 vectors; scaled first, so that nothing overflows. */
function estimateMean(x: usize, length: usize): f32 {
  const vectors = length >> 2;
  if (!vectors) return f32.load(x);
  const samples = min<usize>(vectors, 16);
  const scale = f32x4.splat(<f32>0.25 / <f32>samples);
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < samples; i++) {
    const vector = v128.load(x + (sampleIndex(i, vectors) << 4));
    sum = f32x4.add(sum, f32x4.mul(vector, scale));
  }
  return <f32>sumPair(widenPairs(sum));
}
