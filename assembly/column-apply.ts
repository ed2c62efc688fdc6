import {
  applyNarrow,
  applyWide,
  fitsFloat32,
  highMean,
  highScale,
  lowScale,
  narrowShift,
  scaled,
} from './apply';
import { lanes } from './lanes';
import { LINE } from './line';

// So many rows pass through the lines of four columns at a time: enough to make
// up for reading the lines, few enough to stay in the first-level cache.
const BLOCK: usize = 128;

/**
 * Applies a line to each column: y = (x - mean) * scale + shift.
 *
 * @param y (rows, columns) float32; may be x
 * @param x (rows, columns) float32
 * @param lines (columns) lines
 */
export function applyColumns(y: usize, x: usize, lines: usize, rows: usize, columns: usize): void {
  const step = columns << 2;
  const wholes = columns & ~3;
  while (rows) {
    const block = min(rows, BLOCK);
    for (let column: usize = 0; column < wholes; column += 4) {
      const at = column << 2;
      applyFourColumns(y + at, x + at, lines + column * LINE, block, step);
    }
    for (let column = wholes; column < columns; column++) {
      const at = column << 2;
      applyColumn(y + at, x + at, lines + column * LINE, block, step);
    }
    y += block * step;
    x += block * step;
    rows -= block;
  }
}

function applyFourColumns(y: usize, x: usize, lines: usize, rows: usize, step: usize): void {
  const a = lines;
  const b = lines + LINE;
  const c = lines + 2 * LINE;
  const d = lines + 3 * LINE;
  if (!(fitsFloat32(a) && fitsFloat32(b) && fitsFloat32(c) && fitsFloat32(d))) {
    applyColumn(y, x, a, rows, step);
    applyColumn(y + 4, x + 4, b, rows, step);
    applyColumn(y + 8, x + 8, c, rows, step);
    applyColumn(y + 12, x + 12, d, rows, step);
    return;
  }

  const highs = lanes(highMean(a), highMean(b), highMean(c), highMean(d));
  const scales = lanes(highScale(a), highScale(b), highScale(c), highScale(d));
  const lows = lanes(lowScale(a), lowScale(b), lowScale(c), lowScale(d));
  const shifts = lanes(narrowShift(a), narrowShift(b), narrowShift(c), narrowShift(d));
  for (; rows; rows--) {
    v128.store(y, scaled(f32x4.sub(v128.load(x), highs), scales, lows, shifts));
    x += step;
    y += step;
  }
}

function applyColumn(y: usize, x: usize, line: usize, rows: usize, step: usize): void {
  if (fitsFloat32(line)) applyNarrow(y, x, line, rows, step);
  else applyWide(y, x, line, rows, step);
}
