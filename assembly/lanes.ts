// Helpers on the lanes of one v128.

/**
 * Widens four float32 lanes to float64 and adds the upper pair to the lower.
 *
 *     x   [ 0 | 1 | 2 | 3 ]
 *     y   [ 0 + 2 | 1 + 3 ]     exact up to the rounding of float64
 */
export function widenPairs(x: v128): v128 {
  const upper = i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  return f64x2.add(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(upper));
}

/** Adds two float64 lanes: 0 + 1. */
export function sumPair(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}
