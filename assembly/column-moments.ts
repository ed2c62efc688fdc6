import { sampleIndex, sumFour, sumFourSquares, widenUpper } from './lanes';
import { mergeExactSums, mergeShiftedSums, STATE } from './state';
import { mergeWideColumn } from './wide-moments';

// Columns are summed in chunks of so many elements, counted from the first row:
// a matrix may be cut after any multiple of CHUNK / columns rows and gives the
// same bits.
const CHUNK: usize = 65536;

// Eight rows are added as a tree in float32, then in float64; a block is four such trees.
const BLOCK: usize = 32;

// Up to here all is done in float64, as in short rows.
const SHORT: usize = 256;

/**
 * Adds the moments of each column to its state.
 *
 * @param states (columns) states
 * @param x (rows, columns) float32
 * @param scratch (columns) times 7 float32 to work in
 */
export function addColumnMoments(
  states: usize,
  x: usize,
  rows: usize,
  columns: usize,
  scratch: usize,
): void {
  const step = columns << 2;
  const chunk = max<usize>(1, CHUNK / columns);
  while (rows) {
    const count = min(rows, chunk);
    addChunkMoments(states, x, count, columns, step, scratch);
    x += count * step;
    rows -= count;
  }
}

/**
 *     scratch   [ sums | squares | peaks: columns float64 each | shifts: columns float32 ]
 */
function addChunkMoments(
  states: usize,
  x: usize,
  rows: usize,
  columns: usize,
  step: usize,
  scratch: usize,
): void {
  const wholes = columns & ~3;
  const sums = scratch;
  const squares = sums + (columns << 3);
  const peaks = squares + (columns << 3);
  const shifts = peaks + (columns << 3);
  const short = rows <= SHORT;
  memory.fill(scratch, 0, columns * 24);

  for (let column: usize = 0; column < wholes; column += 4) {
    const at = column << 2;
    v128.store(shifts + at, short ? v128.load(x + at) : estimateMeans(x + at, rows, step));
  }
  for (let row: usize = 0; row < rows; row += BLOCK) {
    const block = min(BLOCK, rows - row);
    const at = x + row * step;
    for (let column: usize = 0; column < wholes; column += 4) {
      const wide = column << 3;
      const shift = v128.load(shifts + (column << 2));
      const block4 = at + (column << 2);
      if (short) addShortBlock(sums + wide, squares + wide, block4, shift, block, step);
      else addBlock(sums + wide, squares + wide, peaks + wide, block4, shift, block, step);
    }
  }

  for (let column: usize = 0; column < columns; column++) {
    const state = states + column * STATE;
    const wide = column << 3;
    const sum = f64.load(sums + wide);
    const square = f64.load(squares + wide);
    const shift = <f64>f32.load(shifts + (column << 2));
    const merged =
      column < wholes &&
      (short
        ? mergeExactSums(state, <f64>rows, shift, sum, square)
        : mergeShiftedSums(state, <f64>rows, shift, sum, square, f64.load(peaks + wide)));
    if (!merged) mergeWideColumn(state, x + (column << 2), rows, step);
  }
}

/** Adds at most BLOCK rows of four columns, around their shifts, to float64 sums. */
function addBlock(
  sums: usize,
  squares: usize,
  peaks: usize,
  x: usize,
  shifts: v128,
  rows: usize,
  step: usize,
): void {
  let lowerSums = v128.load(sums);
  let upperSums = v128.load(sums, 16);
  let lowerSquares = f64x2.splat(0);
  let upperSquares = f64x2.splat(0);
  for (; rows >= 8; rows -= 8) {
    const a = f32x4.sub(v128.load(x), shifts);
    const b = f32x4.sub(v128.load(x + step), shifts);
    const c = f32x4.sub(v128.load(x + 2 * step), shifts);
    const d = f32x4.sub(v128.load(x + 3 * step), shifts);
    x += step << 2;
    const e = f32x4.sub(v128.load(x), shifts);
    const f = f32x4.sub(v128.load(x + step), shifts);
    const g = f32x4.sub(v128.load(x + 2 * step), shifts);
    const h = f32x4.sub(v128.load(x + 3 * step), shifts);
    x += step << 2;
    const sum = f32x4.add(sumFour(a, b, c, d), sumFour(e, f, g, h));
    const square = f32x4.add(sumFourSquares(a, b, c, d), sumFourSquares(e, f, g, h));
    lowerSums = f64x2.add(lowerSums, f64x2.promote_low_f32x4(sum));
    upperSums = f64x2.add(upperSums, widenUpper(sum));
    lowerSquares = f64x2.add(lowerSquares, f64x2.promote_low_f32x4(square));
    upperSquares = f64x2.add(upperSquares, widenUpper(square));
  }
  for (; rows; rows--) {
    const d = f32x4.sub(v128.load(x), shifts);
    const square = f32x4.mul(d, d);
    lowerSums = f64x2.add(lowerSums, f64x2.promote_low_f32x4(d));
    upperSums = f64x2.add(upperSums, widenUpper(d));
    lowerSquares = f64x2.add(lowerSquares, f64x2.promote_low_f32x4(square));
    upperSquares = f64x2.add(upperSquares, widenUpper(square));
    x += step;
  }
  v128.store(sums, lowerSums);
  v128.store(sums, upperSums, 16);
  v128.store(squares, f64x2.add(v128.load(squares), lowerSquares));
  v128.store(squares, f64x2.add(v128.load(squares, 16), upperSquares), 16);
  v128.store(peaks, f64x2.pmax(v128.load(peaks), lowerSquares));
  v128.store(peaks, f64x2.pmax(v128.load(peaks, 16), upperSquares), 16);
}

/** Adds rows of four columns, around their shifts, to float64 sums, in float64 throughout. */
function addShortBlock(
  sums: usize,
  squares: usize,
  x: usize,
  shifts: v128,
  rows: usize,
  step: usize,
): void {
  const lowerShifts = f64x2.promote_low_f32x4(shifts);
  const upperShifts = widenUpper(shifts);
  let lowerSums = v128.load(sums);
  let upperSums = v128.load(sums, 16);
  let lowerSquares = v128.load(squares);
  let upperSquares = v128.load(squares, 16);
  for (; rows; rows--) {
    const four = v128.load(x);
    const lower = f64x2.sub(f64x2.promote_low_f32x4(four), lowerShifts);
    const upper = f64x2.sub(widenUpper(four), upperShifts);
    lowerSums = f64x2.add(lowerSums, lower);
    upperSums = f64x2.add(upperSums, upper);
    lowerSquares = f64x2.add(lowerSquares, f64x2.mul(lower, lower));
    upperSquares = f64x2.add(upperSquares, f64x2.mul(upper, upper));
    x += step;
  }
  v128.store(sums, lowerSums);
  v128.store(sums, upperSums, 16);
  v128.store(squares, lowerSquares);
  v128.store(squares, upperSquares, 16);
}

/** Estimates the means of four columns from at most 16 rows. */
function estimateMeans(x: usize, rows: usize, step: usize): v128 {
  const samples = min<usize>(rows, 16);
  const scale = f32x4.splat(<f32>1 / <f32>samples);
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < samples; i++) {
    const row = v128.load(x + sampleIndex(i, rows) * step);
    sum = f32x4.add(sum, f32x4.mul(row, scale));
  }
  return sum;
}
