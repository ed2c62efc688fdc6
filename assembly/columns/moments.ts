import { columnChunkRows, MAX_SHORT_ELEMENTS } from '../core/chunks';
import { addLanesF64, loadPair, sampleIndex, sumFour, sumFourSquares } from '../core/lanes';
import { MOMENTS, mergeF64Sums, mergeShiftedSums } from '../core/moments';
import { prefetch } from '../core/prefetch';
import { mergeColumnF64 } from './moments-f64';

/**
 * Adds the moments of columns.
 *
 * @param moments (columns) moments
 * @param x (rows, columns) float32
 * @param scratch (columns) times 6 float32 to work in
 */
export function addColumnMoments(
  moments: usize,
  x: usize,
  rows: usize,
  columns: usize,
  scratch: usize,
): void {
  const chunkRows = columnChunkRows(columns);
  while (rows) {
    const count = min(rows, chunkRows);
    if (count > MAX_SHORT_ELEMENTS) addChunkMoments(moments, x, count, columns, scratch);
    else addShortMoments(moments, x, count, columns, scratch);
    x += (count * columns) << 2;
    rows -= count;
  }
}

/**
 * Adds the moments of columns by sums of their differences from shifts. Eight rows at a
 * time are added up as a tree in float32, and the result is added to the sums in float64.
 *
 *     scratch   [ sums | squares: columns float64 each | shifts | peaks: columns float32 each ]
 */
function addChunkMoments(
  moments: usize,
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
    const offset = column << 2;
    const sum = f64.load(scratch + (offset << 1));
    const square = f64.load(squares + (offset << 1));
    const shift = <f64>f32.load(shifts + offset);
    const peak = <f64>f32.load(peaks + offset);
    const merged =
      column < wholes && mergeShiftedSums(moments, <f64>rows, shift, sum, square, peak);
    if (!merged) mergeColumnF64(moments, x + offset, rows, step);
    moments += MOMENTS;
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
    addLanesF64(sums, f32x4.add(sumFour(a, b, c, d), sumFour(e, f, g, h)));
    addLanesF64(squares, square);
    // Squares are not negative, so they compare like the integers that have the same bits.
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
    addLanesF64(sums, d);
    addLanesF64(squares, square);
    v128.store(shifts + step, i32x4.max_s(v128.load(shifts + step), square));
    sums += 32;
    squares += 32;
    shifts += 16;
  }
}

/**
 * Adds the moments of columns of a few elements, summed in float64.
 *
 *     scratch   [ sums | squares: columns float64 each ]
 */
function addShortMoments(
  moments: usize,
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
    addFourRowsF64(scratch, at, step);
    at += step << 2;
  }
  for (; left; left--) {
    addRowF64(scratch, at, step);
    at += step;
  }

  for (let column: usize = 0; column < columns; column++) {
    const offset = column << 2;
    const sum = f64.load(scratch + (offset << 1));
    const square = f64.load(squares + (offset << 1));
    const merged = column < wholes && mergeF64Sums(moments, <f64>rows, sum, square);
    if (!merged) mergeColumnF64(moments, x + offset, rows, step);
    moments += MOMENTS;
  }
}

function addFourRowsF64(sums: usize, x: usize, step: usize): void {
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

function addRowF64(sums: usize, x: usize, step: usize): void {
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
