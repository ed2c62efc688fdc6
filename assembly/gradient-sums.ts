import { sumFour, sumPair, widenPairs } from './lanes';

// As for moments: a row is summed in chunks from its start.
const CHUNK: usize = 16384;

/**
 * Adds to the sums of g and of g * z, g being the gradient of the output and z
 * the normalized input: centred already, so that no digit depends on the size
 * of a mean.
 *
 * @param sums (period) float64, row r adds to sum r mod period
 * @param products (period) float64, likewise
 * @param g (rows, length) float32
 * @param z (rows, length) float32
 */
export function addGradientSums(
  sums: usize,
  products: usize,
  g: usize,
  z: usize,
  rows: usize,
  length: usize,
  period: usize,
): void {
  let channel: usize = 0;
  for (let row: usize = 0; row < rows; row++) {
    const at = channel << 3;
    for (let left = length; left; ) {
      const count = min(left, CHUNK);
      addChunkSums(sums + at, products + at, g, z, count);
      g += count << 2;
      z += count << 2;
      left -= count;
    }
    if (++channel === period) channel = 0;
  }
}

function addChunkSums(sums: usize, products: usize, g: usize, z: usize, length: usize): void {
  const end = g + (length << 2);
  let plain = f64x2.splat(0);
  let scaled = f64x2.splat(0);
  for (; g + 64 <= end; g += 64, z += 64) {
    const a = v128.load(g, 0);
    const b = v128.load(g, 16);
    const c = v128.load(g, 32);
    const d = v128.load(g, 48);
    const az = f32x4.mul(a, v128.load(z, 0));
    const bz = f32x4.mul(b, v128.load(z, 16));
    const cz = f32x4.mul(c, v128.load(z, 32));
    const dz = f32x4.mul(d, v128.load(z, 48));
    plain = f64x2.add(plain, widenPairs(sumFour(a, b, c, d)));
    scaled = f64x2.add(scaled, widenPairs(sumFour(az, bz, cz, dz)));
  }
  for (; g + 16 <= end; g += 16, z += 16) {
    const x = v128.load(g);
    plain = f64x2.add(plain, widenPairs(x));
    scaled = f64x2.add(scaled, widenPairs(f32x4.mul(x, v128.load(z))));
  }

  let sum = sumPair(plain);
  let product = sumPair(scaled);
  for (; g < end; g += 4, z += 4) {
    const x = <f64>f32.load(g);
    sum += x;
    product += x * <f64>f32.load(z);
  }
  f64.store(sums, f64.load(sums) + sum);
  f64.store(products, f64.load(products) + product);
}
