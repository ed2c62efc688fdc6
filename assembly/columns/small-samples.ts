// Sums of samples of columns with few rows, in float64 throughout: so few roundings of
// float32 would not average out. Each column is summed from its first row to its last, in a
// pair or alone, so it gives the same bits wherever it lies.

import { loadPair } from '../core/lanes';
import { MOMENTS } from '../core/moments';

/**
 * Finds the mean of each column of each sample, and the scale that makes its variance 1: of
 * the column alone, or of `groupSize` consecutive ones.
 *
 * @param moments (samples, columns / groupSize) moments, written; 0: none
 * @param means (samples, columns) float64, written, rounded up to twos
 * @param scales (samples, columns) float64, likewise
 * @param x (samples, rows, columns) float32
 */
export function findScales(
  moments: usize,
  means: usize,
  scales: usize,
  x: usize,
  samples: usize,
  rows: usize,
  columns: usize,
  groupSize: usize,
  eps: f64,
): void {
  const count = <f64>(rows * groupSize);
  const channels = samples * columns;
  sumColumns(means, x, samples, rows, columns);
  shareSums(means, channels, groupSize);
  divideSums(means, channels, count);
  sumColumnSquares(scales, means, x, samples, rows, columns);
  shareSums(scales, channels, groupSize);
  if (moments) {
    for (let at: usize = 0; at < channels << 3; at += groupSize << 3) {
      f64.store(moments, count, 0);
      f64.store(moments, f64.load(means + at), 8);
      f64.store(moments, f64.load(scales + at), 16);
      f64.store(moments, 0, 24);
      moments += MOMENTS;
    }
  }
  makeScales(scales, channels, count, eps);
}

/**
 * Adds up each column of each sample.
 *
 * @param sums (samples, columns) float64, written
 * @param x (samples, rows, columns) float32
 */
function sumColumns(sums: usize, x: usize, samples: usize, rows: usize, columns: usize): void {
  const step = columns << 2;
  const size = rows * step;
  for (; samples; samples--) {
    for (const end = x + (step & ~7); x < end; x += 8) {
      let sum = f64x2.splat(0);
      for (let at: usize = 0; at < size; at += step) sum = f64x2.add(sum, loadPair(x + at));
      v128.store(sums, sum);
      sums += 16;
    }
    if (columns & 1) {
      let sum: f64 = 0;
      for (let at: usize = 0; at < size; at += step) sum += <f64>f32.load(x + at);
      f64.store(sums, sum);
      sums += 8;
      x += 4;
    }
    x += size - step;
  }
}

/**
 * Adds up the squared deviations of each column of each sample.
 *
 * @param squares (samples, columns) float64, written
 * @param means (samples, columns) float64
 * @param x (samples, rows, columns) float32
 */
function sumColumnSquares(
  squares: usize,
  means: usize,
  x: usize,
  samples: usize,
  rows: usize,
  columns: usize,
): void {
  const step = columns << 2;
  const size = rows * step;
  for (; samples; samples--) {
    for (const end = x + (step & ~7); x < end; x += 8) {
      const mean = v128.load(means);
      let square = f64x2.splat(0);
      for (let at: usize = 0; at < size; at += step) {
        const d = f64x2.sub(loadPair(x + at), mean);
        square = f64x2.add(square, f64x2.mul(d, d));
      }
      v128.store(squares, square);
      squares += 16;
      means += 16;
    }
    if (columns & 1) {
      const mean = f64.load(means);
      let square: f64 = 0;
      for (let at: usize = 0; at < size; at += step) {
        const d = <f64>f32.load(x + at) - mean;
        square += d * d;
      }
      f64.store(squares, square);
      squares += 8;
      means += 8;
      x += 4;
    }
    x += size - step;
  }
}

/**
 * Adds up the gradients of each column of each sample, and their products with deviations.
 *
 * @param sums (samples, columns) float64, written: sums of g
 * @param products (samples, columns) float64, written: sums of g * (x - mean)
 * @param g (samples, rows, columns) float32
 * @param x (samples, rows, columns) float32
 * @param means (samples, columns) float64
 */
export function sumColumnGradients(
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  means: usize,
  samples: usize,
  rows: usize,
  columns: usize,
): void {
  const step = columns << 2;
  const size = rows * step;
  for (; samples; samples--) {
    for (const end = x + (step & ~7); x < end; x += 8) {
      const mean = v128.load(means);
      let sum = f64x2.splat(0);
      let product = f64x2.splat(0);
      for (let at: usize = 0; at < size; at += step) {
        const gradient = loadPair(g + at);
        const d = f64x2.sub(loadPair(x + at), mean);
        sum = f64x2.add(sum, gradient);
        product = f64x2.add(product, f64x2.mul(gradient, d));
      }
      v128.store(sums, sum);
      v128.store(products, product);
      sums += 16;
      products += 16;
      means += 16;
      g += 8;
    }
    if (columns & 1) {
      const mean = f64.load(means);
      let sum: f64 = 0;
      let product: f64 = 0;
      for (let at: usize = 0; at < size; at += step) {
        const gradient = <f64>f32.load(g + at);
        sum += gradient;
        product += gradient * (<f64>f32.load(x + at) - mean);
      }
      f64.store(sums, sum);
      f64.store(products, product);
      sums += 8;
      products += 8;
      means += 8;
      g += 4;
      x += 4;
    }
    g += size - step;
    x += size - step;
  }
}

/**
 * Gives each sum the sum of its group, `groupSize` consecutive ones.
 *
 * @param sums (length) float64
 */
export function shareSums(sums: usize, length: usize, groupSize: usize): void {
  if (groupSize === 1) return;
  const bytes = groupSize << 3;
  for (const end = sums + (length << 3); sums < end; sums += bytes) {
    let total: f64 = 0;
    for (let at: usize = 0; at < bytes; at += 8) total += f64.load(sums + at);
    for (let at: usize = 0; at < bytes; at += 8) f64.store(sums + at, total);
  }
}

/**
 * Divides sums by a count.
 *
 * @param sums (length, rounded up to twos) float64
 */
function divideSums(sums: usize, length: usize, count: f64): void {
  const counts = f64x2.splat(count);
  for (const end = sums + (length << 3); sums < end; sums += 16) {
    v128.store(sums, f64x2.div(v128.load(sums), counts));
  }
}

/**
 * Makes scales from sums of squared deviations, in their place:
 *
 *     scale = 1 / sqrt(squares / count + eps)
 *
 * Where the root is 0 the scale is 0.
 *
 * @param squares (length, rounded up to twos) float64
 */
function makeScales(squares: usize, length: usize, count: f64, eps: f64): void {
  const counts = f64x2.splat(count);
  const epsilons = f64x2.splat(eps);
  const ones = f64x2.splat(1);
  const zeros = f64x2.splat(0);
  for (const end = squares + (length << 3); squares < end; squares += 16) {
    const variance = f64x2.div(v128.load(squares), counts);
    const root = f64x2.sqrt(f64x2.add(variance, epsilons));
    v128.store(squares, v128.andnot(f64x2.div(ones, root), f64x2.eq(root, zeros)));
  }
}
