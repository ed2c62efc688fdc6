import { fitsFloat32, highMean, highScale, narrowShift, onLine } from './apply';
import { LINE, loadOr } from './line';

// The gradient of the input is a combination of the gradient of the output and
// the normalized input, dx = a * g + b * z + c, with three float64 in memory:
//
//     [ a | b | c ]

/** Bytes of one combination. */
export const COMBINATION: usize = 24;

/**
 * Combines each row: dx = a * g + b * z + c, where z = (x - mean) * scale + shift.
 *
 * @param dx (rows, length) float32; may be g or x
 * @param g (rows, length) float32
 * @param x (rows, length) float32
 * @param lines (period) lines, row r takes line r mod period
 * @param combinations (period) combinations, likewise
 * @param weight (length) float32, which g is multiplied by first; 0: all 1
 */
export function combineRows(
  dx: usize,
  g: usize,
  x: usize,
  lines: usize,
  combinations: usize,
  weight: usize,
  rows: usize,
  length: usize,
  period: usize,
): void {
  const bytes = length << 2;
  let channel: usize = 0;
  for (let row: usize = 0; row < rows; row++) {
    const line = lines + channel * LINE;
    const combination = combinations + channel * COMBINATION;
    if (fitsFloat32(line)) combineRow(dx, g, x, line, combination, weight, length);
    else combineWide(dx, g, x, line, combination, weight, length, 4);
    dx += bytes;
    g += bytes;
    x += bytes;
    if (++channel === period) channel = 0;
  }
}

function combineRow(
  dx: usize,
  g: usize,
  x: usize,
  line: usize,
  combination: usize,
  weight: usize,
  length: usize,
): void {
  const highs = f32x4.splat(highMean(line));
  const scales = f32x4.splat(highScale(line));
  const shifts = f32x4.splat(narrowShift(line));
  const as = f32x4.splat(<f32>f64.load(combination, 0));
  const bs = f32x4.splat(<f32>f64.load(combination, 8));
  const cs = f32x4.splat(<f32>f64.load(combination, 16));
  const end = g + (length << 2);
  if (weight) {
    for (; g + 16 <= end; g += 16, x += 16, dx += 16, weight += 16) {
      const wg = f32x4.mul(v128.load(g), v128.load(weight));
      const z = onLine(v128.load(x), highs, scales, shifts);
      v128.store(dx, combined(wg, z, as, bs, cs));
    }
  } else {
    for (; g + 32 <= end; g += 32, x += 32, dx += 32) {
      const z = onLine(v128.load(x), highs, scales, shifts);
      const other = onLine(v128.load(x, 16), highs, scales, shifts);
      const first = combined(v128.load(g), z, as, bs, cs);
      const second = combined(v128.load(g, 16), other, as, bs, cs);
      v128.store(dx, first);
      v128.store(dx, second, 16);
    }
  }
  combineWide(dx, g, x, line, combination, weight, (end - g) >> 2, 4);
}

/** Returns a * g + (b * z + c), lane by lane. */
export function combined(g: v128, z: v128, as: v128, bs: v128, cs: v128): v128 {
  return f32x4.add(f32x4.mul(g, as), f32x4.add(f32x4.mul(z, bs), cs));
}

/** Combines the elements at every `step` bytes in float64, rounding once. */
export function combineWide(
  dx: usize,
  g: usize,
  x: usize,
  line: usize,
  combination: usize,
  weight: usize,
  length: usize,
  step: usize,
): void {
  const mean = f64.load(line, 0);
  const scale = f64.load(line, 8);
  const shift = f64.load(line, 16);
  const a = f64.load(combination, 0);
  const b = f64.load(combination, 8);
  const c = f64.load(combination, 16);
  for (let i: usize = 0; i < length; i++) {
    const z = (<f64>f32.load(x) - mean) * scale + shift;
    f32.store(dx, <f32>(a * <f64>f32.load(g) * loadOr(weight, i, 1) + (b * z + c)));
    dx += step;
    g += step;
    x += step;
  }
}
