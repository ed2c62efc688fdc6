import { columnChunkRows } from '../core/chunks';
import { addLanesF64, loadPair, pairAt, sumFour } from '../core/lanes';
import { LINE, normalizedF64 } from '../core/line';
import { scaledDifference } from '../core/line-f32';
import { prefetch } from '../core/prefetch';
import { holdsTermsOfBoth, isZero } from '../core/sums-f32';
import { FEW_ROWS } from './few-rows';
import { FOUR_LINES_F32, linesToF32 } from './lines-f32';

/**
 * Adds each column to its sums of g and of g * z, where g is the gradient of the output and
 * z = (x - mean) * scale + shift is the normalized input.
 *
 * @param sums (columns) float64
 * @param products (columns) float64
 * @param g (rows, columns) float32
 * @param x (rows, columns) float32
 * @param lines (columns) lines
 * @param scratch (columns, rounded up to fours) times 8 float32 to work in
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
  const chunkRows = columnChunkRows(columns);
  const step = columns << 2;
  for (; rows; ) {
    const count = min(rows, chunkRows);
    addChunkSums(sums, products, g, x, lines, count, columns, scratch);
    g += count * step;
    x += count * step;
    rows -= count;
  }
}

/**
 * Finds the sums of a chunk, and adds each once.
 *
 *     scratch   [ lines: 4 float32 each | sums | products: float64 each ]
 */
function addChunkSums(
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  lines: usize,
  rows: usize,
  columns: usize,
  scratch: usize,
): void {
  const rounded = (columns + 3) & ~3;
  const ownSums = scratch + (rounded << 4);
  const ownProducts = ownSums + (rounded << 3);
  memory.fill(ownSums, 0, rounded << 4);
  if (rows >= FEW_ROWS && linesToF32(scratch, lines, columns)) {
    addColumnsF32(ownSums, ownProducts, g, x, lines, rows, columns, scratch);
  } else {
    addColumnsF64(ownSums, ownProducts, g, x, lines, rows, columns);
  }
  addSums(sums, ownSums, columns);
  addSums(products, ownProducts, columns);
}

function addSums(sums: usize, own: usize, count: usize): void {
  for (; count >= 2; count -= 2) {
    v128.store(sums, f64x2.add(v128.load(sums), v128.load(own)));
    sums += 16;
    own += 16;
  }
  if (count) f64.store(sums, f64.load(sums) + f64.load(own));
}

/**
 * Adds rows four at a time in float32, to sums of 0. Columns whose terms float32 did not hold are
 * added again in float64.
 *
 * @param linesF32 (columns, rounded up to fours) lines as `linesToF32` made them
 */
function addColumnsF32(
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  lines: usize,
  rows: usize,
  columns: usize,
  linesF32: usize,
): void {
  const step = columns << 2;
  const wholes = columns & ~3;
  let atG = g;
  let atX = x;
  let left = rows;
  for (; left >= 4; left -= 4) {
    prefetch(atG, step << 2);
    prefetch(atX, step << 2);
    addFourRows(sums, products, atG, atX, linesF32, step);
    atG += step << 2;
    atX += step << 2;
  }
  addPairs(sums, products, atG, atX, lines, left, columns, step);
  for (let column: usize = 0; column < columns; column += 2) {
    const at = column << 3;
    const sum = v128.load(sums + at);
    const product = v128.load(products + at);
    const sizes = f64x2.add(f64x2.abs(sum), f64x2.abs(product));
    if (column < wholes && holdsTermsOfBoth(sizes)) continue;
    const from = column << 2;
    const count = min<usize>(columns - column, 2);
    if (column >= wholes || v128.any_true(sizes) || !areZero(g + from, rows, count, step)) {
      v128.store(sums + at, f64x2.splat(0));
      v128.store(products + at, f64x2.splat(0));
      addPairs(
        sums + at,
        products + at,
        g + from,
        x + from,
        lines + column * LINE,
        rows,
        count,
        step,
      );
    }
  }
}

function areZero(g: usize, rows: usize, columns: usize, step: usize): bool {
  for (let column: usize = 0; column < columns; column++) {
    if (!isZero(g + (column << 2), rows, step)) return false;
  }
  return true;
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
    g += 16;
  }
}

/** Adds columns in float64, four rows at a time. More would be more strides than a cache has ways. */
function addColumnsF64(
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  lines: usize,
  rows: usize,
  columns: usize,
): void {
  const step = columns << 2;
  for (; rows; ) {
    const count = min<usize>(rows, 4);
    addPairs(sums, products, g, x, lines, count, columns, step);
    g += count * step;
    x += count * step;
    rows -= count;
  }
}

/** Adds columns, two at a time, in float64. */
function addPairs(
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  lines: usize,
  rows: usize,
  columns: usize,
  step: usize,
): void {
  for (; columns >= 2; columns -= 2) {
    const means = pairAt(lines, LINE);
    const scales = pairAt(lines + 8, LINE);
    const shifts = pairAt(lines + 16, LINE);
    let sum = v128.load(sums);
    let product = v128.load(products);
    const end = rows * step;
    for (let at: usize = 0; at < end; at += step) {
      const gradients = loadPair(g + at);
      const z = f64x2.add(f64x2.mul(f64x2.sub(loadPair(x + at), means), scales), shifts);
      sum = f64x2.add(sum, gradients);
      product = f64x2.add(product, f64x2.mul(gradients, z));
    }
    v128.store(sums, sum);
    v128.store(products, product);
    sums += 16;
    products += 16;
    lines += 2 * LINE;
    g += 8;
    x += 8;
  }
  if (columns === 0) return;
  for (; rows; rows--) {
    const gradient = <f64>f32.load(g);
    f64.store(sums, f64.load(sums) + gradient);
    f64.store(products, f64.load(products) + gradient * normalizedF64(x, lines));
    g += step;
    x += step;
  }
}
