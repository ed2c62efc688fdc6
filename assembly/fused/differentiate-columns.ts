import { findScales, shareSums, sumColumnGradients } from '../columns/small-samples';
import { loadPair, storePair } from '../core/lanes';
import { loadOr } from '../core/line';

// Elements of a strip, the consecutive samples that are differentiated together. They are
// few enough that input, gradient and result stay in the first-level cache.
const STRIP_ELEMENTS: usize = 2048;

/**
 * Finds the gradients of columns that are normalized in each sample by their own moments, or
 * `groupSize` consecutive columns by common ones. A sample has few rows.
 *
 * @param dx (samples, rows, columns) float32; may be g or x
 * @param sums (samples, columns) float64, written: sums of g
 * @param products (samples, columns) float64, written: sums of g * z
 * @param means (samples, columns) float64 to work in, of which at most the larger of
 *   STRIP_ELEMENTS and columns are touched, rounded up to twos
 * @param rstds (samples, columns) float64 to work in, likewise
 * @param combinations (samples, columns) times 3 float64 to work in, likewise
 * @param g (samples, rows, columns) float32
 * @param x (samples, rows, columns) float32
 * @param weight (period) float32, those of the samples' columns in turn; 0: all 1
 * @param period a multiple of columns
 */
export function differentiateColumns(
  dx: usize,
  sums: usize,
  products: usize,
  means: usize,
  rstds: usize,
  combinations: usize,
  g: usize,
  x: usize,
  weight: usize,
  samples: usize,
  rows: usize,
  columns: usize,
  groupSize: usize,
  period: usize,
  eps: f64,
): void {
  const count = <f64>(rows * groupSize);
  const size = rows * columns;
  const stripSamples = max<usize>(1, STRIP_ELEMENTS / size);
  let channel: usize = 0;
  while (samples) {
    const taken = min(samples, stripSamples);
    const channels = taken * columns;
    const bytes = channels << 3;
    const as = combinations;
    const bs = as + bytes;
    const cs = bs + bytes;
    findScales(0, means, rstds, x, taken, rows, columns, groupSize, eps);
    sumColumnGradients(sums, products, g, x, means, taken, rows, columns);
    for (let at: usize = 0; at < bytes; at += 8) {
      const w = loadOr(weight, channel, 1);
      const rstd = f64.load(rstds + at);
      const product = f64.load(products + at) * rstd;
      f64.store(products + at, product);
      f64.store(as + at, w * rstd);
      f64.store(bs + at, w * product);
      f64.store(cs + at, w * f64.load(sums + at));
      if (++channel === period) channel = 0;
    }
    shareSums(bs, channels, groupSize);
    shareSums(cs, channels, groupSize);
    for (let at: usize = 0; at < bytes; at += 8) {
      const rstd = f64.load(rstds + at);
      const factor = -rstd / count;
      f64.store(bs + at, factor * f64.load(bs + at) * rstd);
      f64.store(cs + at, factor * f64.load(cs + at));
    }
    for (let at: usize = 0; at < bytes; at += columns << 3) {
      combineDeviations(dx, g, x, means + at, as + at, bs + at, cs + at, rows, columns);
      dx += size << 2;
      g += size << 2;
      x += size << 2;
    }
    sums += bytes;
    products += bytes;
    samples -= taken;
  }
}

/** Combines each column: dx = a * g + (b * (x - mean) + c), in float64. */
function combineDeviations(
  dx: usize,
  g: usize,
  x: usize,
  means: usize,
  as: usize,
  bs: usize,
  cs: usize,
  rows: usize,
  columns: usize,
): void {
  const step = columns << 2;
  const stop = rows * step;
  for (const end = x + (step & ~7); x < end; x += 8) {
    const mean = v128.load(means);
    const a = v128.load(as);
    const b = v128.load(bs);
    const c = v128.load(cs);
    for (let at: usize = 0; at < stop; at += step) {
      const inner = f64x2.add(f64x2.mul(f64x2.sub(loadPair(x + at), mean), b), c);
      storePair(dx + at, f64x2.add(f64x2.mul(loadPair(g + at), a), inner));
    }
    means += 16;
    as += 16;
    bs += 16;
    cs += 16;
    dx += 8;
    g += 8;
  }
  if (columns & 1) {
    const mean = f64.load(means);
    const a = f64.load(as);
    const b = f64.load(bs);
    const c = f64.load(cs);
    for (let at: usize = 0; at < stop; at += step) {
      const inner = (<f64>f32.load(x + at) - mean) * b + c;
      f32.store(dx + at, <f32>(<f64>f32.load(g + at) * a + inner));
    }
  }
}
