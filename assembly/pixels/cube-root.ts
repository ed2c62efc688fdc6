/**
 * Returns the cube roots of four float32. By sums and
 * products alone: a division takes as long as seven of them.
 *
 * The bits of a float32 are nearly its logarithm, so a third of them taken from a constant is
 * the inverse of the root, right to 3.6%. With e = 1 - x * y^3, the root of y^3 is
 * y * (1 - e)^(-1/3), and x^(1/3) is x * y^2 * (1 - e)^(-2/3), of which the first terms of
 * the series suffice: each step cubes the error: 1.4 units in the last place are left of it.
 *
 * @param x normal and positive
 */
export function cubeRoot(x: v128): v128 {
  // A third of the upper 16 bits: 21845 / 65536.
  const third = i32x4.dot_i16x8_s(i32x4.shr_u(x, 16), i32x4.splat(21845));
  const guess = i32x4.sub(i32x4.splat(0x54a1a000), third);
  const rest = restOf(x, guess);
  const inverse = corrected(guess, rest, 1 / 3, 2 / 9);
  const root = f32x4.mul(x, f32x4.mul(inverse, inverse));
  const last = f32x4.sub(f32x4.splat(1), f32x4.mul(root, inverse));
  return corrected(root, last, 2 / 3, 5 / 9);
}

/** Returns 1 - x * y^3. */
function restOf(x: v128, y: v128): v128 {
  const cube = f32x4.mul(f32x4.mul(x, y), f32x4.mul(y, y));
  return f32x4.sub(f32x4.splat(1), cube);
}

/** Returns y * (1 + first * rest + second * rest^2). */
function corrected(y: v128, rest: v128, first: f32, second: f32): v128 {
  const terms = f32x4.add(f32x4.splat(first), f32x4.mul(rest, f32x4.splat(second)));
  return f32x4.add(y, f32x4.mul(f32x4.mul(y, rest), terms));
}
