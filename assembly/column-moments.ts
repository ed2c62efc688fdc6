import { addWide, sampleIndex } from './lanes';
import { mergeShiftedSums, STATE } from './state';
import { mergeWideColumn } from './wide-moments';

// Columns are summed in chunks of so many elements, counted from the first row:
// a matrix may be cut after any multiple of CHUNK / columns rows and gives the
// same bits.
const CHUNK: usize = 65536;

// Four rows are added as a tree, in float32; eight such trees in a row; then
// float64.
const BLOCK: usize = 32;

/**
 * Adds the moments of each column to its state.
 *
 * @param states (columns) states
 * @param x (rows, columns) float32
 * @param scratch (columns) times 5 float32 to work in, aligned to 16 bytes
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
 *     scratch   [ sums: columns float64 | squares: columns float64 | shifts: columns float32 ]
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
  const shifts = squares + (columns << 3);
  memory.fill(scratch, 0, columns << 4);

  for (let column: usize = 0; column < wholes; column += 4) {
    v128.store(shifts + (column << 2), estimateMeans(x + (column << 2), rows, step));
  }
  for (let row: usize = 0; row < rows; row += BLOCK) {
    const block = min(BLOCK, rows - row);
    const at = x + row * step;
    for (let column: usize = 0; column < wholes; column += 4) {
      addBlock(
        sums + (column << 3),
        squares + (column << 3),
        at + (column << 2),
        v128.load(shifts + (column << 2)),
        block,
        step,
      );
    }
  }

  for (let column: usize = 0; column < columns; column++) {
    const at = x + (column << 2);
    const state = states + column * STATE;
    const sum = f64.load(sums + (column << 3));
    const square = f64.load(squares + (column << 3));
    const shift = f32.load(shifts + (column << 2));
    const vectorized = column < wholes;
    if (!vectorized || !mergeShiftedSums(state, <f64>rows, shift, sum, square)) {
      mergeWideColumn(state, at, rows, step);
    }
  }
}

/** Adds at most BLOCK rows of four columns, around their shifts, to float64 sums. */
function addBlock(
  sums: usize,
  squares: usize,
  x: usize,
  shifts: v128,
  rows: usize,
  step: usize,
): void {
  let blockSums = f32x4.splat(0);
  let blockSquares = f32x4.splat(0);
  for (; rows >= 4; rows -= 4) {
    const a = f32x4.sub(v128.load(x), shifts);
    const b = f32x4.sub(v128.load(x + step), shifts);
    const c = f32x4.sub(v128.load(x + 2 * step), shifts);
    const d = f32x4.sub(v128.load(x + 3 * step), shifts);
    const aa = f32x4.mul(a, a);
    const bb = f32x4.mul(b, b);
    const cc = f32x4.mul(c, c);
    const dd = f32x4.mul(d, d);
    blockSums = f32x4.add(blockSums, f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
    blockSquares = f32x4.add(blockSquares, f32x4.add(f32x4.add(aa, bb), f32x4.add(cc, dd)));
    x += step << 2;
  }
  for (; rows; rows--) {
    const d = f32x4.sub(v128.load(x), shifts);
    blockSums = f32x4.add(blockSums, d);
    blockSquares = f32x4.add(blockSquares, f32x4.mul(d, d));
    x += step;
  }
  addWide(sums, blockSums);
  addWide(squares, blockSquares);
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
