import { CHUNK_ELEMENTS } from '../core/chunks';
import { loadPair, sumPair } from '../core/lanes';

/**
 * Adds the products of g and x. A row that is cut at any multiple of CHUNK_ELEMENTS gives the
 * same bits.
 *
 * @param products (rows) float64
 * @param g (rows, length) float32
 * @param x (rows, length) float32
 */
export function addProducts(products: usize, g: usize, x: usize, rows: usize, length: usize): void {
  for (; rows; rows--) {
    for (let left = length; left; ) {
      const count = min(left, CHUNK_ELEMENTS);
      f64.store(products, f64.load(products) + productOf(g, x, count));
      g += count << 2;
      x += count << 2;
      left -= count;
    }
    products += 8;
  }
}

function productOf(g: usize, x: usize, length: usize): f64 {
  const end = x + (length << 2);
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  for (; x + 16 <= end; x += 16) {
    a = f64x2.add(a, f64x2.mul(loadPair(g), loadPair(x)));
    b = f64x2.add(b, f64x2.mul(loadPair(g + 8), loadPair(x + 8)));
    g += 16;
  }
  let sum = sumPair(f64x2.add(a, b));
  for (; x < end; x += 4) {
    sum += <f64>f32.load(g) * <f64>f32.load(x);
    g += 4;
  }
  return sum;
}
