import { BLOCK_BYTES } from '../core/chunks';
import { addLanesF64, sumFour, sumPair, widenPairs } from '../core/lanes';
import { LINE } from '../core/line';
import { fitsF32, highMean, highScale, scaledDifference, shiftF32 } from '../core/line-f32';

// Rows that are added up in float32, element by element, before the result is added in
// float64. To store float64 after each row would cost more than all else.
const HELD_ROWS: usize = 8;

/**
 * Adds to two kinds of sums: of w * g and w * g * z over each row, and of g and g * z over
 * the rows, element by element. Here g is the gradient of the output, w the weight and
 * z = (x - mean) * scale + shift the normalized input. The sums over the rows take eight
 * rows at a time, so a matrix that is cut after any multiple of eight rows gives the same
 * bits.
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
    if (fitsF32(lines)) {
      addVectors(rowSums, rowProducts, scratch, g, x, weight, lines, wholes);
      done = wholes;
    }
    const at = done << 1;
    const left = bytes - done;
    addElementsF64(
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
    if (held === HELD_ROWS || rows === 1) {
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
 * Adds a row by vectors. For the sums over the row, blocks of sixty-four elements are added
 * in float32, and their sums in float64. The sums over the rows are held in float32.
 *
 * @param held for every four elements, a vector of held g and one of held g * z
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
  const shifts = f32x4.splat(shiftF32(line));
  const end = g + bytes;
  let plain = f64x2.splat(0);
  let scaled = f64x2.splat(0);
  while (g < end) {
    let sum = f32x4.splat(0);
    let product = f32x4.splat(0);
    const stop = min(g + BLOCK_BYTES, end);
    // Most rows have no mean to subtract. That saves one of six additions.
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

/** Adds four vectors to the first, third, fifth and seventh of eight in memory. */
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

/** Adds what is held to the sums of the elements, and clears it. */
function release(sums: usize, products: usize, held: usize, bytes: usize): void {
  const zeros = f32x4.splat(0);
  for (const end = held + (bytes << 1); held < end; held += 32) {
    addLanesF64(sums, v128.load(held, 0));
    addLanesF64(products, v128.load(held, 16));
    v128.store(held, zeros, 0);
    v128.store(held, zeros, 16);
    sums += 32;
    products += 32;
  }
}

/** Adds elements of one row in float64, to the row's sums and to their own. */
function addElementsF64(
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
