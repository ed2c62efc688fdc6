// IEEE 754 binary16: a sign, 5 bits of exponent that is biased by 15, 10 bits of fraction.

const TWO_POW_MINUS_14: f32 = 0.00006103515625; // the smallest normal float16
const TWO_POW_MINUS_112: f32 = 1.925929944387236e-34;

/** Widens four float16, each in the lower half of its lane, exactly. */
export function widenFloat16(x: v128): v128 {
  const magnitude = v128.and(x, i32x4.splat(0x7fff));
  const sign = i32x4.shl(v128.xor(x, magnitude), 16);
  // The exponent is 224 more than that of float16, so that the infinite one, 31, becomes the
  // infinite one of float32, 255; the product then takes 112 off, which leaves 127 - 15.
  const scaled = i32x4.add(i32x4.shl(magnitude, 13), i32x4.splat(0x70000000));
  const normal = f32x4.mul(scaled, f32x4.splat(TWO_POW_MINUS_112));
  // Denormals have no leading 1: f * 2^-14 where a normal number would be (1 + f) * 2^-15. The
  // former is the less of the two for them alone. No float32 is a denormal on the way, which
  // some processors take a hundred times as long for.
  const denormal = f32x4.sub(f32x4.add(normal, normal), f32x4.splat(TWO_POW_MINUS_14));
  return v128.or(f32x4.pmin(normal, denormal), sign);
}

/** Rounds eight float32 to float16. */
export function narrowFloat16(a: v128, b: v128): v128 {
  // A negative integer stays negative when it is narrowed, which leaves its sign.
  const sign = v128.and(i16x8.narrow_i32x4_s(a, b), i16x8.splat(-0x8000));
  return v128.or(lowerHalves(magnitudeOf(a), magnitudeOf(b)), sign);
}

/** Returns the magnitudes of four float16, each in the lower half of its lane. */
function magnitudeOf(x: v128): v128 {
  // From 2^16 on all is infinite.
  const magnitude = f32x4.pmin(f32x4.abs(x), f32x4.splat(65536));
  // The exponent, of denormals that of the least normal float16.
  const exponent = i32x4.max_s(
    v128.and(magnitude, i32x4.splat(0x7f800000)),
    i32x4.splat(0x38800000),
  );
  // In a sum with 2^13 times the power of two, the last bit is that of float16, so the sum is
  // rounded as it should be. Its lower bits are those of a normal float16 but for the exponent,
  // which is added. 0x3c00 makes the constants come out even: 0x3c00 + (113 << 10) = 2^17.
  const large = i32x4.add(exponent, i32x4.splat((13 << 23) + 0x3c00));
  const rounded = f32x4.add(magnitude, large);
  const bits = i32x4.add(rounded, i32x4.shr_u(exponent, 13));
  return v128.or(bits, f32x4.ne(x, x));
}

/** Keeps the lower half of each lane. */
function lowerHalves(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29);
}
