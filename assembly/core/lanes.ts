// Helpers that load vectors, add their lanes, and choose the vectors of a sample.

/**
 * Widens four float32 lanes to float64 and adds the upper pair to the lower.
 *
 *     x   [ 0 | 1 | 2 | 3 ]
 *     y   [ 0 + 2 | 1 + 3 ]     exact up to the rounding of float64
 */
export function widenPairs(x: v128): v128 {
  return f64x2.add(f64x2.promote_low_f32x4(x), widenUpper(x));
}

/** Widens the upper two float32 lanes to float64. */
export function widenUpper(x: v128): v128 {
  const upper = i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  return f64x2.promote_low_f32x4(upper);
}

/** Loads two float32 and widens them to float64. Neither of the two instructions moves lanes. */
export function loadPair(x: usize): v128 {
  // The debug build watches every kind of access except this one, so it makes another.
  if (!ASC_NO_ASSERT) f64.load(x);
  return f64x2.promote_low_f32x4(v128.load64_zero(x));
}

/**
 * Loads two float32 that lie `apart` bytes apart, and widens them to float64. Side by side they
 * are loaded at once.
 */
export function loadPairApart(x: usize, apart: usize): v128 {
  if (apart === 4) return loadPair(x);
  // As above.
  if (!ASC_NO_ASSERT) f32.load(x);
  const first = v128.load32_splat(x);
  return f64x2.promote_low_f32x4(f32x4.replace_lane(first, 1, f32.load(x + apart)));
}

/** Loads two float64 that lie `step` bytes apart. */
export function pairAt(x: usize, step: usize): v128 {
  return f64x2.replace_lane(f64x2.splat(f64.load(x)), 1, f64.load(x + step));
}

/**
 * Loads one float64 each of two neighbours that have three:
 *
 *     [ 0 | 1 | 2 | 0 | 1 | 2 ]
 */
export function loadFirsts(x: usize): v128 {
  return v128.shuffle<f64>(v128.load(x), v128.load(x, 16), 0, 3);
}

export function loadSeconds(x: usize): v128 {
  return v128.shuffle<f64>(v128.load(x), v128.load(x, 32), 1, 2);
}

export function loadThirds(x: usize): v128 {
  return v128.shuffle<f64>(v128.load(x, 16), v128.load(x, 32), 0, 3);
}

/** Rounds two float64 to float32 and widens them again. */
export function roundPair(x: v128): v128 {
  return f64x2.promote_low_f32x4(f32x4.demote_f64x2_zero(x));
}

/** Rounds four float64, two and two, to float32. */
export function narrowPairs(x: v128, y: v128): v128 {
  const lower = f32x4.demote_f64x2_zero(x);
  return v128.shuffle<f64>(lower, f32x4.demote_f64x2_zero(y), 0, 2);
}

/** Stores two float64 as float32. */
export function storePair(y: usize, pair: v128): void {
  // The debug build watches every kind of access except this one, so it makes another.
  if (!ASC_NO_ASSERT) f64.store(y, 0);
  v128.store64_lane(y, f32x4.demote_f64x2_zero(pair), 0);
}

/**
 * Stores two float64 as float32 that lie `apart` bytes apart. At the same place the first is
 * what stays.
 */
export function storePairApart(y: usize, pair: v128, apart: usize): void {
  if (apart === 4) {
    storePair(y, pair);
    return;
  }
  const singles = f32x4.demote_f64x2_zero(pair);
  f32.store(y + apart, f32x4.extract_lane(singles, 1));
  f32.store(y, f32x4.extract_lane(singles, 0));
}

/** Adds four vectors as a tree: (a + b) + (c + d). */
export function sumFour(a: v128, b: v128, c: v128, d: v128): v128 {
  return f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
}

/** Adds the squares of four vectors as a tree. */
export function sumFourSquares(a: v128, b: v128, c: v128, d: v128): v128 {
  return sumFour(f32x4.mul(a, a), f32x4.mul(b, b), f32x4.mul(c, c), f32x4.mul(d, d));
}

/** Returns the largest of four float32 lanes. */
export function largestLane(x: v128): f32 {
  const lower = max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1));
  return max(lower, max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)));
}

/** Says whether the magnitudes of an array of float32 are each 0 or from `least` to `most`. */
export function areZeroOrWithin(x: usize, count: usize, least: f32, most: f32): bool {
  const end = x + (count << 2);
  const magnitude = i32x4.splat(0x7fffffff);
  const ones = i32x4.splat(1);
  // Magnitudes compare like the integers that have the same bits. Less 1, and without a sign,
  // 0 is the largest.
  let smallest = i32x4.splat(-1);
  let largest = i32x4.splat(0);
  for (; x + 16 <= end; x += 16) {
    const bits = v128.and(v128.load(x), magnitude);
    smallest = i32x4.min_u(smallest, i32x4.sub(bits, ones));
    largest = i32x4.max_s(largest, bits);
  }
  const areSmall = i32x4.lt_u(smallest, i32x4.splat(reinterpret<i32>(least) - 1));
  const areLarge = i32x4.gt_s(largest, i32x4.splat(reinterpret<i32>(most)));
  if (v128.any_true(v128.or(areSmall, areLarge))) return false;
  for (; x < end; x += 4) {
    const size = abs(f32.load(x));
    if (size !== 0 && !(size >= least && size <= most)) return false;
  }
  return true;
}

/** Adds the two float64 lanes: 0 + 1. */
export function sumPair(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

/** Adds four float32 lanes to four float64 in memory. */
export function addLanesF64(sums: usize, x: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(x)));
  v128.store(sums, f64x2.add(v128.load(sums, 16), widenUpper(x)), 16);
}

/**
 * Returns the place of sample i among `count` places. The places follow the fractions of
 * multiples of the golden ratio: these are spread evenly, and the width of no picture
 * falls into step with them.
 */
export function sampleIndex(i: usize, count: usize): usize {
  const fraction = <u32>i * 0x9e3779b9;
  return <usize>((<u64>fraction * <u64>count) >> 32);
}
