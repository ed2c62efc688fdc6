import { LINE } from '../core/line';
import { applyNarrow, applyWide, fitsFloat32, scaled } from '../core/line-parts';
import { allFitFloat32, NARROW_LINES, narrowLines, WIDE } from './narrow-lines';

/**
 * Applies a line to each column: y = (x - mean) * scale + shift.
 *
 * @param y (rows, columns) float32; may be x
 * @param x (rows, columns) float32
 * @param lines (columns) lines
 * @param scratch (columns, rounded up to fours) times 4 float32 to work in
 */
export function applyColumns(
  y: usize,
  x: usize,
  lines: usize,
  rows: usize,
  columns: usize,
  scratch: usize,
): void {
  const step = columns << 2;
  if (!allFitFloat32(lines, columns)) {
    for (let at: usize = 0; at < step; at += 4) {
      applyColumn(y + at, x + at, lines, rows, step);
      lines += LINE;
    }
    return;
  }

  narrowLines(scratch, lines, columns);
  // Narrow rows go four at a time, so that a line is read from memory once for them.
  if (columns < WIDE) {
    for (; rows >= 4; rows -= 4) {
      applyFourRows(y, x, scratch, step);
      y += step << 2;
      x += step << 2;
    }
  }
  for (; rows; rows--) {
    applyOneRow(y, x, scratch, step);
    y += step;
    x += step;
  }
}

function applyFourRows(y: usize, x: usize, narrow: usize, step: usize): void {
  const end = x + step;
  for (const vectors = x + (step & ~15); x < vectors; ) {
    const highs = v128.load(narrow, 0);
    const scales = v128.load(narrow, 16);
    const lows = v128.load(narrow, 32);
    const shifts = v128.load(narrow, 48);
    const a = f32x4.sub(v128.load(x), highs);
    const b = f32x4.sub(v128.load(x + step), highs);
    const c = f32x4.sub(v128.load(x + 2 * step), highs);
    const d = f32x4.sub(v128.load(x + 3 * step), highs);
    v128.store(y, scaled(a, scales, lows, shifts));
    v128.store(y + step, scaled(b, scales, lows, shifts));
    v128.store(y + 2 * step, scaled(c, scales, lows, shifts));
    v128.store(y + 3 * step, scaled(d, scales, lows, shifts));
    narrow += NARROW_LINES;
    x += 16;
    y += 16;
  }
  for (; x < end; x += 4) {
    for (let row: usize = 0; row < 4; row++) applyOne(y + row * step, x + row * step, narrow);
    narrow += 4;
    y += 4;
  }
}

function applyOneRow(y: usize, x: usize, narrow: usize, step: usize): void {
  const end = x + step;
  for (; x + 32 <= end; x += 32) {
    applyVector(y, x, narrow);
    applyVector(y + 16, x + 16, narrow + NARROW_LINES);
    narrow += 2 * NARROW_LINES;
    y += 32;
  }
  if (x + 16 <= end) {
    applyVector(y, x, narrow);
    narrow += NARROW_LINES;
    x += 16;
    y += 16;
  }
  for (; x < end; x += 4) {
    applyOne(y, x, narrow);
    narrow += 4;
    y += 4;
  }
}

function applyVector(y: usize, x: usize, narrow: usize): void {
  const d = f32x4.sub(v128.load(x), v128.load(narrow, 0));
  const scales = v128.load(narrow, 16);
  const lows = v128.load(narrow, 32);
  const shifts = v128.load(narrow, 48);
  v128.store(y, scaled(d, scales, lows, shifts));
}

function applyOne(y: usize, x: usize, narrow: usize): void {
  const d = f32.load(x) - f32.load(narrow, 0);
  f32.store(y, d * f32.load(narrow, 16) + (d * f32.load(narrow, 32) + f32.load(narrow, 48)));
}

function applyColumn(y: usize, x: usize, line: usize, rows: usize, step: usize): void {
  if (fitsFloat32(line)) applyNarrow(y, x, line, rows, step);
  else applyWide(y, x, line, rows, step);
}
