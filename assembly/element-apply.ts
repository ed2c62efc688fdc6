import { applyRow, fitsFloat32, highMean, highScale, lowScale, narrowShift, scaled } from './apply';
import { LINE, loadOr } from './line';

/**
 * Applies a line to each row, and to each element a weight and bias of its own:
 * y = ((x - mean) * scale + shift) * weight + bias.
 *
 * @param y (rows, columns) float32; may be x
 * @param x (rows, columns) float32
 * @param lines (rows) lines
 * @param weight (columns) float32; 0: all 1
 * @param bias (columns) float32; 0: all 0
 */
export function applyElements(
  y: usize,
  x: usize,
  lines: usize,
  weight: usize,
  bias: usize,
  rows: usize,
  columns: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    applyElementsRow(y, x, lines, weight, bias, columns);
    y += columns << 2;
    x += columns << 2;
    lines += LINE;
  }
}

/** Applies a line, weights and biases to the elements of one row. */
export function applyElementsRow(
  y: usize,
  x: usize,
  line: usize,
  weight: usize,
  bias: usize,
  length: usize,
): void {
  if (!weight && !bias) {
    applyRow(y, x, line, length);
    return;
  }
  if (!fitsFloat32(line)) {
    applyElementsWide(y, x, line, weight, bias, length);
    return;
  }

  const high = highMean(line);
  const scale = highScale(line);
  const low = lowScale(line);
  const shift = narrowShift(line);
  const highs = f32x4.splat(high);
  const scales = f32x4.splat(scale);
  const lows = f32x4.splat(low);
  const shifts = f32x4.splat(shift);
  const vectors = (length & ~3) << 2;

  // The usual case has a loop without choices in it.
  if (weight && bias) {
    for (let at: usize = 0; at < vectors; at += 16) {
      const d = f32x4.sub(v128.load(x + at), highs);
      const z = f32x4.mul(scaled(d, scales, lows, shifts), v128.load(weight + at));
      v128.store(y + at, f32x4.add(z, v128.load(bias + at)));
    }
  } else {
    const ones = f32x4.splat(1);
    const zeros = f32x4.splat(0);
    for (let at: usize = 0; at < vectors; at += 16) {
      const d = f32x4.sub(v128.load(x + at), highs);
      const w = weight ? v128.load(weight + at) : ones;
      const b = bias ? v128.load(bias + at) : zeros;
      v128.store(y + at, f32x4.add(f32x4.mul(scaled(d, scales, lows, shifts), w), b));
    }
  }
  for (let i = length & ~3; i < length; i++) {
    const at = i << 2;
    const d = f32.load(x + at) - high;
    const z = d * scale + (d * low + shift);
    f32.store(y + at, z * <f32>loadOr(weight, i, 1) + <f32>loadOr(bias, i, 0));
  }
}

function applyElementsWide(
  y: usize,
  x: usize,
  line: usize,
  weight: usize,
  bias: usize,
  length: usize,
): void {
  const mean = f64.load(line, 0);
  const scale = f64.load(line, 8);
  const shift = f64.load(line, 16);
  for (let i: usize = 0; i < length; i++) {
    const at = i << 2;
    const z = (<f64>f32.load(x + at) - mean) * scale + shift;
    f32.store(y + at, <f32>(z * loadOr(weight, i, 1) + loadOr(bias, i, 0)));
  }
}
