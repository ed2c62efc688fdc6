// A line is what a row goes through, y = (x - mean) * scale + shift: three
// float64 in memory,
//
//     [ mean | scale | shift ]

import { STATE, stateMean, stateVariance } from './state';

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
  const square = stateVariance(state) + (centred ? 0 : mean * mean);
  const root = Math.sqrt(square + eps);
  f64.store(line, centred ? mean : 0, 0);
  f64.store(line, root === 0 ? 0 : weight / root, 8);
  f64.store(line, bias, 16);
}

/**
 * Makes the lines of rows, each state serving `share` of them.
 *
 * @param lines (rows) lines, written
 * @param states (rows / share) states
 * @param weight (period) float32, row r takes element r mod period; 0: all 1
 * @param bias (period) float32, likewise; 0: all 0
 */
export function makeLines(
  lines: usize,
  states: usize,
  weight: usize,
  bias: usize,
  rows: usize,
  share: usize,
  period: usize,
  eps: f64,
  centred: bool,
): void {
  let channel: usize = 0;
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
