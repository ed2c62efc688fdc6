import { ALPHA } from './lanes';

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
