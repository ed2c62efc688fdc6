import { sumPair, widenUpper } from '../core/lanes';
import { cubeRoot } from './cube-root';
import { ALPHA, hiddenOf } from './lanes';

// A space is made of light in three steps: mixtures u, v, w of red, green and blue; their roots;
// and a line of those for each of the three channels. Lines take v and two differences, u - v
// and w - v. Greys have equal mixtures, so their differences, and with them their colour, are
// exactly 0.
//
// Mixtures are sums of what tables give for red, green and blue: (3, 256, 4) float32, the fourth
// of which is not used. To look up light and multiply it took 30% longer.
//
// A space has 24 coefficients, each four times, so that it is a vector:
//
//     0   (3)     a root is a cube root above the first; else x * second + third
//     3   (3, 4)  a line: scale of v, multiples of u - v and w - v, shift
//     15  (3)     a power is a cube above the first; else (x - second) * third
//     18  (3, 2)  multiples of u - v and w - v in red, green, blue
const ROOT: usize = 0;
const LINES: usize = 3 << 4;
const POWER: usize = 15 << 4;
const LIGHT: usize = 18 << 4;
const VECTOR: usize = 16;
const TABLE: usize = 256 << 4;

// Light of less rounds to byte 0, and light of more to 255.
const LEAST_LIGHT: f32 = 0.0001220703125; // 2^-13
const MOST_LIGHT: f32 = 0.99999994;

// Pixels that are summed together, whatever the number that a kernel is given.
const TILE_PIXELS: usize = 16384;

/** Bytes of the moments of a tile. */
const TILE_MOMENTS: usize = 80;

/**
 * Finds for each tile the number of pixels, a base for each channel of a space, and the sums and
 * sums of squares of the differences from it.
 *
 * The base is the first pixel that counts: so the sums of a flat colour are exactly 0. They
 * are float64, and pixels are added in their order, so that the same picture always has the
 * same moments.
 *
 * @param moments (tiles, 10) float64: pixels; base, sum and sum of squares of each channel
 * @param x (pixels) RGBA bytes
 * @param tables (3, 256, 4) float32, the mixtures of each byte
 * @param space (24, 4) float32
 * @param scratch (48) float32
 */
export function findSpaceMoments(
  moments: usize,
  x: usize,
  tables: usize,
  space: usize,
  pixels: usize,
  scratch: usize,
): void {
  for (; pixels; ) {
    const count = min(pixels, TILE_PIXELS);
    findTileMoments(moments, x, tables, space, count, scratch);
    moments += TILE_MOMENTS;
    x += count << 2;
    pixels -= count;
  }
}

function findTileMoments(
  moments: usize,
  x: usize,
  tables: usize,
  space: usize,
  pixels: usize,
  scratch: usize,
): void {
  const end = x + (pixels << 2);
  const first = firstShown(x, end);
  f64.store(moments, 0);
  if (first === end) return;

  const bases = scratch + 3 * VECTOR;
  const sums = scratch + 6 * VECTOR;
  for (let at = sums; at < sums + 6 * VECTOR; at += VECTOR) v128.store(at, i32x4.splat(0));

  let count = i32x4.splat(0);
  // The group of the first pixel comes first.
  for (let at = x + ((first - x) & ~15); at < end; at += 16) {
    const a = mixturesOf(at, tables);
    const b = mixturesOf(at + 4, tables);
    const c = mixturesOf(at + 8, tables);
    const d = mixturesOf(at + 12, tables);
    const ab = firstLanes(a, b);
    const cd = firstLanes(c, d);
    const v = root(upperHalves(ab, cd), space);
    const u = f32x4.sub(root(lowerHalves(ab, cd), space), v);
    const w = f32x4.sub(root(lowerHalves(lastLanes(a, b), lastLanes(c, d)), space), v);
    v128.store(scratch, lineOf(v, u, w, space + LINES), 0);
    v128.store(scratch, lineOf(v, u, w, space + LINES + 4 * VECTOR), 16);
    v128.store(scratch, lineOf(v, u, w, space + LINES + 8 * VECTOR), 32);
    if (at <= first) storeBases(bases, scratch + (first - at));
    const hidden = hiddenOf(v128.load(at));
    count = i32x4.add(count, i32x4.add(hidden, i32x4.splat(1)));
    addDifferences(sums, scratch, bases, hidden);
    addDifferences(sums + 32, scratch + 16, bases + 16, hidden);
    addDifferences(sums + 64, scratch + 32, bases + 32, hidden);
  }

  const lower = i32x4.extract_lane(count, 0) + i32x4.extract_lane(count, 1);
  const upper = i32x4.extract_lane(count, 2) + i32x4.extract_lane(count, 3);
  f64.store(moments, lower + upper);
  for (let i: usize = 0; i < 3; i++) {
    f64.store(moments + 24 * i, f32.load(bases + (i << 4)), 8);
    f64.store(moments + 24 * i, sumPair(v128.load(sums + (i << 5), 0)), 16);
    f64.store(moments + 24 * i, sumPair(v128.load(sums + (i << 5), 16)), 24);
  }
}

/** Returns the address of the first pixel whose alpha is not 0. */
function firstShown(x: usize, end: usize): usize {
  while (x < end && !(load<u32>(x) & ALPHA)) x += 4;
  return x;
}

/** Stores the channels of one pixel, four times each. `channels` has those of four pixels. */
function storeBases(bases: usize, channels: usize): void {
  v128.store(bases, f32x4.splat(f32.load(channels, 0)), 0);
  v128.store(bases, f32x4.splat(f32.load(channels, 16)), 16);
  v128.store(bases, f32x4.splat(f32.load(channels, 32)), 32);
}

/** Adds the differences of four values from a base, and their squares, except of hidden ones. */
function addDifferences(sums: usize, values: usize, base: usize, hidden: v128): void {
  const differences = f32x4.sub(v128.load(values), v128.load(base));
  const shown = v128.andnot(differences, hidden);
  const lower = f64x2.promote_low_f32x4(shown);
  const upper = widenUpper(shown);
  const squares = f64x2.add(f64x2.mul(lower, lower), f64x2.mul(upper, upper));
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.add(lower, upper)), 0);
  v128.store(sums, f64x2.add(v128.load(sums, 16), squares), 16);
}

/**
 * Recolours pixels by a line for each of the three roots of their light.
 *
 * @param y (pixels) RGBA bytes; may be x
 * @param x (pixels) RGBA bytes
 * @param tables (3, 256, 4) float32, the mixtures of each byte
 * @param codes (1664) uint32 of each cell of light, as in `encode`
 * @param space (24, 4) float32
 */
export function recolourInSpace(
  y: usize,
  x: usize,
  tables: usize,
  codes: usize,
  space: usize,
  pixels: usize,
): void {
  const end = x + (pixels << 2);
  for (; x < end; x += 16, y += 16) {
    const four = v128.load(x);
    const a = mixturesOf(x, tables);
    const b = mixturesOf(x + 4, tables);
    const c = mixturesOf(x + 8, tables);
    const d = mixturesOf(x + 12, tables);
    const ab = firstLanes(a, b);
    const cd = firstLanes(c, d);
    const v = root(upperHalves(ab, cd), space);
    const u = f32x4.sub(root(lowerHalves(ab, cd), space), v);
    const w = f32x4.sub(root(lowerHalves(lastLanes(a, b), lastLanes(c, d)), space), v);

    const second = power(lineOf(v, u, w, space + LINES + 4 * VECTOR), space);
    const first = f32x4.sub(power(lineOf(v, u, w, space + LINES), space), second);
    const third = f32x4.sub(power(lineOf(v, u, w, space + LINES + 8 * VECTOR), space), second);
    const newRed = encode(mixture(second, first, third, space + LIGHT), codes);
    const newGreen = encode(mixture(second, first, third, space + LIGHT + 2 * VECTOR), codes);
    const newBlue = encode(mixture(second, first, third, space + LIGHT + 4 * VECTOR), codes);

    const greenAndBlue = v128.or(i32x4.shl(newGreen, 8), i32x4.shl(newBlue, 16));
    const alpha = v128.and(four, i32x4.splat(ALPHA));
    const recoloured = v128.or(v128.or(alpha, newRed), greenAndBlue);
    v128.store(y, v128.bitselect(four, recoloured, hiddenOf(four)));
  }
}

/** Returns the mixtures of a pixel. */
function mixturesOf(x: usize, tables: usize): v128 {
  const red = v128.load(tables + ((<usize>load<u8>(x, 0)) << 4));
  const green = v128.load(tables + ((<usize>load<u8>(x, 1)) << 4), TABLE);
  const blue = v128.load(tables + ((<usize>load<u8>(x, 2)) << 4), 2 * TABLE);
  return f32x4.add(f32x4.add(red, green), blue);
}

/** Takes the first two lanes of two vectors by turns: a0 b0 a1 b1. */
function firstLanes(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
}

/** Takes the last two lanes of two vectors by turns: a2 b2 a3 b3. */
function lastLanes(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
}

/** Takes the lower halves of two vectors: a0 a1 b0 b1. */
function lowerHalves(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}

/** Takes the upper halves of two vectors: a2 a3 b2 b3. */
function upperHalves(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
}

/** Returns x + first * a + second * b, for the first and second coefficient at an address. */
function mixture(x: v128, a: v128, b: v128, coefficients: usize): v128 {
  const first = f32x4.mul(v128.load(coefficients), a);
  return f32x4.add(f32x4.add(x, first), f32x4.mul(v128.load(coefficients, 16), b));
}

/** Returns what a line makes of three roots. */
function lineOf(v: v128, u: v128, w: v128, line: usize): v128 {
  const common = f32x4.add(f32x4.mul(v128.load(line), v), v128.load(line, 48));
  return mixture(common, u, w, line + VECTOR);
}

function root(x: v128, space: usize): v128 {
  const straight = f32x4.add(
    f32x4.mul(x, v128.load(space, ROOT + 16)),
    v128.load(space, ROOT + 32),
  );
  return v128.bitselect(cubeRoot(x), straight, f32x4.gt(x, v128.load(space, ROOT)));
}

function power(x: v128, space: usize): v128 {
  const straight = f32x4.mul(
    f32x4.sub(x, v128.load(space, POWER + 16)),
    v128.load(space, POWER + 32),
  );
  const cube = f32x4.mul(x, f32x4.mul(x, x));
  return v128.bitselect(cube, straight, f32x4.gt(x, v128.load(space, POWER)));
}

/**
 * Returns the nearest bytes to light.
 *
 * A cell is the upper 16 bits of a float32, so that few enough light fall into it: at most one
 * change of byte does. Its code has the byte before the change in the upper half. In the lower
 * half is what the lower bits of light have to exceed: then the sum has the byte after.
 */
function encode(light: v128, codes: usize): v128 {
  const most = f32x4.splat(MOST_LIGHT);
  // In this order of operands NaN becomes the least.
  const inside = f32x4.pmin(most, f32x4.pmax(f32x4.splat(LEAST_LIGHT), light));
  const cells = i32x4.shr_u(inside, 16);
  let sums = i32x4.splat(codeOf(i32x4.extract_lane(cells, 0), codes));
  sums = i32x4.replace_lane(sums, 1, codeOf(i32x4.extract_lane(cells, 1), codes));
  sums = i32x4.replace_lane(sums, 2, codeOf(i32x4.extract_lane(cells, 2), codes));
  sums = i32x4.replace_lane(sums, 3, codeOf(i32x4.extract_lane(cells, 3), codes));
  return i32x4.shr_u(i32x4.add(sums, v128.and(inside, i32x4.splat(0xffff))), 16);
}

function codeOf(cell: usize, codes: usize): i32 {
  return i32.load(codes + ((cell - FIRST_CELL) << 2));
}

// That of the least light.
const FIRST_CELL: usize = 0x3900;
