import { onLine } from './apply';
import { allFitFloat32, narrowLines } from './column-apply';
import { COMBINATION, combined, combineWide } from './combine';
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
  narrowCombinations(narrow, combinations, columns);
  for (; rows >= 2; rows -= 2) {
    combineTwoRows(dx, g, x, scratch, narrow, step);
    dx += step << 1;
    g += step << 1;
    x += step << 1;
  }
  if (rows) combinePart(dx, g, x, scratch, narrow, step, step);
}

/** Takes combinations apart into float32: all a, b and c. */
function narrowCombinations(narrow: usize, combinations: usize, columns: usize): void {
  const step = columns << 2;
  for (let at = narrow; at < narrow + step; at += 4) {
    f32.store(at, <f32>f64.load(combinations, 0));
    f32.store(at + step, <f32>f64.load(combinations, 8));
    f32.store(at + 2 * step, <f32>f64.load(combinations, 16));
    combinations += COMBINATION;
  }
}

function combineTwoRows(
  dx: usize,
  g: usize,
  x: usize,
  lines: usize,
  combinations: usize,
  step: usize,
): void {
  const vectors = step & ~15;
  for (let at: usize = 0; at < vectors; at += 16) {
    const highs = v128.load(lines + at);
    const scales = v128.load(lines + at + step);
    const shifts = v128.load(lines + at + 3 * step);
    const as = v128.load(combinations + at);
    const bs = v128.load(combinations + at + step);
    const cs = v128.load(combinations + at + 2 * step);
    const z = onLine(v128.load(x + at), highs, scales, shifts);
    const other = onLine(v128.load(x + at + step), highs, scales, shifts);
    const first = combined(v128.load(g + at), z, as, bs, cs);
    const second = combined(v128.load(g + at + step), other, as, bs, cs);
    v128.store(dx + at, first);
    v128.store(dx + at + step, second);
  }
  const left = step - vectors;
  const line = lines + vectors;
  const combination = combinations + vectors;
  combinePart(dx + vectors, g + vectors, x + vectors, line, combination, step, left);
  const next = step + vectors;
  combinePart(dx + next, g + next, x + next, line, combination, step, left);
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
    const d = f32.load(x + at) - f32.load(lines + at);
    const z = d * f32.load(lines + at + step) + f32.load(lines + at + 3 * step);
    const inner = z * f32.load(combinations + at + step) + f32.load(combinations + at + 2 * step);
    f32.store(dx + at, f32.load(g + at) * f32.load(combinations + at) + inner);
  }
}
