import { lowerAndUpper } from './lanes';

// A page of memory. In a lane of 16 bits two pages sum 256 bytes, and 257 fit.
const PAGE: usize = 4096;

/**
 * Adds the number of pixels, and the sums and sums of squares of their red, green and blue.
 * All are whole numbers, so no order of pixels changes them.
 *
 * @param sums (7) uint64: pixels; sums of red, green, blue; sums of squares
 * @param x (pixels) RGBA bytes
 */
export function addByteMoments(sums: usize, x: usize, pixels: usize): void {
  const none = i32x4.splat(0);
  for (const end = x + (pixels << 2); x < end; ) {
    // Two pages are read at once: processors foresee loads in order, but only to the end of a
    // page. One page after the other takes 20% longer where the picture is not in the cache, and
    // so do two that both begin within a page.
    const past = x & (PAGE - 32);
    const half = min(past ? PAGE - past : 2 * PAGE, end - x) >> 1;
    let hiddenCount = none;
    let reds = none;
    let greens = none;
    let blues = none;
    let redSquares = none;
    let greenSquares = none;
    let blueSquares = none;
    for (const stop = x + half; x < stop; x += 16) {
      const a = v128.load(x);
      const b = v128.load(x + half);
      // Lanes of 16 bits: red and green, blue and alpha, of a pixel of a and one of b by turns.
      const redGreen = lowerAndUpper(a, i32x4.shl(b, 16));
      const blueAlpha = lowerAndUpper(i32x4.shr_u(a, 16), b);
      const hidden = i16x8.eq(i16x8.shr_u(blueAlpha, 8), none);
      const shown = v128.andnot(i16x8.splat(0xff), hidden);
      const red = v128.and(redGreen, shown);
      const green = v128.and(i16x8.shr_u(redGreen, 8), shown);
      const blue = v128.and(blueAlpha, shown);
      hiddenCount = i16x8.sub(hiddenCount, hidden);
      reds = i16x8.add(reds, red);
      greens = i16x8.add(greens, green);
      blues = i16x8.add(blues, blue);
      redSquares = i32x4.add(redSquares, i32x4.dot_i16x8_s(red, red));
      greenSquares = i32x4.add(greenSquares, i32x4.dot_i16x8_s(green, green));
      blueSquares = i32x4.add(blueSquares, i32x4.dot_i16x8_s(blue, blue));
    }
    x += half;
    add(sums, 0, (half >> 1) - sumLanes(i32x4.extadd_pairwise_i16x8_u(hiddenCount)));
    add(sums, 1, sumLanes(i32x4.extadd_pairwise_i16x8_u(reds)));
    add(sums, 2, sumLanes(i32x4.extadd_pairwise_i16x8_u(greens)));
    add(sums, 3, sumLanes(i32x4.extadd_pairwise_i16x8_u(blues)));
    add(sums, 4, sumLanes(redSquares));
    add(sums, 5, sumLanes(greenSquares));
    add(sums, 6, sumLanes(blueSquares));
  }
}

/**
 * Does the same for pixels of 16 bits a channel.
 *
 * @param sums (7) uint64, as above
 * @param x (pixels) RGBA uint16
 */
export function addWordMoments(sums: usize, x: usize, pixels: usize): void {
  for (const end = x + (pixels << 3); x < end; x += 8) {
    if (load<u16>(x, 6) === 0) continue;
    const red = <u64>load<u16>(x, 0);
    const green = <u64>load<u16>(x, 2);
    const blue = <u64>load<u16>(x, 4);
    add(sums, 0, 1);
    add(sums, 1, red);
    add(sums, 2, green);
    add(sums, 3, blue);
    add(sums, 4, red * red);
    add(sums, 5, green * green);
    add(sums, 6, blue * blue);
  }
}

/** Adds four lanes of uint32. */
function sumLanes(x: v128): u64 {
  const lower = <u64>(<u32>i32x4.extract_lane(x, 0)) + <u64>(<u32>i32x4.extract_lane(x, 1));
  return lower + <u64>(<u32>i32x4.extract_lane(x, 2)) + <u64>(<u32>i32x4.extract_lane(x, 3));
}

function add(sums: usize, index: usize, value: u64): void {
  store<u64>(sums + (index << 3), load<u64>(sums + (index << 3)) + value);
}
