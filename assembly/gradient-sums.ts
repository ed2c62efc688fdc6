import { fitsFloat32, highMean, highScale, narrowShift, onLine } from './apply';
import { sumFour, sumPair, widenPairs } from './lanes';
import { LINE, loadOr } from './line';

// As for moments: a row is summed in chunks from its start.
const CHUNK: usize = 16384;

/**
 * Adds to the sums of g and of g * z, g being the gradient of the output and
 * z = (x - mean) * scale + shift the normalized input: centred, so that no digit
 * depends on the size of a mean.
 *
 * @param sums (period) float64, row r adds to sum r mod period
 * @param products (period) float64, likewise
 * @param g (rows, length) float32
 * @param x (rows, length) float32
 * @param lines (period) lines, row r takes line r mod period
 * @param weight (length) float32, which g is multiplied by first; 0: all 1
 */
export function addGradientSums(
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  lines: usize,
  weight: usize,
  rows: usize,
  length: usize,
  period: usize,
): void {
  let channel: usize = 0;
  for (let row: usize = 0; row < rows; row++) {
    const at = channel << 3;
    const line = lines + channel * LINE;
    const fits = fitsFloat32(line);
    for (let done: usize = 0; done < length; done += CHUNK) {
      const count = min(length - done, CHUNK);
      const w = weight ? weight + (done << 2) : 0;
      const from = done << 2;
      if (fits) addChunkSums(sums + at, products + at, g + from, x + from, line, w, count);
      else addWideSums(sums + at, products + at, g + from, x + from, line, w, count);
    }
    g += length << 2;
    x += length << 2;
    if (++channel === period) channel = 0;
  }
}

function addChunkSums(
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  line: usize,
  weight: usize,
  length: usize,
): void {
  const highs = f32x4.splat(highMean(line));
  const scales = f32x4.splat(highScale(line));
  const shifts = f32x4.splat(narrowShift(line));
  const end = g + (length << 2);
  let plain = f64x2.splat(0);
  let scaled = f64x2.splat(0);
  if (weight) {
    for (; g + 64 <= end; g += 64, x += 64, weight += 64) {
      const a = f32x4.mul(v128.load(g, 0), v128.load(weight, 0));
      const b = f32x4.mul(v128.load(g, 16), v128.load(weight, 16));
      const c = f32x4.mul(v128.load(g, 32), v128.load(weight, 32));
      const d = f32x4.mul(v128.load(g, 48), v128.load(weight, 48));
      const az = f32x4.mul(a, onLine(v128.load(x, 0), highs, scales, shifts));
      const bz = f32x4.mul(b, onLine(v128.load(x, 16), highs, scales, shifts));
      const cz = f32x4.mul(c, onLine(v128.load(x, 32), highs, scales, shifts));
      const dz = f32x4.mul(d, onLine(v128.load(x, 48), highs, scales, shifts));
      plain = f64x2.add(plain, widenPairs(sumFour(a, b, c, d)));
      scaled = f64x2.add(scaled, widenPairs(sumFour(az, bz, cz, dz)));
    }
  } else {
    for (; g + 64 <= end; g += 64, x += 64) {
      const a = v128.load(g, 0);
      const b = v128.load(g, 16);
      const c = v128.load(g, 32);
      const d = v128.load(g, 48);
      const az = f32x4.mul(a, onLine(v128.load(x, 0), highs, scales, shifts));
      const bz = f32x4.mul(b, onLine(v128.load(x, 16), highs, scales, shifts));
      const cz = f32x4.mul(c, onLine(v128.load(x, 32), highs, scales, shifts));
      const dz = f32x4.mul(d, onLine(v128.load(x, 48), highs, scales, shifts));
      plain = f64x2.add(plain, widenPairs(sumFour(a, b, c, d)));
      scaled = f64x2.add(scaled, widenPairs(sumFour(az, bz, cz, dz)));
    }
  }
  f64.store(sums, f64.load(sums) + sumPair(plain));
  f64.store(products, f64.load(products) + sumPair(scaled));
  addWideSums(sums, products, g, x, line, weight, (end - g) >> 2);
}

/** Adds the sums of elements in float64. */
function addWideSums(
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  line: usize,
  weight: usize,
  length: usize,
): void {
  const mean = f64.load(line, 0);
  const scale = f64.load(line, 8);
  const shift = f64.load(line, 16);
  let sum: f64 = 0;
  let product: f64 = 0;
  for (let i: usize = 0; i < length; i++) {
    const wg = <f64>f32.load(g + (i << 2)) * loadOr(weight, i, 1);
    sum += wg;
    product += wg * ((<f64>f32.load(x + (i << 2)) - mean) * scale + shift);
  }
  f64.store(sums, f64.load(sums) + sum);
  f64.store(products, f64.load(products) + product);
}
