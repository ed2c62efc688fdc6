import {
  COMBINATION,
  combinationFitsF32,
  combined,
  combinedScale,
  combineF64,
  weightsFitF32,
} from '../core/combination';
import { LINE } from '../core/line';
import { highMean, scaledDifference, shiftOfDifference } from '../core/line-f32';

// Elements that are combined in float32 at a time.
const BLOCK: usize = 16;
const WEIGHTED_BLOCK: usize = 8;

// Elements of a longer row whose weights are looked at together.
const PIECE: usize = 4096;

/**
 * Combines each row: dx = a * weight * g + b * z + c, where z = (x - mean) * scale + shift.
 *
 * All is in one loop: a function for each row takes a sixth of the time of 49 elements. A row of over
 * PIECE elements is combined in pieces where float32 can't hold the products with all weights.
 *
 * @param dx (rows, length) float32, with a gap after each period; may be g or x
 * @param g (rows, length) float32, likewise
 * @param x (rows, length) float32, likewise
 * @param lines (period) lines, row r takes line r mod period
 * @param combinations (period) combinations, likewise
 * @param weight (length) float32, one for each element of a row, where each row has a line of its
 *   own and no gap; 0: all 1
 * @param gap elements between the end of a period and the next
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
  if (weight && length > PIECE && !weightsFitF32(weight, length)) {
    for (; rows; rows--) {
      for (let done: usize = 0; done < length; done += PIECE) {
        const count = min(length - done, PIECE);
        combineRows(dx, g, x, lines, combinations, weight + (done << 2), 1, count, 1, 0);
        dx += count << 2;
        g += count << 2;
        x += count << 2;
      }
      lines += LINE;
      combinations += COMBINATION;
    }
    return;
  }
  // What is left over from blocks is combined in float64.
  const hasBlocks = length >= (weight ? WEIGHTED_BLOCK : BLOCK);
  const mayFit = hasBlocks && (!weight || weightsFitF32(weight, length));
  let channel: usize = 0;
  for (; rows; rows--) {
    const line = lines + channel * LINE;
    const combination = combinations + channel * COMBINATION;
    const end = g + (length << 2);
    let w = weight;
    if (mayFit && combinationFitsF32(combination, line)) {
      const b = f64.load(combination, 8);
      const highs = f32x4.splat(highMean(line));
      const scales = f32x4.splat(combinedScale(combination, line));
      const as = f32x4.splat(<f32>f64.load(combination, 0));
      const bs = f32x4.splat(<f32>b);
      const cs = f32x4.splat(<f32>(f64.load(combination, 16) + b * shiftOfDifference(line)));
      if (weight) {
        for (; g + 32 <= end; g += 32, x += 32, dx += 32, w += 32) {
          // The product of a and the weight comes first. That of g and the weight can overflow.
          const aw = f32x4.mul(as, v128.load(w));
          const otherAw = f32x4.mul(as, v128.load(w, 16));
          const z = scaledDifference(v128.load(x), highs, scales);
          const otherZ = scaledDifference(v128.load(x, 16), highs, scales);
          v128.store(dx, combined(v128.load(g), z, aw, bs, cs));
          v128.store(dx, combined(v128.load(g, 16), otherZ, otherAw, bs, cs), 16);
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
    }
    if (g < end) {
      const rest = end - g;
      combineF64(dx, g, x, line, combination, w, rest >> 2, 4);
      dx += rest;
      g += rest;
      x += rest;
    }
    if (++channel === period) {
      channel = 0;
      dx += gap << 2;
      g += gap << 2;
      x += gap << 2;
    }
  }
}
