// A line normalizes the elements of a row or column: y = (x - mean) * scale + shift. It is
// three float64 in memory:
//
//     [ mean | scale | shift ]

import { magnitudeOf } from './magnitude';
import { MOMENTS, meanOf, varianceOf } from './moments';

// Up to this multiple of the variance the square of a mean is small: the mean is within
// half a standard deviation of 0. Then rounding x * scale and the shift loses no more than
// rounding x - mean does.
export const MAX_SMALL_MEAN: f64 = 0.25;

// In float32 a scale is split into two. Up to this scale the low one is at most 1/2.
export const MAX_ROUNDED_SCALE: f64 = 16777216; // 2^24
export const MAX_SCALE_F32: f64 = 1.2676506002282294e30; // 2^100

// The magnitude of a count of 1.
const ONE: u32 = 1023 << 20;

/** Bytes of one line. */
export const LINE: usize = 24;

/**
 * Makes the line that normalizes by moments, with shift = bias and
 *
 *     scale = weight / sqrt(variance + eps)              centred
 *     scale = weight / sqrt(mean of squares + eps)       about 0, for RMSNorm
 *
 * Where the root is 0 the scale is 0 and not infinite, so that a row without spread gives
 * exactly the bias.
 */
export function makeLine(
  line: usize,
  moments: usize,
  weight: f64,
  bias: f64,
  eps: f64,
  centred: bool,
): void {
  const mean = meanOf(moments);
  const variance = varianceOf(moments);
  const root = Math.sqrt(variance + (centred ? 0 : mean * mean) + eps);
  let scale = root === 0 ? 0 : weight / root;
  if (magnitudeOf(moments) === ONE && centred) scale = givenScale(scale);
  // A small mean goes into the shift, so that no loop has to subtract it: the line is the same.
  const small = mean * mean <= variance * MAX_SMALL_MEAN;
  f64.store(line, centred && !small ? mean : 0, 0);
  f64.store(line, scale, 8);
  f64.store(line, centred && small ? bias - mean * scale : bias, 16);
}

/**
 * Returns a scale whose nearest float32 is not beyond it, by rounding it where it is. Given
 * statistics, which count as one element, bound no difference. Where such a difference is so
 * large that its product with the high scale is infinite, that with the low scale may be too.
 * With scales of the same sign the sum is not NaN.
 */
function givenScale(scale: f64): f64 {
  const size = abs(scale);
  const nearest = <f64>(<f32>scale);
  const isBeyond = size > MAX_ROUNDED_SCALE && size <= MAX_SCALE_F32 && abs(nearest) > size;
  return isBeyond ? nearest : scale;
}

/**
 * Makes the lines of rows. Each group of `groupSize` consecutive rows has its moments in
 * common.
 *
 * @param lines (rows, times) lines, written: each row's so often
 * @param moments (rows / groupSize) moments
 * @param weight (period) float32, row r takes element (first + r) mod period; 0: all 1
 * @param bias (period) float32, likewise; 0: all 0
 */
export function makeLines(
  lines: usize,
  moments: usize,
  weight: usize,
  bias: usize,
  rows: usize,
  groupSize: usize,
  first: usize,
  period: usize,
  times: usize,
  eps: f64,
  centred: bool,
): void {
  let channel = first;
  let served: usize = 0;
  for (let row: usize = 0; row < rows; row++) {
    const w = loadOr(weight, channel, 1);
    const b = loadOr(bias, channel, 0);
    makeLine(lines, moments, w, b, eps, centred);
    lines += LINE;
    for (let i: usize = 1; i < times; i++) {
      v128.store(lines, v128.load(lines - LINE));
      f64.store(lines, f64.load(lines - LINE, 16), 16);
      lines += LINE;
    }
    if (++channel === period) channel = 0;
    if (++served === groupSize) {
      served = 0;
      moments += MOMENTS;
    }
  }
}

/** Applies a line to the elements at every `step` bytes in float64, and rounds once. */
export function applyF64(y: usize, x: usize, line: usize, length: usize, step: usize): void {
  const mean = f64.load(line, 0);
  const scale = f64.load(line, 8);
  const shift = f64.load(line, 16);
  for (; length; length--) {
    f32.store(y, <f32>((<f64>f32.load(x) - mean) * scale + shift));
    x += step;
    y += step;
  }
}

/** Returns (x - mean) * scale + shift of one element in float64. */
export function normalizedF64(x: usize, line: usize): f64 {
  return (<f64>f32.load(x) - f64.load(line, 0)) * f64.load(line, 8) + f64.load(line, 16);
}

/** Loads one float32, or returns `absent` where the array is absent. */
export function loadOr(array: usize, index: usize, absent: f64): f64 {
  return array ? <f64>f32.load(array + (index << 2)) : absent;
}
