import { loadPair, loadPairApart, storePair, storePairApart } from '../core/lanes';
import { loadOr } from '../core/line';
import { findScales } from './kernels';

// Elements of a strip, the consecutive samples that are differentiated together. They are
// few enough that input, gradient and result stay in the first-level cache.
const STRIP_ELEMENTS: usize = 2048;

/**
 * Finds the gradients of columns that are normalized in each sample by their own moments, or
 * `groupSize` consecutive columns by common ones. A sample has few elements in each column.
 *
 * @param dx (samples, rows, columns, width) float32; may be g or x
 * @param sums (samples, columns) float64, written, and one more: sums of g
 * @param products (samples, columns) float64, likewise: sums of g * z
 * @param means (samples, columns) float64 to work in, of which at most the larger of
 *   STRIP_ELEMENTS and columns are touched, and one more
 * @param offsets (samples, columns) float64 to work in, likewise
 * @param rstds (samples, columns) float64 to work in, likewise
 * @param combinations (samples, columns) times 3 float64 to work in, likewise
 * @param g (samples, rows, columns, width) float32
 * @param x (samples, rows, columns, width) float32
 * @param weight (period) float32, those of the samples' columns in turn; 0: all 1
 * @param period a multiple of columns
 */
export function differentiateColumns(
  dx: usize,
  sums: usize,
  products: usize,
  means: usize,
  offsets: usize,
  rstds: usize,
  combinations: usize,
  g: usize,
  x: usize,
  weight: usize,
  samples: usize,
  rows: usize,
  columns: usize,
  width: usize,
  groupSize: usize,
  period: usize,
  eps: f64,
): void {
  const part = -1 / <f64>(rows * width * groupSize);
  const parts = f64x2.splat(part);
  const stripSamples = max<usize>(1, STRIP_ELEMENTS / (rows * columns * width));
  const size = (rows * columns * width) << 2;
  let channel: usize = 0;
  while (samples) {
    const taken = min(samples, stripSamples);
    const channels = taken * columns;
    const bytes = channels << 3;
    const as = combinations;
    const bs = as + ((bytes + 15) & ~15);
    const cs = bs + ((bytes + 15) & ~15);
    findScales(
      0,
      means,
      as,
      rstds,
      offsets,
      sums,
      products,
      g,
      x,
      taken,
      rows,
      columns,
      width,
      groupSize,
      eps,
    );
    if (groupSize === 1) {
      for (let at: usize = 0; at < bytes; at += 16) {
        const first = loadOr(weight, channel, 1);
        if (++channel === period) channel = 0;
        let second = first;
        // The last pair may have one column.
        if (at + 8 < bytes) {
          second = loadOr(weight, channel, 1);
          if (++channel === period) channel = 0;
        }
        const w = f64x2.replace_lane(f64x2.splat(first), 1, second);
        const rstd = v128.load(rstds + at);
        const sum = v128.load(sums + at);
        const moved = f64x2.mul(v128.load(offsets + at), sum);
        const product = f64x2.mul(f64x2.sub(v128.load(products + at), moved), rstd);
        const factor = f64x2.mul(rstd, parts);
        v128.store(products + at, product);
        v128.store(as + at, f64x2.mul(w, rstd));
        v128.store(bs + at, f64x2.mul(f64x2.mul(factor, f64x2.mul(w, product)), rstd));
        v128.store(cs + at, f64x2.mul(factor, f64x2.mul(w, sum)));
      }
    } else {
      let column: usize = 0;
      for (let at: usize = 0; column < bytes; at += 8) {
        const offset = f64.load(offsets + at);
        const rstd = f64.load(rstds + column);
        const start = column;
        const end = column + (groupSize << 3);
        let totalProduct: f64 = 0;
        let totalSum: f64 = 0;
        for (; column < end; column += 8) {
          const w = loadOr(weight, channel, 1);
          if (++channel === period) channel = 0;
          const sum = f64.load(sums + column);
          const product = (f64.load(products + column) - offset * sum) * rstd;
          f64.store(products + column, product);
          f64.store(as + column, w * rstd);
          totalProduct += w * product;
          totalSum += w * sum;
        }
        const factor = rstd * part;
        const b = factor * totalProduct * rstd;
        const c = factor * totalSum;
        for (column = start; column < end; column += 8) {
          f64.store(bs + column, b);
          f64.store(cs + column, c);
        }
      }
    }
    for (let at: usize = 0; at < bytes; at += columns << 3) {
      combineDeviations(dx, g, x, means + at, as + at, bs + at, cs + at, rows, columns, width);
      dx += size;
      g += size;
      x += size;
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
  width: usize,
): void {
  const apart = width << 2;
  const line = columns * apart;
  const size = rows * line;
  // The longer loop is the inner one.
  const isTall = rows >= width && width < 8;
  const step = isTall ? line : <usize>4;
  const end = isTall ? size : apart;
  const outerStep = isTall ? <usize>4 : line;
  const outerEnd = isTall ? apart : size;
  while (columns) {
    const taken = min<usize>(columns, 2);
    const next = (taken - 1) * apart;
    const mean = v128.load(means);
    const a = v128.load(as);
    const b = v128.load(bs);
    const c = v128.load(cs);
    if (next === 4) {
      let at: usize = 0;
      do {
        const inner = f64x2.add(f64x2.mul(f64x2.sub(loadPair(x + at), mean), b), c);
        storePair(dx + at, f64x2.add(f64x2.mul(loadPair(g + at), a), inner));
        at += line;
      } while (at < size);
    } else {
      let from: usize = 0;
      do {
        let at = from;
        const stop = from + end;
        do {
          const d = f64x2.sub(loadPairApart(x + at, next), mean);
          const inner = f64x2.add(f64x2.mul(d, b), c);
          const scaled = f64x2.mul(loadPairApart(g + at, next), a);
          storePairApart(dx + at, f64x2.add(scaled, inner), next);
          at += step;
        } while (at < stop);
        from += outerStep;
      } while (from < outerEnd);
    }
    means += 16;
    as += 16;
    bs += 16;
    cs += 16;
    dx += apart << 1;
    g += apart << 1;
    x += apart << 1;
    columns -= taken;
  }
}
