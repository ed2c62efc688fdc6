// Sums of rows that are too long for addElementGradientSums, which adds each piece of a row in
// turn. Here g is the gradient of the output, w the weight and z = (x - mean) * scale + shift the
// normalized input.
//
// The sums over a row are those of its pieces, added in their order. The sums over the rows, element
// by element, are added row by row in float64.

import { BLOCK_BYTES } from '../core/chunks';
import { weightsFitF32 } from '../core/combination';
import { sumPair, widenPairs, widenUpper } from '../core/lanes';
import { LINE, normalizedF64 } from '../core/line';
import { fitsF32, highMean, highScale, shiftF32 } from '../core/line-f32';
import { holdsTerms, isZero } from '../core/sums-f32';
import { addElementsF64, areHeld, largerSizes, normalized, weighted } from './gradient-sums';

/** Elements of a row that are added together. */
const PIECE: usize = 4096;

/** Bytes of the sums of a piece. */
const PAIR: usize = 16;

/**
 * Finds the sums of w * g and of w * g * z over each piece of rows, in float32 that is added in
 * float64. Where float32 does not hold them they are infinite, and left to mergePieceSums.
 *
 * @param parts (rows, pieces) pairs of float64, written
 * @param g (rows, length) float32
 * @param x (rows, length) float32
 * @param weight (length) float32
 * @param lines (rows) lines
 */
export function findPieceSums(
  parts: usize,
  g: usize,
  x: usize,
  weight: usize,
  lines: usize,
  rows: usize,
  length: usize,
): void {
  const allFit = weightsFitF32(weight, length);
  for (; rows; rows--) {
    const lineFits = fitsF32(lines);
    for (let done: usize = 0; done < length; done += PIECE) {
      const count = min(length - done, PIECE);
      const w = weight + (done << 2);
      if (lineFits && (allFit || weightsFitF32(w, count))) findSums(parts, g, x, w, lines, count);
      else leaveToMerge(parts);
      parts += PAIR;
      g += count << 2;
      x += count << 2;
    }
    lines += LINE;
  }
}

/** Finds the sums over vectors of sixteen elements. Blocks of sixty-four are added in float32. */
function findSums(
  parts: usize,
  g: usize,
  x: usize,
  weight: usize,
  line: usize,
  length: usize,
): void {
  const highs = f32x4.splat(highMean(line));
  const scales = f32x4.splat(highScale(line));
  const shifts = f32x4.splat(shiftF32(line));
  const bytes = (length & ~15) << 2;
  const end = g + bytes;
  let plain = f64x2.splat(0);
  let scaled = f64x2.splat(0);
  while (g < end) {
    let sum = f32x4.splat(0);
    let product = f32x4.splat(0);
    for (const stop = min(g + BLOCK_BYTES, end); g < stop; g += 64, x += 64, weight += 64) {
      const a = v128.load(g, 0);
      const b = v128.load(g, 16);
      const c = v128.load(g, 32);
      const d = v128.load(g, 48);
      const az = f32x4.mul(a, normalized(v128.load(x, 0), highs, scales, shifts));
      const bz = f32x4.mul(b, normalized(v128.load(x, 16), highs, scales, shifts));
      const cz = f32x4.mul(c, normalized(v128.load(x, 32), highs, scales, shifts));
      const dz = f32x4.mul(d, normalized(v128.load(x, 48), highs, scales, shifts));
      sum = f32x4.add(sum, weighted(weight, a, b, c, d));
      product = f32x4.add(product, weighted(weight, az, bz, cz, dz));
    }
    plain = f64x2.add(plain, widenPairs(sum));
    scaled = f64x2.add(scaled, widenPairs(product));
  }
  const sum = sumPair(plain);
  const product = sumPair(scaled);
  const size = abs(sum) + abs(product);
  const isHeld = holdsTerms(size) || (size === 0 && isZero(g - bytes, bytes >> 2, 4));
  if (!isHeld) {
    leaveToMerge(parts);
    return;
  }
  f64.store(parts, sum);
  f64.store(parts, product, 8);
}

/** Says by infinite sums that float32 has not held those of a piece. */
function leaveToMerge(parts: usize): void {
  f64.store(parts, Infinity);
  f64.store(parts, Infinity, 8);
}

/**
 * Adds the sums of pieces to those of their rows, in the order of the pieces. What float32 has not
 * held is added in float64.
 *
 * @param sums (rows) float64: sums of w * g
 * @param products (rows) float64: sums of w * g * z
 * @param parts (rows, pieces) pairs of float64, from findPieceSums
 * @param g (rows, length) float32
 * @param x (rows, length) float32
 * @param weight (length) float32
 * @param lines (rows) lines
 */
export function mergePieceSums(
  sums: usize,
  products: usize,
  parts: usize,
  g: usize,
  x: usize,
  weight: usize,
  lines: usize,
  rows: usize,
  length: usize,
): void {
  for (; rows; rows--) {
    let w = weight;
    for (let left = length; left; ) {
      const count = min(left, PIECE);
      const bytes = count << 2;
      const sum = f64.load(parts);
      let done: usize = 0;
      if (sum !== Infinity) {
        f64.store(sums, f64.load(sums) + sum);
        f64.store(products, f64.load(products) + f64.load(parts, 8));
        done = bytes & ~63;
      } else if (fitsF32(lines) && weightsFitF32(w, count)) {
        // What follows the vectors is added apart.
        done = bytes & ~63;
        addElementsF64(sums, products, 0, 0, g, x, w, lines, done);
      }
      addElementsF64(sums, products, 0, 0, g + done, x + done, w + done, lines, bytes - done);
      parts += PAIR;
      g += bytes;
      x += bytes;
      w += bytes;
      left -= count;
    }
    sums += 8;
    products += 8;
    lines += LINE;
  }
}

/**
 * Adds to the sums of g and of g * z over the rows, element by element. All of a row is given, of
 * which some columns are added: from a multiple of sixteen on, so many as a multiple of sixteen, or
 * all that follow.
 *
 * @param sums (stride) float64: sums of g
 * @param products (stride) float64: sums of g * z
 * @param g (rows, stride) float32
 * @param x (rows, stride) float32
 * @param weight (stride) float32
 * @param lines (rows) lines
 * @param first the first column
 */
export function addElementSums(
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  weight: usize,
  lines: usize,
  rows: usize,
  first: usize,
  columns: usize,
  stride: usize,
): void {
  const step = stride << 2;
  let linesFit: bool = true;
  for (let row: usize = 0; row < rows; row++) linesFit = linesFit && fitsF32(lines + row * LINE);
  const end = first + columns;
  while (first < end) {
    const piece = first & ~(PIECE - 1);
    const stop = min(end, piece + PIECE);
    const pieceEnd = min(stride, piece + PIECE);
    const weightsFit = weightsFitF32(weight + (piece << 2), pieceEnd - piece);
    const wholes = weightsFit ? min(stop, pieceEnd & ~15) : first;
    for (; first + 8 <= wholes; first += 8) {
      const at = first << 2;
      const isHeld =
        linesFit &&
        addEight(sums + (at << 1), products + (at << 1), g + at, x + at, lines, rows, step);
      if (isHeld) continue;
      for (let i = at; i < at + 32; i += 4) {
        addElement(sums + (i << 1), products + (i << 1), g + i, x + i, lines, rows, step, true);
      }
    }
    for (; first < stop; first++) {
      const at = first << 2;
      addElement(sums + (at << 1), products + (at << 1), g + at, x + at, lines, rows, step, false);
    }
  }
}

/** Adds eight elements of rows, and says whether float32 has held their terms; else adds nothing. */
function addEight(
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  lines: usize,
  rows: usize,
  step: usize,
): bool {
  let sum0 = v128.load(sums, 0);
  let sum1 = v128.load(sums, 16);
  let sum2 = v128.load(sums, 32);
  let sum3 = v128.load(sums, 48);
  let product0 = v128.load(products, 0);
  let product1 = v128.load(products, 16);
  let product2 = v128.load(products, 32);
  let product3 = v128.load(products, 48);
  let least = i32x4.splat(i32.MAX_VALUE);
  let most = i32x4.splat(0);
  for (; rows; rows--) {
    const highs = f32x4.splat(highMean(lines));
    const scales = f32x4.splat(highScale(lines));
    const shifts = f32x4.splat(shiftF32(lines));
    const a = v128.load(g, 0);
    const b = v128.load(g, 16);
    const az = f32x4.mul(a, normalized(v128.load(x, 0), highs, scales, shifts));
    const bz = f32x4.mul(b, normalized(v128.load(x, 16), highs, scales, shifts));
    const aSize = largerSizes(a, az);
    const bSize = largerSizes(b, bz);
    least = i32x4.min_s(least, i32x4.min_s(aSize, bSize));
    most = i32x4.max_s(most, i32x4.max_s(aSize, bSize));
    sum0 = f64x2.add(sum0, f64x2.promote_low_f32x4(a));
    sum1 = f64x2.add(sum1, widenUpper(a));
    sum2 = f64x2.add(sum2, f64x2.promote_low_f32x4(b));
    sum3 = f64x2.add(sum3, widenUpper(b));
    product0 = f64x2.add(product0, f64x2.promote_low_f32x4(az));
    product1 = f64x2.add(product1, widenUpper(az));
    product2 = f64x2.add(product2, f64x2.promote_low_f32x4(bz));
    product3 = f64x2.add(product3, widenUpper(bz));
    lines += LINE;
    g += step;
    x += step;
  }
  if (!areHeld(least, most)) return false;
  v128.store(sums, sum0, 0);
  v128.store(sums, sum1, 16);
  v128.store(sums, sum2, 32);
  v128.store(sums, sum3, 48);
  v128.store(products, product0, 0);
  v128.store(products, product1, 16);
  v128.store(products, product2, 32);
  v128.store(products, product3, 48);
  return true;
}

/**
 * Adds one element of rows: what float32 holds as it is in float32, all else in float64.
 *
 * @param isOfVector whether float32 may hold it
 */
function addElement(
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  lines: usize,
  rows: usize,
  step: usize,
  isOfVector: bool,
): void {
  let sum = f64.load(sums);
  let product = f64.load(products);
  for (; rows; rows--) {
    const gradient = f32.load(g);
    const d = f32.load(x) - highMean(lines);
    const term = <f64>(gradient * (d * highScale(lines) + shiftF32(lines)));
    const size = abs(<f64>gradient) + abs(term);
    const isHeld = isOfVector && fitsF32(lines) && (size === 0 || holdsTerms(size));
    sum += <f64>gradient;
    product += isHeld ? term : <f64>gradient * normalizedF64(x, lines);
    lines += LINE;
    g += step;
    x += step;
  }
  f64.store(sums, sum);
  f64.store(products, product);
}
