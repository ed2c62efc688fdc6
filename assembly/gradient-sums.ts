import { sumPair, widenPairs } from './lanes';

// As for moments: a row is summed in chunks from its start, a chunk in blocks of
// four trees of sixteen.
const CHUNK: usize = 16384;
const GROUP: usize = 16;
const GROUPS_PER_BLOCK: usize = 4;

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
  for (let groups = length / GROUP; groups; ) {
    let blockSums = f32x4.splat(0);
    let blockProducts = f32x4.splat(0);
    let block = min(groups, GROUPS_PER_BLOCK);
    groups -= block;
    for (; block; block--) {
      const a = v128.load(g, 0);
      const b = v128.load(g, 16);
      const c = v128.load(g, 32);
      const d = v128.load(g, 48);
      const az = f32x4.mul(a, v128.load(z, 0));
      const bz = f32x4.mul(b, v128.load(z, 16));
      const cz = f32x4.mul(c, v128.load(z, 32));
      const dz = f32x4.mul(d, v128.load(z, 48));
      blockSums = f32x4.add(blockSums, f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
      blockProducts = f32x4.add(blockProducts, f32x4.add(f32x4.add(az, bz), f32x4.add(cz, dz)));
      g += GROUP << 2;
      z += GROUP << 2;
    }
    plain = f64x2.add(plain, widenPairs(blockSums));
    scaled = f64x2.add(scaled, widenPairs(blockProducts));
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
