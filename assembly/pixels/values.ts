/** Bytes of a line. */
const LINE: usize = 5 << 4;

// Pixels that go through one line before the next: 1024 of them, a page, take 20% longer.
const RUN: usize = 64;

/**
 * Makes a value of each red, green and blue, by lines that are right for every byte: that takes
 * half the time of tables.
 *
 * A line makes one value of each pixel, of four pixels at once, or the first, second or third
 * four of their twelve. It is five vectors: indices of the bytes that the lanes take, with 128
 * and more for 0, then scale, shift, fineScale and fineShift. A value is
 * (byte * scale + shift) + (byte * fineScale + fineShift), where the first sum is exact, so that
 * the last alone rounds.
 *
 * @param y float32: of four pixels after n others, line i writes four at i * lineStep + n * step
 * @param x (pixels) RGBA bytes
 * @param lines (3, 5, 4) float32
 * @param step 1 for planes, 3 for channels side by side
 */
export function toValues(
  y: usize,
  x: usize,
  lines: usize,
  pixels: usize,
  lineStep: usize,
  step: usize,
): void {
  const end = x + (pixels << 2);
  const ahead = step << 4;
  while (x < end) {
    const stop = min(x + (RUN << 2), end);
    let to = y;
    for (let line = lines; line < lines + 3 * LINE; line += LINE, to += lineStep << 2) {
      // Loaded within the loop they took as long again.
      const indices = v128.load(line, 0);
      const scale = v128.load(line, 16);
      const shift = v128.load(line, 32);
      const fineScale = v128.load(line, 48);
      const fineShift = v128.load(line, 64);
      for (let from = x, at = to; from < stop; from += 32, at += ahead << 1) {
        const a = f32x4.convert_i32x4_s(i8x16.swizzle(v128.load(from, 0), indices));
        const b = f32x4.convert_i32x4_s(i8x16.swizzle(v128.load(from, 16), indices));
        const fineA = f32x4.add(f32x4.mul(a, fineScale), fineShift);
        const fineB = f32x4.add(f32x4.mul(b, fineScale), fineShift);
        v128.store(at, f32x4.add(f32x4.add(f32x4.mul(a, scale), shift), fineA));
        v128.store(at + ahead, f32x4.add(f32x4.add(f32x4.mul(b, scale), shift), fineB));
      }
    }
    y += (stop - x) * step;
    x = stop;
  }
}
