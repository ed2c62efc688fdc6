import { COMBINATION } from './combine';

/**
 * Combines each column: dx = a * g + b * z + c.
 *
 * @param dx (rows, columns) float32; may be g or z
 * @param g (rows, columns) float32
 * @param z (rows, columns) float32
 * @param combinations (columns) combinations
 * @param scratch (columns) times 3 float32 to work in
 */
export function combineColumns(
  dx: usize,
  g: usize,
  z: usize,
  combinations: usize,
  rows: usize,
  columns: usize,
  scratch: usize,
): void {
  const step = columns << 2;
  narrowCombinations(scratch, combinations, columns);
  for (; rows >= 2; rows -= 2) {
    combineTwoRows(dx, g, z, scratch, step);
    dx += step << 1;
    g += step << 1;
    z += step << 1;
  }
  if (rows) combineOneRow(dx, g, z, scratch, step);
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

function combineTwoRows(dx: usize, g: usize, z: usize, narrow: usize, step: usize): void {
  const end = g + step;
  for (const vectors = g + (step & ~15); g < vectors; ) {
    const as = v128.load(narrow);
    const bs = v128.load(narrow + step);
    const cs = v128.load(narrow + 2 * step);
    const first = combined(v128.load(g), v128.load(z), as, bs, cs);
    const second = combined(v128.load(g + step), v128.load(z + step), as, bs, cs);
    v128.store(dx, first);
    v128.store(dx + step, second);
    narrow += 16;
    dx += 16;
    g += 16;
    z += 16;
  }
  for (; g < end; g += 4) {
    combineOne(dx, g, z, narrow, step);
    combineOne(dx + step, g + step, z + step, narrow, step);
    narrow += 4;
    dx += 4;
    z += 4;
  }
}

function combineOneRow(dx: usize, g: usize, z: usize, narrow: usize, step: usize): void {
  for (const end = g + step; g < end; g += 4) {
    combineOne(dx, g, z, narrow, step);
    narrow += 4;
    dx += 4;
    z += 4;
  }
}

function combined(g: v128, z: v128, as: v128, bs: v128, cs: v128): v128 {
  return f32x4.add(f32x4.mul(g, as), f32x4.add(f32x4.mul(z, bs), cs));
}

function combineOne(dx: usize, g: usize, z: usize, narrow: usize, step: usize): void {
  const inner = f32.load(z) * f32.load(narrow + step) + f32.load(narrow + 2 * step);
  f32.store(dx, f32.load(g) * f32.load(narrow) + inner);
}
