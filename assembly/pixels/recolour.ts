import { ALPHA, hiddenOf, lowerAndUpper } from './lanes';

// Added to a float32 of less than 2^15, it rounds halves to even and leaves the whole number in
// the lowest 16 bits, as a signed one.
const ROUNDING: f32 = 12582912; // 1.5 * 2^23

/**
 * Replaces red, green and blue by byte * scale + shift in float32, rounded and clamped.
 *
 * Tables give the same in twice the time: lines are for where they are right for every byte.
 *
 * @param y (pixels) RGBA bytes; may be x
 * @param x (pixels) RGBA bytes
 * @param lines (3, 2, 4) float32: scale and shift of red, green and blue, four times each
 */
export function recolourByLines(y: usize, x: usize, lines: usize, pixels: usize): void {
  const end = x + (pixels << 2);
  for (; x < end; x += 64, y += 64) {
    const a = v128.load(x, 0);
    const b = v128.load(x, 16);
    const c = v128.load(x, 32);
    const d = v128.load(x, 48);
    let newA = recoloured(a, lines);
    let newB = recoloured(b, lines);
    let newC = recoloured(c, lines);
    let newD = recoloured(d, lines);
    // Most pictures have no hidden pixels, so a branch costs less than selections.
    const least = i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d));
    if (v128.any_true(hiddenOf(least))) {
      newA = v128.bitselect(a, newA, hiddenOf(a));
      newB = v128.bitselect(b, newB, hiddenOf(b));
      newC = v128.bitselect(c, newC, hiddenOf(c));
      newD = v128.bitselect(d, newD, hiddenOf(d));
    }
    v128.store(y, newA, 0);
    v128.store(y, newB, 16);
    v128.store(y, newC, 32);
    v128.store(y, newD, 48);
  }
}

/** Returns four pixels, recoloured, with the alpha that they had. */
function recoloured(four: v128, lines: usize): v128 {
  const byte = i32x4.splat(0xff);
  const blueAndAlpha = i32x4.shr_u(four, 8);
  const red = rounded(v128.and(four, byte), lines);
  const green = rounded(v128.and(blueAndAlpha, byte), lines + 32);
  const blue = rounded(v128.and(i32x4.shr_u(four, 16), byte), lines + 64);
  const redGreen = lowerAndUpper(red, i32x4.shl(green, 16));
  const blueAlpha = lowerAndUpper(blue, blueAndAlpha);
  return i8x16.narrow_i16x8_u(
    i32x4.shuffle(redGreen, blueAlpha, 0, 4, 1, 5),
    i32x4.shuffle(redGreen, blueAlpha, 2, 6, 3, 7),
  );
}

/** Returns what a line makes of bytes; the upper halves of the lanes are of no use. */
function rounded(bytes: v128, line: usize): v128 {
  const scaled = f32x4.mul(f32x4.convert_i32x4_s(bytes), v128.load(line, 0));
  return f32x4.add(f32x4.add(scaled, v128.load(line, 16)), f32x4.splat(ROUNDING));
}

/**
 * Replaces red, green and blue by what tables give for them.
 *
 * A table of what float64 rounds to is exact, and serves a picture of any size.
 *
 * @param y (pixels) RGBA bytes; may be x
 * @param x (pixels) RGBA bytes
 * @param tables (3, 256) uint32: bytes of red, of green shifted by 8, of blue by 16
 */
export function recolour(y: usize, x: usize, tables: usize, pixels: usize): void {
  const end = x + (pixels << 2);
  for (; x < end; x += 4, y += 4) {
    const pixel = load<u32>(x);
    const alpha = pixel & ALPHA;
    const red = load<u32>(tables + ((pixel << 2) & 0x3fc), 0);
    const green = load<u32>(tables + ((pixel >> 6) & 0x3fc), 1024);
    const blue = load<u32>(tables + ((pixel >> 14) & 0x3fc), 2048);
    store<u32>(y, alpha ? alpha | red | green | blue : pixel);
  }
}
