import { shiftOfDifference } from './apply';
import { allFitFloat32, narrowLines } from './column-apply';
import { COMBINATION, combined, combineWide } from './combine';
import { scaledDifference } from './gradient-sums';
import { LINE } from './line';

/**
 * Combines each column: dx = a * g + b * z + c, where z = (x - mean) * scale + shift.
 *
 * @param dx (rows, columns) float32; may be g or x
 * @param g (rows, columns) float32
 * @param x (rows, columns) float32
 * @param lines (columns) lines
 * @param combinations (columns) combinations
 * @param scratch (columns) times 7 float32 to work in
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
  if (!allFitFloat32(lines, columns)) {
    for (let at: usize = 0; at < step; at += 4) {
      combineWide(dx + at, g + at, x + at, lines, combinations, 0, rows, step);
      lines += LINE;
      combinations += COMBINATION;
    }
    return;
  }

  const narrow = scratch + (step << 2);
  narrowLines(scratch, lines, columns);
  narrowCombinations(narrow, combinations, lines, columns);
  for (; rows >= 4; rows -= 4) {
    combineFourRows(dx, g, x, scratch, narrow, step);
    dx += step << 2;
    g += step << 2;
    x += step << 2;
  }
  for (; rows; rows--) {
    combinePart(dx, g, x, scratch, narrow, step, step);
    dx += step;
    g += step;
    x += step;
  }
}

/** Takes combinations apart into float32: all a, b and c, with what z has beside d * scale in c. */
function narrowCombinations(
  narrow: usize,
  combinations: usize,
  lines: usize,
  columns: usize,
): void {
  const step = columns << 2;
  for (let at = narrow; at < narrow + step; at += 4) {
    const b = f64.load(combinations, 8);
    f32.store(at, <f32>f64.load(combinations, 0));
    f32.store(at + step, <f32>b);
    f32.store(at + 2 * step, <f32>(f64.load(combinations, 16) + b * shiftOfDifference(lines)));
    combinations += COMBINATION;
    lines += LINE;
  }
}

function combineFourRows(
  dx: usize,
  g: usize,
  x: usize,
  lines: usize,
  combinations: usize,
  step: usize,
): void {
  for (const end = lines + (step & ~15); lines < end; lines += 16) {
    const highs = v128.load(lines);
    const scales = v128.load(lines + step);
    const as = v128.load(combinations);
    const bs = v128.load(combinations + step);
    const cs = v128.load(combinations + 2 * step);
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
    combinations += 16;
    dx += 16;
    g += 16;
    x += 16;
  }
  for (let row: usize = 0; row < 4; row++) {
    const at = row * step;
    combinePart(dx + at, g + at, x + at, lines, combinations, step, step & 15);
  }
}

/** Combines part of a row, element by element. */
function combinePart(
  dx: usize,
  g: usize,
  x: usize,
  lines: usize,
  combinations: usize,
  step: usize,
  bytes: usize,
): void {
  for (let at: usize = 0; at < bytes; at += 4) {
    const z = (f32.load(x + at) - f32.load(lines + at)) * f32.load(lines + at + step);
    const inner = z * f32.load(combinations + at + step) + f32.load(combinations + at + 2 * step);
    f32.store(dx + at, f32.load(g + at) * f32.load(combinations + at) + inner);
  }
}
