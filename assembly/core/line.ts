// A line is what a row goes through, y = (x - mean) * scale + shift: three
// float64 in memory,
//
//     [ mean | scale | shift ]

import { STATE, stateMean, stateVariance } from './moments';

// Half a standard deviation: then rounding x * scale and the shift costs no more
// than rounding x - mean does.
const MAX_SMALL_MEAN: f64 = 0.25;

/** Bytes of one line. */
export const LINE: usize = 24;

/**
 * Makes the line that normalizes by a state, with shift = bias and
 *
 *     scale = weight / sqrt(variance + eps)              centred
 *     scale = weight / sqrt(mean of squares + eps)       about 0, for RMSNorm
 *
 * Where the root is 0 the scale is 0 rather than infinite: a row without spread
 * gives exactly the bias.
 */
export function makeLine(
  line: usize,
  state: usize,
  weight: f64,
  bias: f64,
  eps: f64,
  centred: bool,
): void {
  const mean = stateMean(state);
  const variance = stateVariance(state);
  const root = Math.sqrt(variance + (centred ? 0 : mean * mean) + eps);
  const scale = root === 0 ? 0 : weight / root;
  // Near 0 a mean need not be subtracted first: the line is the same without.
  const small = mean * mean <= variance * MAX_SMALL_MEAN;
  f64.store(line, centred && !small ? mean : 0, 0);
  f64.store(line, scale, 8);
  f64.store(line, centred && small ? bias - mean * scale : bias, 16);
}

/**
 * Makes the lines of rows, each state serving `share` of them.
 *
 * @param lines (rows) lines, written
 * @param states (rows / share) states
 * @param weight (period) float32, row r takes element (first + r) mod period; 0: all 1
 * @param bias (period) float32, likewise; 0: all 0
 */
export function makeLines(
  lines: usize,
  states: usize,
  weight: usize,
  bias: usize,
  rows: usize,
  share: usize,
  first: usize,
  period: usize,
  eps: f64,
  centred: bool,
): void {
  let channel = first;
  let served: usize = 0;
  for (let row: usize = 0; row < rows; row++) {
    const w = loadOr(weight, channel, 1);
    const b = loadOr(bias, channel, 0);
    makeLine(lines, states, w, b, eps, centred);
    lines += LINE;
    if (++channel === period) channel = 0;
    if (++served === share) {
      served = 0;
      states += STATE;
    }
  }
}

/** Loads one float32, or gives a default where the array is absent. */
export function loadOr(array: usize, index: usize, absent: f64): f64 {
  return array ? <f64>f32.load(array + (index << 2)) : absent;
}
