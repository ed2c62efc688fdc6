// Ranges of float64 by the upper half of their bits. Without the sign it compares like the
// magnitude, and faster than float64. That of a power of two is (1023 + exponent) << 20.

/** Returns the upper half of the bits of a float64 in memory, without the sign. */
export function magnitudeOf(x: usize): u32 {
  return i32.load(x, 4) & 0x7fffffff;
}

/** Says whether a magnitude is 0 or from `least` to `most`. */
export function isZeroOrWithin(magnitude: u32, least: u32, most: u32): bool {
  return magnitude - least <= most - least || magnitude === 0;
}

/** Returns the magnitudes of four float64, two and two. */
export function magnitudesOf(x: v128, y: v128): v128 {
  return v128.and(v128.shuffle<i32>(x, y, 1, 3, 5, 7), i32x4.splat(0x7fffffff));
}

/** Says of four magnitudes whether each is 0 or from `least` to `most`: a mask. */
export function areZeroOrBetween(magnitudes: v128, least: u32, most: u32): v128 {
  const above = i32x4.sub(magnitudes, i32x4.splat(least));
  const isZero = i32x4.eq(magnitudes, i32x4.splat(0));
  return v128.or(i32x4.le_u(above, i32x4.splat(most - least)), isZero);
}
