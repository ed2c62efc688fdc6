import { addWide } from './lanes';

// Rows of four columns that are added in float32 before float64.
const BLOCK: usize = 32;

/**
 * Adds to each column's sums of g and of g * z, the gradient of the output and
 * the normalized input.
 *
 * @param sums (columns) float64
 * @param products (columns) float64
 * @param g (rows, columns) float32
 * @param z (rows, columns) float32
 */
export function addColumnGradientSums(
  sums: usize,
  products: usize,
  g: usize,
  z: usize,
  rows: usize,
  columns: usize,
): void {
  const step = columns << 2;
  const wholes = columns & ~3;
  while (rows) {
    const block = min(rows, BLOCK);
    for (let column: usize = 0; column < wholes; column += 4) {
      const at = column << 2;
      addBlockSums(sums + (at << 1), products + (at << 1), g + at, z + at, block, step);
    }
    for (let column = wholes; column < columns; column++) {
      const at = column << 2;
      addScalarSums(sums + (at << 1), products + (at << 1), g + at, z + at, block, step);
    }
    g += block * step;
    z += block * step;
    rows -= block;
  }
}

function addBlockSums(
  sums: usize,
  products: usize,
  g: usize,
  z: usize,
  rows: usize,
  step: usize,
): void {
  let blockSums = f32x4.splat(0);
  let blockProducts = f32x4.splat(0);
  for (; rows; rows--) {
    const x = v128.load(g);
    blockSums = f32x4.add(blockSums, x);
    blockProducts = f32x4.add(blockProducts, f32x4.mul(x, v128.load(z)));
    g += step;
    z += step;
  }
  addWide(sums, blockSums);
  addWide(products, blockProducts);
}

function addScalarSums(
  sums: usize,
  products: usize,
  g: usize,
  z: usize,
  rows: usize,
  step: usize,
): void {
  let sum = f64.load(sums);
  let product = f64.load(products);
  for (; rows; rows--) {
    const x = <f64>f32.load(g);
    sum += x;
    product += x * <f64>f32.load(z);
    g += step;
    z += step;
  }
  f64.store(sums, sum);
  f64.store(products, product);
}
