import { areZeroOrWithin } from '../core/lanes';
import { LINE, loadOr } from '../core/line';
import { fitsF32, highMean, highScale, lowScale, scaled, shiftF32 } from '../core/line-f32';
import { applyRows } from '../rows/apply';

// Any denormal will do.
const MIN_BIAS: f32 = 1.401298464324817e-45; // 2^-149
const MAX_BIAS: f32 = 1.2676506002282294e30; // 2^100

// Elements of a longer row whose biases are looked at together.
const PIECE: usize = 4096;

/**
 * Applies a line to each row and then a weight and bias to each element, those of its
 * column: y = ((x - mean) * scale + shift) * weight + bias.
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
  if (!weight && !bias) {
    applyRows(y, x, lines, rows, columns, rows, 0);
    return;
  }
  const fits = biasFitsF32(weight, bias, columns);
  for (let row: usize = 0; row < rows; row++) {
    applyElementsRow(y, x, lines, weight, bias, columns, fits);
    y += columns << 2;
    x += columns << 2;
    lines += LINE;
  }
}

/**
 * Says whether float32 can hold the sums of products with weights and biases. A bias that is
 * smaller than half a unit in the last place of the largest float32, 2^103, does not bring back
 * a product that overflows, so the result itself is beyond float32.
 */
export function biasFitsF32(weight: usize, bias: usize, count: usize): bool {
  return !weight || !bias || areZeroOrWithin(bias, count, MIN_BIAS, MAX_BIAS);
}

/**
 * Applies a line, weights and biases to the elements of one row. A row of over PIECE elements is
 * applied in pieces where float32 can't hold the sums of all.
 *
 * @param biasFits whether float32 can hold the sums of products and biases
 */
export function applyElementsRow(
  y: usize,
  x: usize,
  line: usize,
  weight: usize,
  bias: usize,
  length: usize,
  biasFits: bool,
): void {
  if (!biasFits && length > PIECE) {
    while (length) {
      const count = min(length, PIECE);
      applyElementsRow(y, x, line, weight, bias, count, biasFitsF32(weight, bias, count));
      y += count << 2;
      x += count << 2;
      weight += count << 2;
      bias += count << 2;
      length -= count;
    }
    return;
  }
  if (!biasFits || !fitsF32(line)) {
    applyElementsF64(y, x, line, weight, bias, length);
    return;
  }

  const highs = f32x4.splat(highMean(line));
  const scales = f32x4.splat(highScale(line));
  const lows = f32x4.splat(lowScale(line));
  const shifts = f32x4.splat(shiftF32(line));
  const bytes = length << 2;
  let at: usize = 0;

  const ones = f32x4.splat(1);
  // Zeros are added where there is no bias, so that the sign of a zero is the same in all
  // loops.
  const zeros = f32x4.splat(0);

  // The usual cases have loops of their own, without branches: a weight with or without a
  // bias where there is no mean to subtract, as in most data and always in RMSNorm, and a
  // weight with a bias where there is one.
  if (f64.load(line) === 0) {
    if (weight && bias) {
      for (; at + 64 <= bytes; at += 64) {
        const a = scaled(v128.load(x + at, 0), scales, lows, shifts);
        const b = scaled(v128.load(x + at, 16), scales, lows, shifts);
        const c = scaled(v128.load(x + at, 32), scales, lows, shifts);
        const d = scaled(v128.load(x + at, 48), scales, lows, shifts);
        storeFour(y + at, a, b, c, d, weight + at, bias + at);
      }
    } else if (weight) {
      for (; at + 32 <= bytes; at += 32) {
        const a = scaled(v128.load(x + at, 0), scales, lows, shifts);
        const b = scaled(v128.load(x + at, 16), scales, lows, shifts);
        v128.store(y + at, f32x4.add(f32x4.mul(a, v128.load(weight + at, 0)), zeros), 0);
        v128.store(y + at, f32x4.add(f32x4.mul(b, v128.load(weight + at, 16)), zeros), 16);
      }
    }
  } else if (weight && bias) {
    for (; at + 64 <= bytes; at += 64) {
      const a = scaled(f32x4.sub(v128.load(x + at, 0), highs), scales, lows, shifts);
      const b = scaled(f32x4.sub(v128.load(x + at, 16), highs), scales, lows, shifts);
      const c = scaled(f32x4.sub(v128.load(x + at, 32), highs), scales, lows, shifts);
      const d = scaled(f32x4.sub(v128.load(x + at, 48), highs), scales, lows, shifts);
      storeFour(y + at, a, b, c, d, weight + at, bias + at);
    }
  }
  for (; at + 16 <= bytes; at += 16) {
    const d = f32x4.sub(v128.load(x + at), highs);
    const w = weight ? v128.load(weight + at) : ones;
    const b = bias ? v128.load(bias + at) : zeros;
    v128.store(y + at, f32x4.add(f32x4.mul(scaled(d, scales, lows, shifts), w), b));
  }
  for (; at < bytes; at += 4) {
    const d = f32.load(x + at) - highMean(line);
    const z = d * highScale(line) + (d * lowScale(line) + shiftF32(line));
    f32.store(y + at, z * <f32>loadOr(weight, at >> 2, 1) + <f32>loadOr(bias, at >> 2, 0));
  }
}

/** Stores four vectors, each times its weights plus its biases. */
function storeFour(y: usize, a: v128, b: v128, c: v128, d: v128, weight: usize, bias: usize): void {
  const aw = f32x4.mul(a, v128.load(weight, 0));
  const bw = f32x4.mul(b, v128.load(weight, 16));
  const cw = f32x4.mul(c, v128.load(weight, 32));
  const dw = f32x4.mul(d, v128.load(weight, 48));
  v128.store(y, f32x4.add(aw, v128.load(bias, 0)), 0);
  v128.store(y, f32x4.add(bw, v128.load(bias, 16)), 16);
  v128.store(y, f32x4.add(cw, v128.load(bias, 32)), 32);
  v128.store(y, f32x4.add(dw, v128.load(bias, 48)), 48);
}

function applyElementsF64(
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
