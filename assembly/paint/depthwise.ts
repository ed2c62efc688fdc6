/**
 * Convolves each channel of a row by itself, with 3x3 taps. The products are added in the order of
 * the taps.
 *
 * @param y (pixels, channels) float32
 * @param x float32: three rows of (pixels + 2, channels), `rowStep` elements apart
 * @param weight (9, channels) float32
 * @param channels a multiple of 4
 */
export function convolveDepthwise(
  y: usize,
  x: usize,
  weight: usize,
  pixels: usize,
  channels: usize,
  rowStep: usize,
): void {
  const pixel = channels << 2;
  const row = rowStep << 2;
  for (const end = y + pixel; y < end; y += 16, x += 16, weight += 16) {
    let w = weight;
    const w0 = v128.load(w);
    w += pixel;
    const w1 = v128.load(w);
    w += pixel;
    const w2 = v128.load(w);
    w += pixel;
    const w3 = v128.load(w);
    w += pixel;
    const w4 = v128.load(w);
    w += pixel;
    const w5 = v128.load(w);
    w += pixel;
    const w6 = v128.load(w);
    w += pixel;
    const w7 = v128.load(w);
    w += pixel;
    const w8 = v128.load(w);

    let to = y;
    let a = x;
    for (let left = pixels; left > 0; left--, to += pixel, a += pixel) {
      const b = a + row;
      const c = b + row;
      let sum = f32x4.mul(v128.load(a), w0);
      sum = f32x4.add(sum, f32x4.mul(v128.load(a + pixel), w1));
      sum = f32x4.add(sum, f32x4.mul(v128.load(a + 2 * pixel), w2));
      sum = f32x4.add(sum, f32x4.mul(v128.load(b), w3));
      sum = f32x4.add(sum, f32x4.mul(v128.load(b + pixel), w4));
      sum = f32x4.add(sum, f32x4.mul(v128.load(b + 2 * pixel), w5));
      sum = f32x4.add(sum, f32x4.mul(v128.load(c), w6));
      sum = f32x4.add(sum, f32x4.mul(v128.load(c + pixel), w7));
      sum = f32x4.add(sum, f32x4.mul(v128.load(c + 2 * pixel), w8));
      v128.store(to, sum);
    }
  }
}
