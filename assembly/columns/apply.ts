import { applyF64, LINE } from '../core/line';
import { applyF32, fitsF32, scaled } from '../core/line-f32';
import { FOUR_LINES_F32, linesToF32 } from './lines-f32';
import { MANY_COLUMNS } from './many-columns';

/**
 * Applies a line to each column: y = (x - mean) * scale + shift.
 *
 * @param y (rows, columns) float32, in rows that lie `stride` elements apart; may be x
 * @param x (rows, columns) float32, likewise
 * @param lines (columns) lines
 * @param scratch (columns, rounded up to fours) times 4 float32 to work in
 */
export function applyColumns(
  y: usize,
  x: usize,
  lines: usize,
  rows: usize,
  columns: usize,
  stride: usize,
  scratch: usize,
): void {
  const size = columns << 2;
  const step = stride << 2;
  if (!linesToF32(scratch, lines, columns)) {
    for (let at: usize = 0; at < size; at += 4) {
      applyColumn(y + at, x + at, lines, rows, step);
      lines += LINE;
    }
    return;
  }

  // Short rows go four at a time, so that each line is read once for four rows.
  if (columns < MANY_COLUMNS) {
    for (; rows >= 4; rows -= 4) {
      applyFourRows(y, x, scratch, size, step);
      y += step << 2;
      x += step << 2;
    }
  }
  for (; rows; rows--) {
    applyOneRow(y, x, scratch, size);
    y += step;
    x += step;
  }
}

function applyFourRows(y: usize, x: usize, linesF32: usize, size: usize, step: usize): void {
  const end = x + size;
  for (const vectors = x + (size & ~15); x < vectors; ) {
    const highs = v128.load(linesF32, 0);
    const scales = v128.load(linesF32, 16);
    const lows = v128.load(linesF32, 32);
    const shifts = v128.load(linesF32, 48);
    const a = f32x4.sub(v128.load(x), highs);
    const b = f32x4.sub(v128.load(x + step), highs);
    const c = f32x4.sub(v128.load(x + 2 * step), highs);
    const d = f32x4.sub(v128.load(x + 3 * step), highs);
    v128.store(y, scaled(a, scales, lows, shifts));
    v128.store(y + step, scaled(b, scales, lows, shifts));
    v128.store(y + 2 * step, scaled(c, scales, lows, shifts));
    v128.store(y + 3 * step, scaled(d, scales, lows, shifts));
    linesF32 += FOUR_LINES_F32;
    x += 16;
    y += 16;
  }
  for (; x < end; x += 4) {
    for (let row: usize = 0; row < 4; row++) applyOne(y + row * step, x + row * step, linesF32);
    linesF32 += 4;
    y += 4;
  }
}

function applyOneRow(y: usize, x: usize, linesF32: usize, size: usize): void {
  const end = x + size;
  for (const vectors = x + (size & ~15); x < vectors; x += 16) {
    const d = f32x4.sub(v128.load(x), v128.load(linesF32, 0));
    const scales = v128.load(linesF32, 16);
    const lows = v128.load(linesF32, 32);
    const shifts = v128.load(linesF32, 48);
    v128.store(y, scaled(d, scales, lows, shifts));
    linesF32 += FOUR_LINES_F32;
    y += 16;
  }
  for (; x < end; x += 4) {
    applyOne(y, x, linesF32);
    linesF32 += 4;
    y += 4;
  }
}

function applyOne(y: usize, x: usize, linesF32: usize): void {
  const d = f32.load(x) - f32.load(linesF32, 0);
  f32.store(y, d * f32.load(linesF32, 16) + (d * f32.load(linesF32, 32) + f32.load(linesF32, 48)));
}

function applyColumn(y: usize, x: usize, line: usize, rows: usize, step: usize): void {
  if (fitsF32(line)) applyF32(y, x, line, rows, step);
  else applyF64(y, x, line, rows, step);
}
