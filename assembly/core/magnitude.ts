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
