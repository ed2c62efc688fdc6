import { addWide, sumFour, sumPair, widenPairs } from '../core/lanes';
import { LINE } from '../core/line';
import {
  fitsFloat32,
  highMean,
  highScale,
  narrowShift,
  scaledDifference,
} from '../core/line-parts';

// Rows whose elements are added up in float32 before float64: a store of float64
// for each would cost more than all else.
const HELD: usize = 8;

// Bytes of a row that are summed in float32 before float64.
const BLOCK: usize = 256;

/**
 * Adds to two kinds of sums, g being the gradient of the output, w the weight and
 * z = (x - mean) * scale + shift the normalized input: over each row w * g and
 * w * g * z, and over the rows, element by element, g and g * z. Elements are added
 * up eight rows at a time: a matrix may be cut after any multiple of eight and gives
 * the same bits.
 *
 * @param rowSums (rows) float64: sums of w * g
 * @param rowProducts (rows) float64: sums of w * g * z
 * @param sums (columns) float64: sums of g
 * @param products (columns) float64: sums of g * z
 * @param g (rows, columns) float32
 * @param x (rows, columns) float32
 * @param weight (columns) float32
 * @param lines (rows) lines
 * @param scratch (columns) times 2 float32 to work in
 */
export function addElementGradientSums(
  rowSums: usize,
  rowProducts: usize,
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  weight: usize,
  lines: usize,
  rows: usize,
  columns: usize,
  scratch: usize,
): void {
  const bytes = columns << 2;
  const wholes = bytes & ~63;
  memory.fill(scratch, 0, wholes << 1);
  for (let held: usize = 1; rows; rows--, held++) {
    let done: usize = 0;
    if (fitsFloat32(lines)) {
      addVectors(rowSums, rowProducts, scratch, g, x, weight, lines, wholes);
      done = wholes;
    }
    const at = done << 1;
    const left = bytes - done;
    addOneByOne(
      rowSums,
      rowProducts,
      sums + at,
      products + at,
      g + done,
      x + done,
      weight + done,
      lines,
      left,
    );
    if (held === HELD || rows === 1) {
      release(sums, products, scratch, wholes);
      held = 0;
    }
    rowSums += 8;
    rowProducts += 8;
    lines += LINE;
    g += bytes;
    x += bytes;
  }
}

/**
 * Adds a row by vectors: to the row's sums sixty-four elements in float32, then in
 * float64, and to those of its elements in float32.
 *
 * @param held of four elements side by side g and g * z, a vector each
 */
function addVectors(
  rowSums: usize,
  rowProducts: usize,
  held: usize,
  g: usize,
  x: usize,
  weight: usize,
  line: usize,
  bytes: usize,
): void {
  const highs = f32x4.splat(highMean(line));
  const scales = f32x4.splat(highScale(line));
  const shifts = f32x4.splat(narrowShift(line));
  const end = g + bytes;
  let plain = f64x2.splat(0);
  let scaled = f64x2.splat(0);
  while (g < end) {
    let sum = f32x4.splat(0);
    let product = f32x4.splat(0);
    const stop = min(g + BLOCK, end);
    // Most rows have no mean to subtract: an addition less of six.
    if (f64.load(line) === 0) {
      for (; g < stop; g += 64, x += 64, weight += 64, held += 128) {
        const a = v128.load(g, 0);
        const b = v128.load(g, 16);
        const c = v128.load(g, 32);
        const d = v128.load(g, 48);
        const az = f32x4.mul(a, f32x4.add(f32x4.mul(v128.load(x, 0), scales), shifts));
        const bz = f32x4.mul(b, f32x4.add(f32x4.mul(v128.load(x, 16), scales), shifts));
        const cz = f32x4.mul(c, f32x4.add(f32x4.mul(v128.load(x, 32), scales), shifts));
        const dz = f32x4.mul(d, f32x4.add(f32x4.mul(v128.load(x, 48), scales), shifts));
        hold(held, a, b, c, d);
        hold(held + 16, az, bz, cz, dz);
        sum = f32x4.add(sum, weighted(weight, a, b, c, d));
        product = f32x4.add(product, weighted(weight, az, bz, cz, dz));
      }
    } else {
      for (; g < stop; g += 64, x += 64, weight += 64, held += 128) {
        const a = v128.load(g, 0);
        const b = v128.load(g, 16);
        const c = v128.load(g, 32);
        const d = v128.load(g, 48);
        const az = f32x4.mul(a, normalized(v128.load(x, 0), highs, scales, shifts));
        const bz = f32x4.mul(b, normalized(v128.load(x, 16), highs, scales, shifts));
        const cz = f32x4.mul(c, normalized(v128.load(x, 32), highs, scales, shifts));
        const dz = f32x4.mul(d, normalized(v128.load(x, 48), highs, scales, shifts));
        hold(held, a, b, c, d);
        hold(held + 16, az, bz, cz, dz);
        sum = f32x4.add(sum, weighted(weight, a, b, c, d));
        product = f32x4.add(product, weighted(weight, az, bz, cz, dz));
      }
    }
    plain = f64x2.add(plain, widenPairs(sum));
    scaled = f64x2.add(scaled, widenPairs(product));
  }
  f64.store(rowSums, f64.load(rowSums) + sumPair(plain));
  f64.store(rowProducts, f64.load(rowProducts) + sumPair(scaled));
}

/** Returns (x - mean) * scale + shift, lane by lane. */
function normalized(x: v128, highs: v128, scales: v128, shifts: v128): v128 {
  return f32x4.add(scaledDifference(x, highs, scales), shifts);
}

/** Adds four vectors to every other one of eight in memory. */
function hold(held: usize, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(held, f32x4.add(v128.load(held, 0), a), 0);
  v128.store(held, f32x4.add(v128.load(held, 32), b), 32);
  v128.store(held, f32x4.add(v128.load(held, 64), c), 64);
  v128.store(held, f32x4.add(v128.load(held, 96), d), 96);
}

/** Adds four vectors, each times its weights, as a tree. */
function weighted(weight: usize, a: v128, b: v128, c: v128, d: v128): v128 {
  return sumFour(
    f32x4.mul(a, v128.load(weight, 0)),
    f32x4.mul(b, v128.load(weight, 16)),
    f32x4.mul(c, v128.load(weight, 32)),
    f32x4.mul(d, v128.load(weight, 48)),
  );
}

/** Adds to the sums of elements what is held of them, and holds nothing of them then. */
function release(sums: usize, products: usize, held: usize, bytes: usize): void {
  const zeros = f32x4.splat(0);
  for (const end = held + (bytes << 1); held < end; held += 32) {
    addWide(sums, v128.load(held, 0));
    addWide(products, v128.load(held, 16));
    v128.store(held, zeros, 0);
    v128.store(held, zeros, 16);
    sums += 32;
    products += 32;
  }
}

/** Adds elements of one row in float64, to its sums and to their own. */
function addOneByOne(
  rowSums: usize,
  rowProducts: usize,
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  weight: usize,
  line: usize,
  bytes: usize,
): void {
  const mean = f64.load(line, 0);
  const scale = f64.load(line, 8);
  const shift = f64.load(line, 16);
  let sum = f64.load(rowSums);
  let product = f64.load(rowProducts);
  for (const end = g + bytes; g < end; g += 4) {
    const gradient = <f64>f32.load(g);
    const gz = gradient * ((<f64>f32.load(x) - mean) * scale + shift);
    const w = <f64>f32.load(weight);
    f64.store(sums, f64.load(sums) + gradient);
    f64.store(products, f64.load(products) + gz);
    sum += w * gradient;
    product += w * gz;
    sums += 8;
    products += 8;
    x += 4;
    weight += 4;
  }
  f64.store(rowSums, sum);
  f64.store(rowProducts, product);
}
