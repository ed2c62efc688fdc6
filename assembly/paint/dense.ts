/** Outputs that are found at once: two vectors. */
export const BLOCK: usize = 8;

/**
 * Convolves a row of pixels, whose channels lie side by side: y = sum of x * weight over the taps
 * and channels. The products of an output are added in the order of the taps, whichever pixels
 * are found at once.
 *
 * Four pixels and eight outputs are eight sums, which stay in registers with the two weights that
 * they share: six loads for eight products.
 *
 * @param y (pixels, outputs) float32, `yStep` elements from one pixel to the next
 * @param x float32: the taps of a pixel are `height` runs of `run` elements, `rowStep` apart, and
 *   begin `xStep` after those of the pixel before
 * @param weight (outputs / 8, height, run, 8) float32
 * @param outputs a multiple of 8
 */
export function convolveDense(
  y: usize,
  x: usize,
  weight: usize,
  pixels: usize,
  outputs: usize,
  height: usize,
  run: usize,
  rowStep: usize,
  xStep: usize,
  yStep: usize,
): void {
  const block = height * run * BLOCK;
  const end = y + (outputs << 2);
  for (; y < end; y += BLOCK << 2, weight += block << 2) {
    let to = y;
    let from = x;
    let left = pixels;
    for (; left >= 4; left -= 4, to += yStep << 4, from += xStep << 4) {
      fourPixels(to, from, weight, height, run, rowStep, xStep, yStep);
    }
    for (; left > 0; left--, to += yStep << 2, from += xStep << 2) {
      onePixel(to, from, weight, height, run, rowStep);
    }
  }
}

function fourPixels(
  y: usize,
  x: usize,
  weight: usize,
  height: usize,
  run: usize,
  rowStep: usize,
  xStep: usize,
  yStep: usize,
): void {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  let d0 = f32x4.splat(0);
  let d1 = f32x4.splat(0);
  const step = xStep << 2;
  for (; height > 0; height--, x += rowStep << 2) {
    let a = x;
    let b = a + step;
    let c = b + step;
    let d = c + step;
    for (const end = a + (run << 2); a < end; a += 4, b += 4, c += 4, d += 4, weight += 32) {
      const w0 = v128.load(weight);
      const w1 = v128.load(weight, 16);
      const va = v128.load32_splat(a);
      a0 = f32x4.add(a0, f32x4.mul(va, w0));
      a1 = f32x4.add(a1, f32x4.mul(va, w1));
      const vb = v128.load32_splat(b);
      b0 = f32x4.add(b0, f32x4.mul(vb, w0));
      b1 = f32x4.add(b1, f32x4.mul(vb, w1));
      const vc = v128.load32_splat(c);
      c0 = f32x4.add(c0, f32x4.mul(vc, w0));
      c1 = f32x4.add(c1, f32x4.mul(vc, w1));
      const vd = v128.load32_splat(d);
      d0 = f32x4.add(d0, f32x4.mul(vd, w0));
      d1 = f32x4.add(d1, f32x4.mul(vd, w1));
    }
  }
  const pixel = yStep << 2;
  v128.store(y, a0);
  v128.store(y, a1, 16);
  y += pixel;
  v128.store(y, b0);
  v128.store(y, b1, 16);
  y += pixel;
  v128.store(y, c0);
  v128.store(y, c1, 16);
  y += pixel;
  v128.store(y, d0);
  v128.store(y, d1, 16);
}

function onePixel(
  y: usize,
  x: usize,
  weight: usize,
  height: usize,
  run: usize,
  rowStep: usize,
): void {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  for (; height > 0; height--, x += rowStep << 2) {
    let a = x;
    for (const end = a + (run << 2); a < end; a += 4, weight += 32) {
      const va = v128.load32_splat(a);
      a0 = f32x4.add(a0, f32x4.mul(va, v128.load(weight)));
      a1 = f32x4.add(a1, f32x4.mul(va, v128.load(weight, 16)));
    }
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
}
