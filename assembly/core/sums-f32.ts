// Sums of g and of g * z in float32, where g is the gradient of the output and z the
// normalized input. A product that is a denormal is off by up to 2^-150. 65536 of these
// together are off by 2^-134, which is far below the rounding of sums of this size, even where
// weights of up to 2^40 multiply them.
const MIN_SUM: f64 = 8.470329472543003e-22; // 2^-70

/** Says whether float32 has held all terms of two sums, by the sum of the sums' magnitudes. */
export function holdsTerms(size: f64): bool {
  return size >= MIN_SUM && size < Infinity;
}

/** Says the same of two sizes at once. */
export function holdsTermsOfBoth(sizes: v128): bool {
  const areLarge = f64x2.ge(sizes, f64x2.splat(MIN_SUM));
  return i64x2.all_true(v128.and(areLarge, f64x2.lt(sizes, f64x2.splat(Infinity))));
}

/**
 * Says whether all float32 at every `step` bytes are 0. Their sums are then as small as those
 * of denormals, and right.
 */
export function isZero(x: usize, count: usize, step: usize): bool {
  for (; count; count--) {
    if (f32.load(x) !== 0) return false;
    x += step;
  }
  return true;
}
