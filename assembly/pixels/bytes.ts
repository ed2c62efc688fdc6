import { widenUpper } from '../core/lanes';
import { ALPHA } from './lanes';

// Added to a float64 from 0 to 255, it rounds halves to even and leaves the byte in the
// lowest bits. Converting takes four times as long.
const ROUNDING: f64 = 4503599627370496; // 2^52

/**
 * Makes opaque pixels of three channels, each value * scale + shift in float64. What is
 * beyond 0 to 255 is clamped, halves go to the even byte, NaN becomes 0.
 *
 * @param y (pixels) RGBA bytes
 * @param x float32, channel c of pixel p at c * channelStep + p * pixelStep
 * @param lines (3) scale and shift, float64
 */
export function toBytes(
  y: usize,
  x: usize,
  lines: usize,
  pixels: usize,
  channelStep: usize,
  pixelStep: usize,
): void {
  const end = y + (pixels << 2);
  const channel = channelStep << 2;
  const step = pixelStep << 2;
  for (; y < end; y += 16, x += step << 2) {
    const red = bytesOf(x, step, lines);
    const green = bytesOf(x + channel, step, lines + 16);
    const blue = bytesOf(x + (channel << 1), step, lines + 32);
    const greenAndBlue = v128.or(i32x4.shl(green, 8), i32x4.shl(blue, 16));
    v128.store(y, v128.or(v128.or(i32x4.splat(ALPHA), red), greenAndBlue));
  }
}

/** Returns the bytes of four pixels in one channel. */
function bytesOf(x: usize, step: usize, line: usize): v128 {
  const values = step === 4 ? v128.load(x) : loadFour(x, step);
  const lower = rounded(f64x2.promote_low_f32x4(values), line);
  const upper = rounded(widenUpper(values), line);
  return i8x16.shuffle(lower, upper, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
}

function loadFour(x: usize, step: usize): v128 {
  let values = f32x4.splat(f32.load(x));
  values = f32x4.replace_lane(values, 1, f32.load(x + step));
  values = f32x4.replace_lane(values, 2, f32.load(x + (step << 1)));
  return f32x4.replace_lane(values, 3, f32.load(x + 3 * step));
}

function rounded(pair: v128, line: usize): v128 {
  const scaled = f64x2.mul(pair, f64x2.splat(f64.load(line)));
  const shifted = f64x2.add(scaled, f64x2.splat(f64.load(line, 8)));
  // In this order of operands NaN becomes 0.
  const positive = f64x2.pmax(f64x2.splat(0), shifted);
  return f64x2.add(f64x2.pmin(f64x2.splat(255), positive), f64x2.splat(ROUNDING));
}
