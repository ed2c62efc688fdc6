import { onLine } from './apply';
import { allFitFloat32, narrowLines } from './column-apply';
import { addWide, sumFour } from './lanes';
import { LINE } from './line';

/**
 * Adds to each column's sums of g and of g * z, g being the gradient of the output
 * and z = (x - mean) * scale + shift the normalized input.
 *
 * @param sums (columns) float64
 * @param products (columns) float64
 * @param g (rows, columns) float32
 * @param x (rows, columns) float32
 * @param lines (columns) lines; 0: z is x
 * @param scratch (columns) times 4 float32 to work in
 */
export function addColumnGradientSums(
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  lines: usize,
  rows: usize,
  columns: usize,
  scratch: usize,
): void {
  const step = columns << 2;
  if (!lines || allFitFloat32(lines, columns)) {
    if (lines) narrowLines(scratch, lines, columns);
    else narrowIdentity(scratch, step);
    for (; rows >= 4; rows -= 4) {
      addFourRows(sums, products, g, x, lines, step, scratch);
      g += step << 2;
      x += step << 2;
    }
  }
  for (; rows; rows--) {
    addPart(sums, products, g, x, lines, step);
    g += step;
    x += step;
  }
}

/** Takes apart lines that leave all as it is. */
function narrowIdentity(narrow: usize, step: usize): void {
  memory.fill(narrow, 0, step << 2);
  for (let at = narrow + step; at < narrow + 2 * step; at += 4) f32.store(at, 1);
}

/** Adds four rows as a tree in float32, then in float64. */
function addFourRows(
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  lines: usize,
  step: usize,
  narrow: usize,
): void {
  const vectors = step & ~15;
  for (let at: usize = 0; at < vectors; at += 16) {
    const highs = v128.load(narrow + at);
    const scales = v128.load(narrow + at + step);
    const shifts = v128.load(narrow + at + 3 * step);
    const from = g + at;
    const ofX = x + at;
    const a = v128.load(from);
    const b = v128.load(from + step);
    const c = v128.load(from + 2 * step);
    const d = v128.load(from + 3 * step);
    const az = f32x4.mul(a, onLine(v128.load(ofX), highs, scales, shifts));
    const bz = f32x4.mul(b, onLine(v128.load(ofX + step), highs, scales, shifts));
    const cz = f32x4.mul(c, onLine(v128.load(ofX + 2 * step), highs, scales, shifts));
    const dz = f32x4.mul(d, onLine(v128.load(ofX + 3 * step), highs, scales, shifts));
    addWide(sums + (at << 1), sumFour(a, b, c, d));
    addWide(products + (at << 1), sumFour(az, bz, cz, dz));
  }
  const wide = vectors << 1;
  const left = lines ? lines + (vectors >> 2) * LINE : 0;
  for (let row: usize = 0; row < 4; row++) {
    const at = row * step + vectors;
    addPart(sums + wide, products + wide, g + at, x + at, left, step - vectors);
  }
}

/** Adds part of a row, in float64. */
function addPart(
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  line: usize,
  bytes: usize,
): void {
  for (const end = g + bytes; g < end; g += 4) {
    let z = <f64>f32.load(x);
    if (line) {
      z = (z - f64.load(line, 0)) * f64.load(line, 8) + f64.load(line, 16);
      line += LINE;
    }
    const gradient = <f64>f32.load(g);
    f64.store(sums, f64.load(sums) + gradient);
    f64.store(products, f64.load(products) + gradient * z);
    sums += 8;
    products += 8;
    x += 4;
  }
}
