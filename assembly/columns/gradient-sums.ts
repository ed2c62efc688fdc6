import { addLanesF64, sumFour } from '../core/lanes';
import { LINE } from '../core/line';
import { scaledDifference } from '../core/line-f32';
import { prefetch } from '../core/prefetch';
import { allFitF32, FOUR_LINES_F32, linesToF32 } from './lines-f32';

/**
 * Adds each column to its sums of g and of g * z, where g is the gradient of the output and
 * z = (x - mean) * scale + shift is the normalized input.
 *
 * @param sums (columns) float64
 * @param products (columns) float64
 * @param g (rows, columns) float32
 * @param x (rows, columns) float32
 * @param lines (columns) lines
 * @param scratch (columns, rounded up to fours) times 4 float32 to work in
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
  if (allFitF32(lines, columns)) {
    linesToF32(scratch, lines, columns);
    for (; rows >= 4; rows -= 4) {
      prefetch(g, step << 2);
      prefetch(x, step << 2);
      addFourRows(sums, products, g, x, scratch, lines, step);
      g += step << 2;
      x += step << 2;
    }
  }
  for (; rows; rows--) {
    addRowF64(sums, products, g, x, lines, step);
    g += step;
    x += step;
  }
}

/**
 * Adds up four rows as a tree in float32, and adds the result to the sums in float64. With
 * d = x - high mean,
 *
 *     sum(g * z) = sum(g * (d * scale)) + sum(g) * shift
 */
function addFourRows(
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  linesF32: usize,
  lines: usize,
  step: usize,
): void {
  for (const end = x + (step & ~15); x < end; x += 16) {
    const highs = v128.load(linesF32, 0);
    const scales = v128.load(linesF32, 16);
    const a = v128.load(g);
    const b = v128.load(g + step);
    const c = v128.load(g + 2 * step);
    const d = v128.load(g + 3 * step);
    const az = f32x4.mul(a, scaledDifference(v128.load(x), highs, scales));
    const bz = f32x4.mul(b, scaledDifference(v128.load(x + step), highs, scales));
    const cz = f32x4.mul(c, scaledDifference(v128.load(x + 2 * step), highs, scales));
    const dz = f32x4.mul(d, scaledDifference(v128.load(x + 3 * step), highs, scales));
    const sum = sumFour(a, b, c, d);
    const shifted = f32x4.mul(sum, v128.load(linesF32, 48));
    addLanesF64(sums, sum);
    addLanesF64(products, f32x4.add(sumFour(az, bz, cz, dz), shifted));
    sums += 32;
    products += 32;
    linesF32 += FOUR_LINES_F32;
    lines += 4 * LINE;
    g += 16;
  }
  for (let row: usize = 0; row < 4; row++) {
    const at = row * step;
    addRowF64(sums, products, g + at, x + at, lines, step & 15);
  }
}

/** Adds the elements of one row, or the last of them, in float64. */
function addRowF64(
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  line: usize,
  bytes: usize,
): void {
  for (const end = g + bytes; g < end; g += 4) {
    const gradient = <f64>f32.load(g);
    const z = (<f64>f32.load(x) - f64.load(line, 0)) * f64.load(line, 8) + f64.load(line, 16);
    f64.store(sums, f64.load(sums) + gradient);
    f64.store(products, f64.load(products) + gradient * z);
    sums += 8;
    products += 8;
    line += LINE;
    x += 4;
  }
}
