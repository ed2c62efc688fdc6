import { fitsFloat32, highMean, highScale, shiftOfDifference } from './apply';
import { scaledDifference } from './gradient-sums';
import { LINE, loadOr } from './line';
import { STATE } from './state';

// The gradient of the input is a combination of the gradient of the output and
// the normalized input, dx = a * g + b * z + c, with three float64 in memory:
//
//     [ a | b | c ]

/** Bytes of one combination. */
export const COMBINATION: usize = 24;

/**
 * Makes the combinations that give the gradient of the input. With g the gradient of
 * the output, z the normalized input and w the weight,
 *
 *     d x = rstd * (w * g - mean(w * g) - z * mean(w * g * z))
 *
 * the means over all that shares a mean and variance. The first is absent where the
 * moments are about 0, and both where they do not depend on x.
 *
 * @param combinations (groups, share) combinations, written
 * @param states (groups) states, of which it takes the counts; 0: moments that do not
 *   depend on x
 * @param lines (groups, share) lines, whose scale is rstd
 * @param sums (groups, share) sums of g
 * @param products (groups, share) sums of g * z
 * @param weight (period) float32, channel c takes element (first + c) mod period; 0: all 1
 */
export function makeCombinations(
  combinations: usize,
  states: usize,
  lines: usize,
  sums: usize,
  products: usize,
  weight: usize,
  groups: usize,
  share: usize,
  first: usize,
  period: usize,
  centred: bool,
): void {
  let channel = first;
  for (let group: usize = 0; group < groups; group++) {
    const rstd = f64.load(lines, 8);
    let sum: f64 = 0;
    let product: f64 = 0;
    for (let i: usize = 0; i < share; i++) {
      const w = loadOr(weight, channel, 1);
      sum += w * f64.load(sums + (i << 3));
      product += w * f64.load(products + (i << 3));
      f64.store(combinations + i * COMBINATION, w * rstd);
      if (++channel === period) channel = 0;
    }
    const factor = states ? -rstd / f64.load(states + group * STATE) : 0;
    const b = states ? factor * product : 0;
    const c = states && centred ? factor * sum : 0;
    for (let i: usize = 0; i < share; i++) {
      f64.store(combinations, b, 8);
      f64.store(combinations, c, 16);
      combinations += COMBINATION;
    }
    lines += share * LINE;
    sums += share << 3;
    products += share << 3;
  }
}

/**
 * Combines each row: dx = a * g + b * z + c, where z = (x - mean) * scale + shift.
 *
 * @param dx (rows, length) float32, with a gap after each period; may be g or x
 * @param g (rows, length) float32, likewise
 * @param x (rows, length) float32, likewise
 * @param lines (period) lines, row r takes line r mod period
 * @param combinations (period) combinations, likewise
 * @param weight (length) float32, which g is multiplied by first; 0: all 1
 * @param gap in elements
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
  gap: usize,
): void {
  let channel: usize = 0;
  for (let row: usize = 0; row < rows; row++) {
    const line = lines + channel * LINE;
    const combination = combinations + channel * COMBINATION;
    if (fitsFloat32(line)) combineRow(dx, g, x, line, combination, weight, length);
    else combineWide(dx, g, x, line, combination, weight, length, 4);
    let step = length;
    if (++channel === period) {
      channel = 0;
      step += gap;
    }
    dx += step << 2;
    g += step << 2;
    x += step << 2;
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
  const b = f64.load(combination, 8);
  const highs = f32x4.splat(highMean(line));
  const scales = f32x4.splat(highScale(line));
  const as = f32x4.splat(<f32>f64.load(combination, 0));
  const bs = f32x4.splat(<f32>b);
  const cs = f32x4.splat(<f32>(f64.load(combination, 16) + b * shiftOfDifference(line)));
  const end = g + (length << 2);
  if (weight) {
    for (; g + 32 <= end; g += 32, x += 32, dx += 32, weight += 32) {
      const wg = f32x4.mul(v128.load(g), v128.load(weight));
      const otherWg = f32x4.mul(v128.load(g, 16), v128.load(weight, 16));
      const z = scaledDifference(v128.load(x), highs, scales);
      const otherZ = scaledDifference(v128.load(x, 16), highs, scales);
      v128.store(dx, combined(wg, z, as, bs, cs));
      v128.store(dx, combined(otherWg, otherZ, as, bs, cs), 16);
    }
  } else {
    for (; g + 64 <= end; g += 64, x += 64, dx += 64) {
      const z0 = scaledDifference(v128.load(x), highs, scales);
      const z1 = scaledDifference(v128.load(x, 16), highs, scales);
      const z2 = scaledDifference(v128.load(x, 32), highs, scales);
      const z3 = scaledDifference(v128.load(x, 48), highs, scales);
      const d0 = combined(v128.load(g), z0, as, bs, cs);
      const d1 = combined(v128.load(g, 16), z1, as, bs, cs);
      const d2 = combined(v128.load(g, 32), z2, as, bs, cs);
      const d3 = combined(v128.load(g, 48), z3, as, bs, cs);
      v128.store(dx, d0);
      v128.store(dx, d1, 16);
      v128.store(dx, d2, 32);
      v128.store(dx, d3, 48);
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
