import { addWide, loadPair, sampleIndex, sumFour, sumFourSquares } from '../core/lanes';
import { mergeExactSums, mergeShiftedSums, STATE } from '../core/moments';
import { prefetch } from '../core/prefetch';
import { mergeWideColumn } from './moments-f64';

// Columns are summed in chunks of so many elements, counted from the first row:
// a matrix may be cut after any multiple of CHUNK / columns rows and gives the
// same bits.
const CHUNK: usize = 65536;

// Up to here all is done in float64, as in short rows.
const SHORT: usize = 256;

/**
 * Adds the moments of each column to its state.
 *
 * @param states (columns) states
 * @param x (rows, columns) float32
 * @param scratch (columns) times 6 float32 to work in
 */
export function addColumnMoments(
  states: usize,
  x: usize,
  rows: usize,
  columns: usize,
  scratch: usize,
): void {
  const chunk = max<usize>(1, CHUNK / columns);
  while (rows) {
    const count = min(rows, chunk);
    if (count > SHORT) addChunkMoments(states, x, count, columns, scratch);
    else addShortMoments(states, x, count, columns, scratch);
    x += (count * columns) << 2;
    rows -= count;
  }
}

/**
 * Adds the moments of columns by sums of their differences from shifts, eight rows
 * at a time as a tree in float32, then in float64.
 *
 *     scratch   [ sums | squares: columns float64 each | shifts | peaks: columns float32 each ]
 */
function addChunkMoments(
  states: usize,
  x: usize,
  rows: usize,
  columns: usize,
  scratch: usize,
): void {
  const step = columns << 2;
  const wholes = columns & ~3;
  const squares = scratch + (step << 1);
  const shifts = squares + (step << 1);
  const peaks = shifts + step;
  memory.fill(scratch, 0, step * 6);

  for (let at: usize = 0; at < wholes << 2; at += 16) {
    v128.store(shifts + at, estimateMeans(x + at, rows, step));
  }
  let at = x;
  let left = rows;
  for (; left >= 8; left -= 8) {
    prefetch(at, step << 3);
    addEightRows(scratch, at, step);
    at += step << 3;
  }
  for (; left; left--) {
    addRow(scratch, at, step);
    at += step;
  }

  for (let column: usize = 0; column < columns; column++) {
    const narrow = column << 2;
    const sum = f64.load(scratch + (narrow << 1));
    const square = f64.load(squares + (narrow << 1));
    const shift = <f64>f32.load(shifts + narrow);
    const peak = <f64>f32.load(peaks + narrow);
    const merged = column < wholes && mergeShiftedSums(states, <f64>rows, shift, sum, square, peak);
    if (!merged) mergeWideColumn(states, x + narrow, rows, step);
    states += STATE;
  }
}

function addEightRows(sums: usize, x: usize, step: usize): void {
  let squares = sums + (step << 1);
  let shifts = squares + (step << 1);
  for (const end = x + (step & ~15); x < end; x += 16) {
    const shift = v128.load(shifts);
    const a = f32x4.sub(v128.load(x), shift);
    const b = f32x4.sub(v128.load(x + step), shift);
    const c = f32x4.sub(v128.load(x + 2 * step), shift);
    const d = f32x4.sub(v128.load(x + 3 * step), shift);
    const e = f32x4.sub(v128.load(x + 4 * step), shift);
    const f = f32x4.sub(v128.load(x + 5 * step), shift);
    const g = f32x4.sub(v128.load(x + 6 * step), shift);
    const h = f32x4.sub(v128.load(x + 7 * step), shift);
    const square = f32x4.add(sumFourSquares(a, b, c, d), sumFourSquares(e, f, g, h));
    addWide(sums, f32x4.add(sumFour(a, b, c, d), sumFour(e, f, g, h)));
    addWide(squares, square);
    // Squares are positive, and so in the order of the integers that their bits are.
    v128.store(shifts + step, i32x4.max_s(v128.load(shifts + step), square));
    sums += 32;
    squares += 32;
    shifts += 16;
  }
}

function addRow(sums: usize, x: usize, step: usize): void {
  let squares = sums + (step << 1);
  let shifts = squares + (step << 1);
  for (const end = x + (step & ~15); x < end; x += 16) {
    const d = f32x4.sub(v128.load(x), v128.load(shifts));
    const square = f32x4.mul(d, d);
    addWide(sums, d);
    addWide(squares, square);
    v128.store(shifts + step, i32x4.max_s(v128.load(shifts + step), square));
    sums += 32;
    squares += 32;
    shifts += 16;
  }
}

/**
 * Adds the moments of columns of a few elements, in float64.
 *
 *     scratch   [ sums | squares: columns float64 each ]
 */
function addShortMoments(
  states: usize,
  x: usize,
  rows: usize,
  columns: usize,
  scratch: usize,
): void {
  const step = columns << 2;
  const wholes = columns & ~3;
  const squares = scratch + (step << 1);
  memory.fill(scratch, 0, step << 2);

  let at = x;
  let left = rows;
  for (; left >= 4; left -= 4) {
    addFourRowsExactly(scratch, at, step);
    at += step << 2;
  }
  for (; left; left--) {
    addRowExactly(scratch, at, step);
    at += step;
  }

  for (let column: usize = 0; column < columns; column++) {
    const narrow = column << 2;
    const sum = f64.load(scratch + (narrow << 1));
    const square = f64.load(squares + (narrow << 1));
    const merged = column < wholes && mergeExactSums(states, <f64>rows, sum, square);
    if (!merged) mergeWideColumn(states, x + narrow, rows, step);
    states += STATE;
  }
}

function addFourRowsExactly(sums: usize, x: usize, step: usize): void {
  let squares = sums + (step << 1);
  for (const end = x + (step & ~15); x < end; x += 16) {
    addPairs(sums, squares, x, step);
    addPairs(sums + 16, squares + 16, x + 8, step);
    sums += 32;
    squares += 32;
  }
}

/** Adds two columns of four rows and their squares to sums in memory. */
function addPairs(sums: usize, squares: usize, x: usize, step: usize): void {
  const a = loadPair(x);
  const b = loadPair(x + step);
  const c = loadPair(x + 2 * step);
  const d = loadPair(x + 3 * step);
  const sum = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  const square = f64x2.add(
    f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b)),
    f64x2.add(f64x2.mul(c, c), f64x2.mul(d, d)),
  );
  v128.store(sums, f64x2.add(v128.load(sums), sum));
  v128.store(squares, f64x2.add(v128.load(squares), square));
}

function addRowExactly(sums: usize, x: usize, step: usize): void {
  let squares = sums + (step << 1);
  for (const end = x + (step & ~15); x < end; x += 16) {
    const a = loadPair(x);
    const b = loadPair(x + 8);
    v128.store(sums, f64x2.add(v128.load(sums), a));
    v128.store(sums, f64x2.add(v128.load(sums, 16), b), 16);
    v128.store(squares, f64x2.add(v128.load(squares), f64x2.mul(a, a)));
    v128.store(squares, f64x2.add(v128.load(squares, 16), f64x2.mul(b, b)), 16);
    sums += 32;
    squares += 32;
  }
}

/** Estimates the means of four columns from an eighth of the rows, at most 64. */
function estimateMeans(x: usize, rows: usize, step: usize): v128 {
  const samples = min<usize>(rows >> 3, 64);
  const scale = f32x4.splat(<f32>1 / <f32>samples);
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < samples; i++) {
    const row = v128.load(x + sampleIndex(i, rows) * step);
    sum = f32x4.add(sum, f32x4.mul(row, scale));
  }
  return sum;
}
