import { COMBINATION, combined, combineF64 } from '../core/combination';
import { LINE } from '../core/line';
import { highMean, highScale, scaledDifference, shiftOfDifference } from '../core/line-f32';
import { allFitF32 } from './lines-f32';
import { MANY_COLUMNS } from './many-columns';

// The lines and combinations of four columns in float32, side by side. Each part is a
// vector:
//
//     [ high means | high scales | a | b | c ]
const FOUR_COLUMNS_F32: usize = 80;

/**
 * Combines each column: dx = a * g + b * z + c, where z = (x - mean) * scale + shift.
 *
 * @param dx (rows, columns) float32; may be g or x
 * @param g (rows, columns) float32
 * @param x (rows, columns) float32
 * @param lines (columns) lines
 * @param combinations (columns) combinations
 * @param scratch (columns, rounded up to fours) times 5 float32 to work in
 */
export function combineColumns(
  dx: usize,
  g: usize,
  x: usize,
  lines: usize,
  combinations: usize,
  rows: usize,
  columns: usize,
  scratch: usize,
): void {
  const step = columns << 2;
  if (!allFitF32(lines, columns)) {
    for (let at: usize = 0; at < step; at += 4) {
      combineF64(dx + at, g + at, x + at, lines, combinations, 0, rows, step);
      lines += LINE;
      combinations += COMBINATION;
    }
    return;
  }

  columnsToF32(scratch, lines, combinations, columns);
  if (columns < MANY_COLUMNS) {
    for (; rows >= 4; rows -= 4) {
      combineFourRows(dx, g, x, scratch, step);
      dx += step << 2;
      g += step << 2;
      x += step << 2;
    }
  }
  for (; rows; rows--) {
    combineOneRow(dx, g, x, scratch, step);
    dx += step;
    g += step;
    x += step;
  }
}

/**
 * Converts lines and combinations to float32, four side by side. With d = x - high mean, z
 * is d * scale + shift, and b * shift is added to c.
 */
function columnsToF32(columnsF32: usize, lines: usize, combinations: usize, columns: usize): void {
  for (let column: usize = 0; column < columns; column++) {
    const b = f64.load(combinations, 8);
    f32.store(columnsF32, highMean(lines), 0);
    f32.store(columnsF32, highScale(lines), 16);
    f32.store(columnsF32, <f32>f64.load(combinations, 0), 32);
    f32.store(columnsF32, <f32>b, 48);
    f32.store(columnsF32, <f32>(f64.load(combinations, 16) + b * shiftOfDifference(lines)), 64);
    columnsF32 += (column & 3) === 3 ? FOUR_COLUMNS_F32 - 12 : 4;
    combinations += COMBINATION;
    lines += LINE;
  }
}

function combineFourRows(dx: usize, g: usize, x: usize, columnsF32: usize, step: usize): void {
  const end = x + step;
  for (const vectors = x + (step & ~15); x < vectors; ) {
    const highs = v128.load(columnsF32, 0);
    const scales = v128.load(columnsF32, 16);
    const as = v128.load(columnsF32, 32);
    const bs = v128.load(columnsF32, 48);
    const cs = v128.load(columnsF32, 64);
    const az = scaledDifference(v128.load(x), highs, scales);
    const bz = scaledDifference(v128.load(x + step), highs, scales);
    const cz = scaledDifference(v128.load(x + 2 * step), highs, scales);
    const dz = scaledDifference(v128.load(x + 3 * step), highs, scales);
    const first = combined(v128.load(g), az, as, bs, cs);
    const second = combined(v128.load(g + step), bz, as, bs, cs);
    const third = combined(v128.load(g + 2 * step), cz, as, bs, cs);
    const fourth = combined(v128.load(g + 3 * step), dz, as, bs, cs);
    v128.store(dx, first);
    v128.store(dx + step, second);
    v128.store(dx + 2 * step, third);
    v128.store(dx + 3 * step, fourth);
    columnsF32 += FOUR_COLUMNS_F32;
    dx += 16;
    g += 16;
    x += 16;
  }
  for (; x < end; x += 4) {
    for (let row: usize = 0; row < 4; row++) {
      combineOne(dx + row * step, g + row * step, x + row * step, columnsF32);
    }
    columnsF32 += 4;
    dx += 4;
    g += 4;
  }
}

function combineOneRow(dx: usize, g: usize, x: usize, columnsF32: usize, step: usize): void {
  const end = x + step;
  for (const vectors = x + (step & ~15); x < vectors; x += 16) {
    const z = scaledDifference(v128.load(x), v128.load(columnsF32, 0), v128.load(columnsF32, 16));
    const as = v128.load(columnsF32, 32);
    const bs = v128.load(columnsF32, 48);
    const cs = v128.load(columnsF32, 64);
    v128.store(dx, combined(v128.load(g), z, as, bs, cs));
    columnsF32 += FOUR_COLUMNS_F32;
    dx += 16;
    g += 16;
  }
  for (; x < end; x += 4) {
    combineOne(dx, g, x, columnsF32);
    columnsF32 += 4;
    dx += 4;
    g += 4;
  }
}

function combineOne(dx: usize, g: usize, x: usize, columnsF32: usize): void {
  const z = (f32.load(x) - f32.load(columnsF32, 0)) * f32.load(columnsF32, 16);
  const inner = z * f32.load(columnsF32, 48) + f32.load(columnsF32, 64);
  f32.store(dx, f32.load(g) * f32.load(columnsF32, 32) + inner);
}
