// A line is what a row goes through, y = (x - mean) * scale + shift: three
// float64 in memory,
//
//     [ mean | scale | shift ]

import { STATE, stateMean, stateVariance } from './state';

/** Bytes of one line. */
export const LINE: usize = 24;

/**
 * Makes the line that normalizes by a state's mean and variance,
 * scale = weight / sqrt(variance + eps), shift = bias.
 *
 * Where variance + eps is 0 the scale is 0 rather than infinite: a row without
 * spread gives exactly the bias.
 */
export function makeLine(line: usize, state: usize, weight: f64, bias: f64, eps: f64): void {
  const spread = Math.sqrt(stateVariance(state) + eps);
  f64.store(line, stateMean(state), 0);
  f64.store(line, spread === 0 ? 0 : weight / spread, 8);
  f64.store(line, bias, 16);
}

/**
 * Makes a line for each state.
 *
 * @param lines (rows) lines, written
 * @param states (rows) states
 * @param weight (period) float32, row r takes element r mod period; 0: all 1
 * @param bias (period) float32, likewise; 0: all 0
 */
export function makeLines(
  lines: usize,
  states: usize,
  weight: usize,
  bias: usize,
  rows: usize,
  period: usize,
  eps: f64,
): void {
  let channel: usize = 0;
  for (let row: usize = 0; row < rows; row++) {
    makeLine(lines, states, loadOr(weight, channel, 1), loadOr(bias, channel, 0), eps);
    lines += LINE;
    states += STATE;
    if (++channel === period) channel = 0;
  }
}

/** Loads one float32, or gives a default where the array is absent. */
export function loadOr(array: usize, index: usize, absent: f64): f64 {
  return array ? <f64>f32.load(array + (index << 2)) : absent;
}
