import { BLOCK_BYTES } from '../core/chunks';
import { weightsFitF32 } from '../core/combination';
import { addLanesF64, sumFour, sumPair, widenPairs } from '../core/lanes';
import { LINE, normalizedF64 } from '../core/line';
import { fitsF32, highMean, highScale, scaledDifference, shiftF32 } from '../core/line-f32';
import { holdsTerms, isZero } from '../core/sums-f32';

// Rows that are added up in float32, element by element, before the result is added in
// float64. To store float64 after each row would cost more than all else.
const HELD_ROWS: usize = 8;

// Which rows are added in float64: those that can't be held, those that are held, or all.
const UNFIT_ROWS: i32 = 0;
const HELD: i32 = 1;
const ALL_ROWS: i32 = 2;

// The least that every held sum is for all of them to be added at once.
const MIN_HELD: f32 = 8.470329472543003e-22; // 2^-70

/**
 * Adds to two kinds of sums: of w * g and w * g * z over each row, and of g and g * z over
 * the rows, element by element. Here g is the gradient of the output, w the weight and
 * z = (x - mean) * scale + shift the normalized input. The sums over the rows take eight
 * rows at a time, so a matrix that is cut after any multiple of eight rows gives the same
 * bits.
 *
 * Without `sums` the sums over the rows are left to addHeldGradientSums. What it adds is held in
 * `scratch` then, for each eight rows apart.
 *
 * @param rowSums (rows) float64: sums of w * g
 * @param rowProducts (rows) float64: sums of w * g * z
 * @param sums (columns) float64: sums of g; 0: they are added later
 * @param products (columns) float64: sums of g * z
 * @param g (rows, columns) float32
 * @param x (rows, columns) float32
 * @param weight (columns) float32
 * @param lines (rows) lines
 * @param scratch (columns) times 2 float32 to work in; without `sums` for each eight rows so many
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
  const weightsFit = weightsFitF32(weight, columns);
  memory.fill(scratch, 0, wholes << 1);
  for (let held: usize = 1; rows; rows--, held++) {
    let done: usize = 0;
    if (weightsFit && fitsF32(lines)) {
      addVectors(rowSums, rowProducts, scratch, g, x, weight, lines, wholes);
      done = wholes;
    }
    const at = done << 1;
    const left = bytes - done;
    addElementsF64(
      rowSums,
      rowProducts,
      sums ? sums + at : 0,
      products + at,
      g + done,
      x + done,
      weight + done,
      lines,
      left,
    );
    if (held === HELD_ROWS || rows === 1) {
      if (!sums) {
        scratch += wholes << 1;
        if (rows > 1) memory.fill(scratch, 0, wholes << 1);
      } else if (weightsFit) {
        const before = held - 1;
        const back = before * bytes;
        const line = lines - before * LINE;
        release(sums, products, scratch, g - back, x - back, line, held, bytes, wholes);
      }
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
 * Adds to the sums over rows what addElementGradientSums has held of these. The columns may be some
 * of a matrix: from a multiple of sixteen on, so many as a multiple of sixteen, or all that follow.
 *
 * @param sums (columns) float64: sums of g
 * @param products (columns) float64: sums of g * z
 * @param g (rows, columns) float32, of a matrix
 * @param x (rows, columns) float32, likewise
 * @param weight (stride) float32, those of the matrix
 * @param lines (rows) lines
 * @param held what is held of these columns, for each eight rows as far apart as is held of `stride`
 * @param stride the columns of the matrix
 */
export function addHeldGradientSums(
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  weight: usize,
  lines: usize,
  held: usize,
  rows: usize,
  columns: usize,
  stride: usize,
): void {
  const bytes = stride << 2;
  const wholes = (columns << 2) & ~63;
  const weightsFit = weightsFitF32(weight, stride);
  while (rows) {
    const count = min(rows, HELD_ROWS);
    let allFit = weightsFit;
    for (let row: usize = 0; row < count; row++) allFit = allFit && fitsF32(lines + row * LINE);
    for (let at = allFit ? wholes : 0; at < columns << 2; at += 4) {
      const rest = weightsFit && at < wholes ? UNFIT_ROWS : ALL_ROWS;
      addRowsF64(sums + (at << 1), products + (at << 1), g + at, x + at, lines, count, bytes, rest);
    }
    if (weightsFit) release(sums, products, held, g, x, lines, count, bytes, wholes);
    held += (bytes & ~63) << 1;
    lines += count * LINE;
    g += count * bytes;
    x += count * bytes;
    rows -= count;
  }
}

/**
 * Adds a row by vectors. For the sums over the row, blocks of sixty-four elements are added
 * in float32, and their sums in float64. If float32 did not hold the terms, the row is added
 * again in float64. The sums over the rows are held in float32.
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
  const end = g + bytes;
  let highs = f32x4.splat(0);
  let scales = highs;
  let shifts = highs;
  // V8 moves what is made before a loop into the loop, unless a condition stands before it.
  if (g < end) {
    highs = f32x4.splat(highMean(line));
    scales = f32x4.splat(highScale(line));
    shifts = f32x4.splat(shiftF32(line));
  }
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
  const sum = sumPair(plain);
  const product = sumPair(scaled);
  const size = abs(sum) + abs(product);
  if (holdsTerms(size)) {
    f64.store(rowSums, f64.load(rowSums) + sum);
    f64.store(rowProducts, f64.load(rowProducts) + product);
  } else if (size !== 0 || !isZero(g - bytes, bytes >> 2, 4)) {
    const w = weight - bytes;
    addElementsF64(rowSums, rowProducts, 0, 0, g - bytes, x - bytes, w, line, bytes);
  }
}

/** Returns (x - mean) * scale + shift, lane by lane. */
export function normalized(x: v128, highs: v128, scales: v128, shifts: v128): v128 {
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
export function weighted(weight: usize, a: v128, b: v128, c: v128, d: v128): v128 {
  return sumFour(
    f32x4.mul(a, v128.load(weight, 0)),
    f32x4.mul(b, v128.load(weight, 16)),
    f32x4.mul(c, v128.load(weight, 32)),
    f32x4.mul(d, v128.load(weight, 48)),
  );
}

/**
 * Adds what is held to the sums of the elements, and clears it. Where float32 did not hold the
 * terms of four elements, these are added again in float64.
 *
 * @param g (rows, bytes / 4) float32, the rows that are held
 * @param x (rows, bytes / 4) float32
 * @param lines (rows) lines
 * @param wholes the bytes of a row that are held
 */
function release(
  sums: usize,
  products: usize,
  held: usize,
  g: usize,
  x: usize,
  lines: usize,
  rows: usize,
  bytes: usize,
  wholes: usize,
): void {
  const end = held + (wholes << 1);
  if (!holdsAll(held, end)) {
    releaseEach(sums, products, held, end, g, x, lines, rows, bytes);
    return;
  }
  const zeros = f32x4.splat(0);
  for (; held < end; held += 32) {
    addLanesF64(sums, v128.load(held, 0));
    addLanesF64(products, v128.load(held, 16));
    v128.store(held, zeros, 0);
    v128.store(held, zeros, 16);
    sums += 32;
    products += 32;
  }
}

/** Adds what is held element by element, or in float64 if float32 did not hold the terms. */
function releaseEach(
  sums: usize,
  products: usize,
  held: usize,
  end: usize,
  g: usize,
  x: usize,
  lines: usize,
  rows: usize,
  bytes: usize,
): void {
  for (let at = held; at < end; at += 32) {
    for (let lane: usize = 0; lane < 16; lane += 4) {
      const sum = <f64>f32.load(at + lane, 0);
      const product = <f64>f32.load(at + lane, 16);
      const size = abs(sum) + abs(product);
      if (holdsTerms(size) || (size === 0 && isZero(g, rows, bytes))) {
        f64.store(sums, f64.load(sums) + sum);
        f64.store(products, f64.load(products) + product);
      } else {
        addRowsF64(sums, products, g, x, lines, rows, bytes, HELD);
      }
      sums += 8;
      products += 8;
      g += 4;
      x += 4;
    }
  }
  memory.fill(held, 0, end - held);
}

/** Says whether float32 has held the terms of all sums. */
function holdsAll(held: usize, end: usize): bool {
  let least = i32x4.splat(i32.MAX_VALUE);
  let most = i32x4.splat(0);
  for (; held < end; held += 64) {
    const a = sizesOf(held);
    const b = sizesOf(held + 32);
    least = i32x4.min_s(least, i32x4.min_s(a, b));
    most = i32x4.max_s(most, i32x4.max_s(a, b));
  }
  return areHeld(least, most);
}

/** Says whether float32 has held the terms of sums whose sizes lie between some. */
export function areHeld(least: v128, most: v128): bool {
  const areLarge = i32x4.ge_s(least, i32x4.splat(reinterpret<i32>(MIN_HELD)));
  const areFinite = i32x4.lt_s(most, i32x4.splat(reinterpret<i32>(f32.POSITIVE_INFINITY)));
  return i32x4.all_true(v128.and(areLarge, areFinite));
}

function sizesOf(held: usize): v128 {
  return largerSizes(v128.load(held, 0), v128.load(held, 16));
}

/** Returns the larger magnitudes of sums and products. They compare like integers of the same bits. */
export function largerSizes(sums: v128, products: v128): v128 {
  const magnitude = i32x4.splat(0x7fffffff);
  return i32x4.max_s(v128.and(sums, magnitude), v128.and(products, magnitude));
}

/** Adds one element of rows in float64, to its own sums alone. */
function addRowsF64(
  sums: usize,
  products: usize,
  g: usize,
  x: usize,
  lines: usize,
  rows: usize,
  bytes: usize,
  which: i32,
): void {
  for (; rows; rows--) {
    if (which === ALL_ROWS || <i32>fitsF32(lines) === which) {
      const gradient = <f64>f32.load(g);
      f64.store(sums, f64.load(sums) + gradient);
      f64.store(products, f64.load(products) + gradient * normalizedF64(x, lines));
    }
    lines += LINE;
    g += bytes;
    x += bytes;
  }
}

/**
 * Adds elements of one row in float64, to the row's sums and to their own.
 *
 * @param sums 0: to those of the row alone
 */
export function addElementsF64(
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
  let sum = f64.load(rowSums);
  let product = f64.load(rowProducts);
  for (const end = g + bytes; g < end; g += 4) {
    const gradient = <f64>f32.load(g);
    const gz = gradient * normalizedF64(x, line);
    const w = <f64>f32.load(weight);
    if (sums) {
      f64.store(sums, f64.load(sums) + gradient);
      f64.store(products, f64.load(products) + gz);
      sums += 8;
      products += 8;
    }
    sum += w * gradient;
    product += w * gz;
    x += 4;
    weight += 4;
  }
  f64.store(rowSums, sum);
  f64.store(rowProducts, product);
}
