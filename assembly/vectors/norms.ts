import { CHUNK_ELEMENTS } from '../core/chunks';
import { loadPair, sumPair } from '../core/lanes';

/**
 * Adds to what norms are made of: sums of magnitudes, sums of squares, or the largest magnitude.
 * A row that is cut at any multiple of CHUNK_ELEMENTS gives the same bits.
 *
 * @param norms (rows) float64
 * @param x (rows, length) float32
 * @param p 1, 2, or 0 for the largest magnitude
 */
export function addNorms(norms: usize, x: usize, rows: usize, length: usize, p: u32): void {
  for (; rows; rows--) {
    for (let left = length; left; ) {
      const count = min(left, CHUNK_ELEMENTS);
      const before = f64.load(norms);
      if (p === 0) f64.store(norms, max(before, largestOf(x, count)));
      else f64.store(norms, before + (p === 1 ? magnitudesOf(x, count) : squaresOf(x, count)));
      x += count << 2;
      left -= count;
    }
    norms += 8;
  }
}

/** Returns the sum of magnitudes. */
function magnitudesOf(x: usize, length: usize): f64 {
  const end = x + (length << 2);
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let c = f64x2.splat(0);
  let d = f64x2.splat(0);
  for (; x + 32 <= end; x += 32) {
    a = f64x2.add(a, f64x2.abs(loadPair(x)));
    b = f64x2.add(b, f64x2.abs(loadPair(x + 8)));
    c = f64x2.add(c, f64x2.abs(loadPair(x + 16)));
    d = f64x2.add(d, f64x2.abs(loadPair(x + 24)));
  }
  let sum = sumPair(f64x2.add(f64x2.add(a, b), f64x2.add(c, d)));
  for (; x < end; x += 4) sum += abs(<f64>f32.load(x));
  return sum;
}

/** Returns the sum of squares. */
function squaresOf(x: usize, length: usize): f64 {
  const end = x + (length << 2);
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let c = f64x2.splat(0);
  let d = f64x2.splat(0);
  for (; x + 32 <= end; x += 32) {
    const first = loadPair(x);
    const second = loadPair(x + 8);
    const third = loadPair(x + 16);
    const fourth = loadPair(x + 24);
    a = f64x2.add(a, f64x2.mul(first, first));
    b = f64x2.add(b, f64x2.mul(second, second));
    c = f64x2.add(c, f64x2.mul(third, third));
    d = f64x2.add(d, f64x2.mul(fourth, fourth));
  }
  let sum = sumPair(f64x2.add(f64x2.add(a, b), f64x2.add(c, d)));
  for (; x < end; x += 4) {
    const value = <f64>f32.load(x);
    sum += value * value;
  }
  return sum;
}

/** Returns the largest magnitude, or NaN where there is one. */
function largestOf(x: usize, length: usize): f64 {
  const end = x + (length << 2);
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  for (; x + 32 <= end; x += 32) {
    a = f32x4.max(a, f32x4.abs(v128.load(x, 0)));
    b = f32x4.max(b, f32x4.abs(v128.load(x, 16)));
  }
  a = f32x4.max(a, b);
  const lower = max(f32x4.extract_lane(a, 0), f32x4.extract_lane(a, 1));
  let largest = max(lower, max(f32x4.extract_lane(a, 2), f32x4.extract_lane(a, 3)));
  for (; x < end; x += 4) largest = max(largest, abs(f32.load(x)));
  return <f64>largest;
}

/**
 * Adds how many elements of each row have at least a magnitude.
 *
 * @param counts (rows) float64
 * @param x (rows, length) float32
 * @param least (rows) float64
 */
export function countAtLeast(
  counts: usize,
  x: usize,
  least: usize,
  rows: usize,
  length: usize,
): void {
  for (; rows; rows--) {
    const bound = f64.load(least);
    let count = f64.load(counts);
    for (const end = x + (length << 2); x < end; x += 4) {
      if (abs(<f64>f32.load(x)) >= bound) count += 1;
    }
    f64.store(counts, count);
    counts += 8;
    least += 8;
  }
}
