/** Elements of a pixel of shares: 9 columns of 3 colours, and 5 that are not used. */
const SHARES: usize = 32;

// exp of more is no normal float32, and of less none above 0.
const MOST: f32 = 87;
// The logarithm of 2 in two parts: a whole number times the first is exact.
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.1219444e-4;

/**
 * Adds what the nine columns of a 9x9 convolution give to each pixel, and makes a colour of 0 to 1
 * of it: 1 / (1 + exp(-(sum + bias))).
 *
 * With the columns as outputs of a 9x1 convolution, 27 of them, nearly no lane of a vector is
 * idle; with three outputs one of four would be, and each value be loaded nine times as often.
 *
 * @param y (pixels, 3) float32
 * @param shares (pixels + 8, 32) float32: of each pixel, what it gives to the pixels 0 to 8 before
 *   it, three colours each
 * @param bias (4) float32, of which the last is not used
 */
export function addColours(y: usize, shares: usize, bias: usize, pixels: usize): void {
  const shift = v128.load(bias);
  const step = (SHARES + 3) << 2;
  for (const end = y + pixels * 12; y < end; y += 12, shares += SHARES << 2) {
    let at = shares;
    let sum = v128.load(at);
    for (let column = 1; column < 9; column++) {
      at += step;
      sum = f32x4.add(sum, v128.load(at));
    }
    const colours = sigmoid(f32x4.add(sum, shift));
    v128.store64_lane(y, colours, 0);
    v128.store32_lane(y, colours, 2, 8);
  }
}

function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(x))));
}

/**
 * Finds exp within 2 units in the last place: 2^n times a polynomial in what is left, at most half
 * the logarithm of 2.
 *
 * S. L. Moshier: Cephes Mathematical Library, expf (1992).
 */
function exp(x: v128): v128 {
  const bounded = f32x4.max(f32x4.min(x, f32x4.splat(MOST)), f32x4.splat(-MOST));
  const n = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(Mathf.LOG2E)));
  let rest = f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(LN2_HIGH)));
  rest = f32x4.sub(rest, f32x4.mul(n, f32x4.splat(LN2_LOW)));
  let sum = f32x4.splat(1.98756915e-4);
  sum = f32x4.add(f32x4.mul(sum, rest), f32x4.splat(1.3981999507e-3));
  sum = f32x4.add(f32x4.mul(sum, rest), f32x4.splat(8.3334519073e-3));
  sum = f32x4.add(f32x4.mul(sum, rest), f32x4.splat(4.1665795894e-2));
  sum = f32x4.add(f32x4.mul(sum, rest), f32x4.splat(1.6666665459e-1));
  sum = f32x4.add(f32x4.mul(sum, rest), f32x4.splat(5.0000001201e-1));
  sum = f32x4.add(f32x4.mul(sum, f32x4.mul(rest, rest)), f32x4.add(rest, f32x4.splat(1)));
  const exponent = i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127));
  return f32x4.mul(sum, i32x4.shl(exponent, 23));
}
