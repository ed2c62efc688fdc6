/**
 * Copies the pixels that a mask takes in. The others become 0, with an alpha of 0.
 *
 * @param y (pixels) RGBA bytes; may be x
 * @param x (pixels) RGBA bytes
 * @param mask (pixels) bytes, 0 for what is left out
 */
export function hideByMask(y: usize, x: usize, mask: usize, pixels: usize): void {
  const end = x + (pixels << 2);
  for (; x < end; x += 16, y += 16, mask += 4) {
    v128.store(y, v128.andnot(v128.load(x), leftOut(mask)));
  }
}

/**
 * Takes the pixels that a mask takes in from one picture, and the others from another.
 *
 * @param y (pixels) RGBA bytes; may be `taken` or `left`
 * @param taken (pixels) RGBA bytes
 * @param left (pixels) RGBA bytes
 * @param mask (pixels) bytes, 0 for a pixel of `left`
 */
export function chooseByMask(
  y: usize,
  taken: usize,
  left: usize,
  mask: usize,
  pixels: usize,
): void {
  const end = y + (pixels << 2);
  for (; y < end; y += 16, taken += 16, left += 16, mask += 4) {
    v128.store(y, v128.bitselect(v128.load(left), v128.load(taken), leftOut(mask)));
  }
}

/** Says of four pixels, by masks of their lanes, which are left out. */
function leftOut(mask: usize): v128 {
  const bytes = i32x4.splat(i32.load(mask));
  const lanes = i8x16.shuffle(bytes, bytes, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
  return i32x4.eq(lanes, i32x4.splat(0));
}
