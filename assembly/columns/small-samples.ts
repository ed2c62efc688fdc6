// Columns of few elements, in float64 throughout: so few roundings of float32 would not average
// out. In each row a column has `width` elements. Two columns are summed side by side, each in
// an order of its own, so it gives the same bits wherever it lies. The last of an odd number is
// summed twice, and its second sums lie behind all others.

import { loadPair, loadPairApart } from '../core/lanes';
import { MOMENTS } from '../core/moments';

/**
 * Finds the mean of each column of each sample, and the scale that makes its variance 1: of
 * the column alone, or of `groupSize` consecutive ones. With K the first element of the
 * columns that share a mean, and d = x - K,
 *
 *     mean     = K + sum(d) / n
 *     variance = (sum(d * d) - sum(d)^2 / n) / n
 *
 * K is an element, so its distance from the mean is at most the root of n deviations. No more
 * than n times what is left cancels, and of float64 enough is left.
 *
 * @param moments (samples, columns / groupSize) moments, written; 0: none
 * @param means (samples, columns) float64, written, and one more
 * @param variances (samples, columns) float64, likewise
 * @param scales (samples, columns) float64, written, and one more
 * @param sums (samples, columns) float64 to work in, and one more
 * @param gradientSums (samples, columns) float64, written, and one more: sums of g
 * @param products (samples, columns) float64, likewise: sums of g * (x - mean) * scale
 * @param g (samples, rows, columns, width) float32; 0: none, and no sums of it
 * @param x (samples, rows, columns, width) float32
 */
export function findScales(
  moments: usize,
  means: usize,
  variances: usize,
  scales: usize,
  sums: usize,
  gradientSums: usize,
  products: usize,
  g: usize,
  x: usize,
  samples: usize,
  rows: usize,
  columns: usize,
  width: usize,
  groupSize: usize,
  eps: f64,
): void {
  const scopes = (samples * columns) / groupSize;
  const bytes = scopes << 3;
  const count = <f64>(rows * width * groupSize);
  sumColumns(
    sums,
    scales,
    gradientSums,
    products,
    means,
    g,
    x,
    samples,
    rows,
    columns,
    width,
    groupSize,
  );
  const parts = f64x2.splat(1 / count);
  const epsilons = f64x2.splat(eps);
  const ones = f64x2.splat(1);
  const zeros = f64x2.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    const sum = v128.load(sums + at);
    const offset = f64x2.mul(sum, parts);
    const squares = f64x2.sub(v128.load(scales + at), f64x2.mul(sum, offset));
    const variance = f64x2.mul(squares, parts);
    const root = f64x2.sqrt(f64x2.add(variance, epsilons));
    const scale = v128.andnot(f64x2.div(ones, root), f64x2.eq(root, zeros));
    v128.store(means + at, f64x2.add(v128.load(means + at), offset));
    v128.store(variances + at, variance);
    v128.store(scales + at, scale);
    if (g) v128.store(sums + at, offset);
  }
  if (moments) {
    for (let at: usize = 0; at < bytes; at += 8) {
      f64.store(moments, count, 0);
      f64.store(moments, f64.load(means + at), 8);
      f64.store(moments, f64.load(variances + at) * count, 16);
      f64.store(moments, 0, 24);
      moments += MOMENTS;
    }
  }
  if (groupSize > 1) {
    spread(means, scopes, groupSize);
    spread(scales, scopes, groupSize);
  }
}

/** Gives each of `groupSize` columns the number of its group, from the last group to the first. */
function spread(numbers: usize, groups: usize, groupSize: usize): void {
  let to = numbers + ((groups * groupSize) << 3);
  for (let from = numbers + (groups << 3); from > numbers; ) {
    from -= 8;
    const pair = v128.load64_splat(from);
    let left = groupSize;
    if (left & 1) {
      to -= 8;
      v128.store64_lane(to, pair, 0);
      left--;
    }
    for (; left; left -= 2) {
      to -= 16;
      v128.store(to, pair);
    }
  }
}

/**
 * Adds up the deviations d = x - shift of each column of each sample, their squares, and with g
 * their products with it. Of a group the columns' sums are added up one by one.
 *
 * @param sums (samples, columns / groupSize) float64, written, and one more: sums of d
 * @param squares (samples, columns / groupSize) float64, likewise: sums of d * d
 * @param gradientSums (samples, columns) float64, likewise: sums of g
 * @param products (samples, columns) float64, likewise: sums of g * d
 * @param shifts (samples, columns / groupSize) float64, likewise: the first element
 * @param g (samples, rows, columns, width) float32; 0: none
 * @param x (samples, rows, columns, width) float32
 */
function sumColumns(
  sums: usize,
  squares: usize,
  gradientSums: usize,
  products: usize,
  shifts: usize,
  g: usize,
  x: usize,
  samples: usize,
  rows: usize,
  columns: usize,
  width: usize,
  groupSize: usize,
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
  const own = groupSize === 1;
  for (; samples; samples--) {
    let atG = g;
    let atX = x;
    let shift = f64x2.splat(0);
    let totals = shift;
    let inGroup = own ? columns : groupSize;
    for (let left = columns; left; ) {
      const taken = min<usize>(inGroup, 2);
      const next = (taken - 1) * apart;
      if (own) {
        shift = loadPairApart(atX, next);
        v128.store(shifts, shift);
      } else if (inGroup === groupSize) {
        shift = loadPairApart(atX, 0);
        totals = f64x2.splat(0);
      }
      let sum = f64x2.splat(0);
      let square = f64x2.splat(0);
      if (g) {
        let gradientSum = f64x2.splat(0);
        let product = f64x2.splat(0);
        if (next === 4) {
          let at: usize = 0;
          do {
            const gradient = loadPair(atG + at);
            const d = f64x2.sub(loadPair(atX + at), shift);
            sum = f64x2.add(sum, d);
            square = f64x2.add(square, f64x2.mul(d, d));
            gradientSum = f64x2.add(gradientSum, gradient);
            product = f64x2.add(product, f64x2.mul(gradient, d));
            at += line;
          } while (at < size);
        } else {
          let from: usize = 0;
          do {
            let at = from;
            const stop = from + end;
            do {
              const gradient = loadPairApart(atG + at, next);
              const d = f64x2.sub(loadPairApart(atX + at, next), shift);
              sum = f64x2.add(sum, d);
              square = f64x2.add(square, f64x2.mul(d, d));
              gradientSum = f64x2.add(gradientSum, gradient);
              product = f64x2.add(product, f64x2.mul(gradient, d));
              at += step;
            } while (at < stop);
            from += outerStep;
          } while (from < outerEnd);
        }
        v128.store(gradientSums, gradientSum);
        v128.store(products, product);
      } else if (next === 4) {
        let at: usize = 0;
        do {
          const d = f64x2.sub(loadPair(atX + at), shift);
          sum = f64x2.add(sum, d);
          square = f64x2.add(square, f64x2.mul(d, d));
          at += line;
        } while (at < size);
      } else {
        let from: usize = 0;
        do {
          let at = from;
          const stop = from + end;
          do {
            const d = f64x2.sub(loadPairApart(atX + at, next), shift);
            sum = f64x2.add(sum, d);
            square = f64x2.add(square, f64x2.mul(d, d));
            at += step;
          } while (at < stop);
          from += outerStep;
        } while (from < outerEnd);
      }
      if (own) {
        v128.store(sums, sum);
        v128.store(squares, square);
        sums += taken << 3;
        squares += taken << 3;
        shifts += taken << 3;
        inGroup -= taken;
      } else {
        totals = f64x2.add(totals, v128.shuffle<f64>(sum, square, 0, 2));
        if (taken === 2) totals = f64x2.add(totals, v128.shuffle<f64>(sum, square, 1, 3));
        inGroup -= taken;
        if (!inGroup) {
          inGroup = groupSize;
          v128.store64_lane(sums, totals, 0);
          v128.store64_lane(squares, totals, 1);
          v128.store64_lane(shifts, shift, 0);
          sums += 8;
          squares += 8;
          shifts += 8;
        }
      }
      gradientSums += taken << 3;
      products += taken << 3;
      atG += taken * apart;
      atX += taken * apart;
      left -= taken;
    }
    if (g) g += size;
    x += size;
  }
}
