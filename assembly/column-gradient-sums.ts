import { addWide, sumFour } from './lanes';

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
  for (; rows >= 8; rows -= 8) {
    addEightRows(sums, products, g, z, step);
    g += step << 3;
    z += step << 3;
  }
  for (; rows; rows--) {
    addRow(sums, products, g, z, step);
    g += step;
    z += step;
  }
}

/** Adds eight rows as a tree in float32, then in float64. */
function addEightRows(sums: usize, products: usize, g: usize, z: usize, step: usize): void {
  const end = g + step;
  const half = step << 2;
  for (const vectors = g + (step & ~15); g < vectors; ) {
    let sum = sumFourRows(g, step);
    let product = sumFourProducts(g, z, step);
    sum = f32x4.add(sum, sumFourRows(g + half, step));
    product = f32x4.add(product, sumFourProducts(g + half, z + half, step));
    addWide(sums, sum);
    addWide(products, product);
    sums += 32;
    products += 32;
    g += 16;
    z += 16;
  }
  for (; g < end; g += 4) {
    for (let row: usize = 0; row < 8; row++) addOne(sums, products, g + row * step, z + row * step);
    sums += 8;
    products += 8;
    z += 4;
  }
}

function addRow(sums: usize, products: usize, g: usize, z: usize, step: usize): void {
  for (const end = g + step; g < end; g += 4) {
    addOne(sums, products, g, z);
    sums += 8;
    products += 8;
    z += 4;
  }
}

function sumFourRows(g: usize, step: usize): v128 {
  return sumFour(
    v128.load(g),
    v128.load(g + step),
    v128.load(g + 2 * step),
    v128.load(g + 3 * step),
  );
}

function sumFourProducts(g: usize, z: usize, step: usize): v128 {
  return sumFour(
    f32x4.mul(v128.load(g), v128.load(z)),
    f32x4.mul(v128.load(g + step), v128.load(z + step)),
    f32x4.mul(v128.load(g + 2 * step), v128.load(z + 2 * step)),
    f32x4.mul(v128.load(g + 3 * step), v128.load(z + 3 * step)),
  );
}

function addOne(sums: usize, products: usize, g: usize, z: usize): void {
  const x = <f64>f32.load(g);
  f64.store(sums, f64.load(sums) + x);
  f64.store(products, f64.load(products) + x * <f64>f32.load(z));
}
