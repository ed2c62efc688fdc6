/** Bytes of a table of float32 with an entry for each byte. */
const TABLE: usize = 1024;

/**
 * Looks the bytes of pixels up, into a plane for each of red, green and blue.
 *
 * @param y (3, pixels) float32, a plane `step` elements after the one before
 * @param x (pixels) RGBA bytes
 * @param tables (3, 256) float32
 */
export function toPlanes(y: usize, x: usize, tables: usize, pixels: usize, step: usize): void {
  const end = x + (pixels << 2);
  const plane = step << 2;

  // 16 pixels of one plane after the other: three places that are written by turns took 15%
  // longer.
  for (; x < end; x += 64, y += 64) {
    let at = y;
    let table = tables;
    for (let from = x; from < x + 3; from++, at += plane, table += TABLE) {
      v128.store(at, lookUpFour(from, table), 0);
      v128.store(at, lookUpFour(from + 16, table), 16);
      v128.store(at, lookUpFour(from + 32, table), 32);
      v128.store(at, lookUpFour(from + 48, table), 48);
    }
  }
}

/**
 * Looks the bytes of pixels up, red, green and blue side by side.
 *
 * @param y (pixels, 3) float32
 * @param x (pixels) RGBA bytes
 * @param tables (3, 256) float32
 */
export function toChannelsLast(y: usize, x: usize, tables: usize, pixels: usize): void {
  const end = x + (pixels << 2);
  for (; x < end; x += 4, y += 12) {
    f32.store(y, lookUp(x, tables), 0);
    f32.store(y, lookUp(x + 1, tables + TABLE), 4);
    f32.store(y, lookUp(x + 2, tables + 2 * TABLE), 8);
  }
}

/** Looks up the same byte of four pixels. */
function lookUpFour(x: usize, table: usize): v128 {
  let values = f32x4.splat(lookUp(x, table));
  values = f32x4.replace_lane(values, 1, lookUp(x + 4, table));
  values = f32x4.replace_lane(values, 2, lookUp(x + 8, table));
  return f32x4.replace_lane(values, 3, lookUp(x + 12, table));
}

function lookUp(x: usize, table: usize): f32 {
  return f32.load(table + ((<usize>load<u8>(x)) << 2));
}
