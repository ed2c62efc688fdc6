import { areZeroOrWithin } from './lanes';
import { LINE, loadOr } from './line';
import { differenceFitsF32, highScale } from './line-f32';
import { areZeroOrBetween, isZeroOrWithin, magnitudeOf } from './magnitude';
import { MOMENTS } from './moments';

// A combination gives the gradient of the input from the gradient of the output and the
// normalized input, dx = a * g + b * z + c. It is three float64 in memory:
//
//     [ a | b | c ]

/** Bytes of one combination. */
export const COMBINATION: usize = 24;

// The range of a, so that neither a nor its product with a weight from 2^-40 to 2^40 is a
// denormal or overflows.
const MIN_FACTOR: u32 = (1023 - 80) << 20;
const MAX_FACTOR: u32 = (1023 + 80) << 20;

// The range of b and c.
const MIN_OTHER: u32 = (1023 - 100) << 20;
const MAX_OTHER: u32 = (1023 + 80) << 20;

/**
 * Says whether float32 can hold a combination and its line. If b is not 0 the line is that of
 * moments which depend on x. Then |z| is at most the root of the row's length, and the shift at
 * most 1, so |b * z + c| is smaller than half a unit in the last place of the largest float32,
 * 2^103. Where a * g overflows, the result itself is beyond float32.
 */
export function combinationFitsF32(combination: usize, line: usize): bool {
  return (
    differenceFitsF32(line) &&
    isZeroOrWithin(magnitudeOf(combination), MIN_FACTOR, MAX_FACTOR) &&
    isZeroOrWithin(magnitudeOf(combination + 8), MIN_OTHER, MAX_OTHER) &&
    isZeroOrWithin(magnitudeOf(combination + 16), MIN_OTHER, MAX_OTHER)
  );
}

/** Says the same of four combinations, of which the magnitudes are given: a mask. */
export function allCombinationsFitF32(as: v128, bs: v128, cs: v128): v128 {
  const areFactors = areZeroOrBetween(as, MIN_FACTOR, MAX_FACTOR);
  const areOthers = v128.and(
    areZeroOrBetween(bs, MIN_OTHER, MAX_OTHER),
    areZeroOrBetween(cs, MIN_OTHER, MAX_OTHER),
  );
  return v128.and(areFactors, areOthers);
}

// The range of weights that float32 can multiply by a, or by a gradient.
const MIN_WEIGHT: f32 = 9.094947017729282e-13; // 2^-40
const MAX_WEIGHT: f32 = 1099511627776; // 2^40

/** Says whether float32 can hold products with weights of elements. */
export function weightsFitF32(weight: usize, count: usize): bool {
  return areZeroOrWithin(weight, count, MIN_WEIGHT, MAX_WEIGHT);
}

/**
 * Makes the combinations that give the gradient of the input. With g the gradient of
 * the output, z the normalized input and w the weight,
 *
 *     dx = rstd * (w * g - mean(w * g) - z * mean(w * g * z))
 *
 * The means go over a group: the channels that have a mean and variance in common. The
 * first mean is left out where the moments are about 0 (not `centred`). Both are left
 * out where the moments do not depend on x.
 *
 * @param combinations (groups, groupSize) combinations, written
 * @param moments (groups) moments, of which only the counts are read; 0: the moments do
 *   not depend on x
 * @param lines (groups, groupSize) lines, whose scale is rstd
 * @param sums (groups, groupSize) float64: sums of g
 * @param products (groups, groupSize) float64: sums of g * z
 * @param weight (period) float32, channel c takes element (first + c) mod period; 0: all 1
 */
export function makeCombinations(
  combinations: usize,
  moments: usize,
  lines: usize,
  sums: usize,
  products: usize,
  weight: usize,
  groups: usize,
  groupSize: usize,
  first: usize,
  period: usize,
  centred: bool,
): void {
  let channel = first;
  if (!moments) {
    for (let left = groups * groupSize; left; left--) {
      f64.store(combinations, loadOr(weight, channel, 1) * f64.load(lines, 8));
      v128.store(combinations, f64x2.splat(0), 8);
      combinations += COMBINATION;
      lines += LINE;
      if (++channel === period) channel = 0;
    }
    return;
  }
  for (let group: usize = 0; group < groups; group++) {
    const rstd = f64.load(lines, 8);
    let sum: f64 = 0;
    let product: f64 = 0;
    for (let i: usize = 0; i < groupSize; i++) {
      const w = loadOr(weight, channel, 1);
      sum += w * f64.load(sums + (i << 3));
      product += w * f64.load(products + (i << 3));
      f64.store(combinations + i * COMBINATION, w * rstd);
      if (++channel === period) channel = 0;
    }
    const factor = -rstd / f64.load(moments + group * MOMENTS);
    const b = factor * product;
    const c = centred ? factor * sum : 0;
    for (let i: usize = 0; i < groupSize; i++) {
      f64.store(combinations, b, 8);
      f64.store(combinations, c, 16);
      combinations += COMBINATION;
    }
    lines += groupSize * LINE;
    sums += groupSize << 3;
    products += groupSize << 3;
  }
}

/**
 * Returns the scale in float32, with which a combination takes z. Where b is 0 so is the scale,
 * since z can be infinite by given statistics, and 0 * z would be NaN.
 */
export function combinedScale(combination: usize, line: usize): f32 {
  return f64.load(combination, 8) === 0 ? 0 : highScale(line);
}

/** Returns a * g + (b * z + c), lane by lane. */
export function combined(g: v128, z: v128, as: v128, bs: v128, cs: v128): v128 {
  return f32x4.add(f32x4.mul(g, as), f32x4.add(f32x4.mul(z, bs), cs));
}

/** Combines the elements at every `step` bytes in float64, and rounds once. */
export function combineF64(
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
