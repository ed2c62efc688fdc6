// The gradient of the input is a combination of the gradient of the output and
// the normalized input, dx = a * g + b * z + c, with three float64 in memory:
//
//     [ a | b | c ]

/** Bytes of one combination. */
export const COMBINATION: usize = 24;

/**
 * Combines each row: dx = a * g + b * z + c.
 *
 * @param dx (rows, length) float32; may be g or z
 * @param g (rows, length) float32
 * @param z (rows, length) float32
 * @param combinations (period) combinations, row r takes r mod period
 */
export function combineRows(
  dx: usize,
  g: usize,
  z: usize,
  combinations: usize,
  rows: usize,
  length: usize,
  period: usize,
): void {
  let channel: usize = 0;
  for (let row: usize = 0; row < rows; row++) {
    const combination = combinations + channel * COMBINATION;
    const a = <f32>f64.load(combination, 0);
    const b = <f32>f64.load(combination, 8);
    const c = <f32>f64.load(combination, 16);
    const as = f32x4.splat(a);
    const bs = f32x4.splat(b);
    const cs = f32x4.splat(c);
    const end = g + (length << 2);
    for (; g + 16 <= end; g += 16, z += 16, dx += 16) {
      const inner = f32x4.add(f32x4.mul(v128.load(z), bs), cs);
      v128.store(dx, f32x4.add(f32x4.mul(v128.load(g), as), inner));
    }
    for (; g < end; g += 4, z += 4, dx += 4) {
      f32.store(dx, f32.load(g) * a + (f32.load(z) * b + c));
    }
    if (++channel === period) channel = 0;
  }
}
