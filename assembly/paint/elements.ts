/**
 * Replaces what is below 0 by 0: ReLU.
 *
 * @param x (count) float32
 * @param count a multiple of 4
 */
export function rectify(x: usize, count: usize): void {
  const zero = f32x4.splat(0);
  for (const end = x + (count << 2); x < end; x += 16) {
    v128.store(x, f32x4.max(v128.load(x), zero));
  }
}

/**
 * Adds elements to others: what a residual block ends with.
 *
 * @param y (count) float32, to which is added
 * @param x (count) float32
 * @param count a multiple of 4
 */
export function add(y: usize, x: usize, count: usize): void {
  for (const end = x + (count << 2); x < end; x += 16, y += 16) {
    v128.store(y, f32x4.add(v128.load(y), v128.load(x)));
  }
}
