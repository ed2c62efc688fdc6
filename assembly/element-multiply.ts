/**
 * Multiplies each row by weights: y = x * weight.
 *
 * @param y (rows, columns) float32; may be x
 * @param x (rows, columns) float32
 * @param weight (columns) float32
 */
export function multiplyElements(
  y: usize,
  x: usize,
  weight: usize,
  rows: usize,
  columns: usize,
): void {
  const bytes = columns << 2;
  const wholes = bytes & ~15;
  for (let row: usize = 0; row < rows; row++) {
    for (let at: usize = 0; at < wholes; at += 16) {
      v128.store(y + at, f32x4.mul(v128.load(x + at), v128.load(weight + at)));
    }
    for (let at = wholes; at < bytes; at += 4) {
      f32.store(y + at, f32.load(x + at) * f32.load(weight + at));
    }
    y += bytes;
    x += bytes;
  }
}
