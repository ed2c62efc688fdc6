import { ALPHA } from './lanes';

/**
 * Tells pixels that are darker than a threshold from the others and from those with an alpha
 * of 0.
 *
 * @param mask (pixels) bytes: 1 for what is darker, else 0
 * @param x (pixels) RGBA bytes
 * @param tables (3, 256) float32: what a byte of red, green and blue adds to the luminance
 * @param threshold the luminance of the darkest pixel that is left out
 */
export function findTissue(
  mask: usize,
  x: usize,
  tables: usize,
  pixels: usize,
  threshold: f32,
): void {
  const end = x + (pixels << 2);
  for (; x < end; x += 4, mask++) {
    const pixel = load<u32>(x);
    const red = f32.load(tables + ((pixel << 2) & 0x3fc), 0);
    const green = f32.load(tables + ((pixel >> 6) & 0x3fc), 1024);
    const blue = f32.load(tables + ((pixel >> 14) & 0x3fc), 2048);
    store<u8>(mask, pixel & ALPHA && red + green + blue < threshold ? 1 : 0);
  }
}
