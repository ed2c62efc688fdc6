/** The bits of alpha in a pixel. */
export const ALPHA: u32 = 0xff000000;

/** Says of four pixels, by masks of their lanes, which have an alpha of 0. */
export function hiddenOf(pixels: v128): v128 {
  return i32x4.eq(i32x4.shr_u(pixels, 24), i32x4.splat(0));
}

/** Takes the lower half of each lane of 32 bits of one vector, and the upper half of another's. */
export function lowerAndUpper(lower: v128, upper: v128): v128 {
  return i16x8.shuffle(lower, upper, 0, 9, 2, 11, 4, 13, 6, 15);
}
