import { applyF64, LINE } from '../core/line';
import {
  applyF32,
  fitsF32,
  highMean,
  highScale,
  lowScale,
  scaled,
  shiftF32,
} from '../core/line-f32';

/**
 * Applies a line to each row: y = (x - mean) * scale + shift.
 *
 * @param y (rows, length) float32, with a gap after each period; may be x
 * @param x (rows, length) float32, likewise
 * @param lines (period) lines, row r takes line r mod period
 * @param gap elements between the end of a period and the next
 */
export function applyRows(
  y: usize,
  x: usize,
  lines: usize,
  rows: usize,
  length: usize,
  period: usize,
  gap: usize,
): void {
  const end = lines + period * LINE;
  let line = lines;
  for (let row: usize = 0; row < rows; row++) {
    applyRow(y, x, line, length);
    let step = length;
    line += LINE;
    if (line === end) {
      line = lines;
      step += gap;
    }
    y += step << 2;
    x += step << 2;
  }
}

/** Applies a line to one row. */
export function applyRow(y: usize, x: usize, line: usize, length: usize): void {
  if (!fitsF32(line)) {
    applyF64(y, x, line, length, 4);
    return;
  }
  if (length < 4) {
    applyF32(y, x, line, length, 4);
    return;
  }

  const highs = f32x4.splat(highMean(line));
  const scales = f32x4.splat(highScale(line));
  const lows = f32x4.splat(lowScale(line));
  const shifts = f32x4.splat(shiftF32(line));
  const end = x + (length << 2);
  // The last vector may overlap the one before it. It is made first, since y may be x.
  const lastAt = y + (length << 2) - 16;
  const last = scaled(f32x4.sub(v128.load(end - 16), highs), scales, lows, shifts);

  if (f64.load(line) === 0) {
    for (; x + 64 <= end; x += 64, y += 64) {
      v128.store(y, scaled(v128.load(x, 0), scales, lows, shifts), 0);
      v128.store(y, scaled(v128.load(x, 16), scales, lows, shifts), 16);
      v128.store(y, scaled(v128.load(x, 32), scales, lows, shifts), 32);
      v128.store(y, scaled(v128.load(x, 48), scales, lows, shifts), 48);
    }
  }
  for (; x + 64 <= end; x += 64, y += 64) {
    const a = f32x4.sub(v128.load(x, 0), highs);
    const b = f32x4.sub(v128.load(x, 16), highs);
    const c = f32x4.sub(v128.load(x, 32), highs);
    const d = f32x4.sub(v128.load(x, 48), highs);
    v128.store(y, scaled(a, scales, lows, shifts), 0);
    v128.store(y, scaled(b, scales, lows, shifts), 16);
    v128.store(y, scaled(c, scales, lows, shifts), 32);
    v128.store(y, scaled(d, scales, lows, shifts), 48);
  }
  for (; x + 16 <= end; x += 16, y += 16) {
    const d = f32x4.sub(v128.load(x), highs);
    v128.store(y, scaled(d, scales, lows, shifts));
  }
  v128.store(lastAt, last);
}
