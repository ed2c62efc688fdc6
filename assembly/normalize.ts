import { applyRow } from './apply';
import { LINE, loadOr, makeLine } from './line';
import { addRowMoments } from './moments';
import { clearState, STATE } from './state';

/**
 * Normalizes each row by its own mean and variance, reading it from memory
 * once: y = (x - mean) / sqrt(variance + eps) * weight + bias.
 *
 * @param y (rows, length) float32; may be x
 * @param states (rows) states, written
 * @param lines (rows) lines, written
 * @param x (rows, length) float32
 * @param weight (period) float32, row r takes element r mod period; 0: all 1
 * @param bias (period) float32, likewise; 0: all 0
 */
export function normalizeRows(
  y: usize,
  states: usize,
  lines: usize,
  x: usize,
  weight: usize,
  bias: usize,
  rows: usize,
  length: usize,
  period: usize,
  eps: f64,
): void {
  const bytes = length << 2;
  let channel: usize = 0;
  for (let row: usize = 0; row < rows; row++) {
    clearState(states);
    addRowMoments(states, x, length);
    makeLine(lines, states, loadOr(weight, channel, 1), loadOr(bias, channel, 0), eps);
    applyRow(y, x, lines, length);
    y += bytes;
    x += bytes;
    states += STATE;
    lines += LINE;
    if (++channel === period) channel = 0;
  }
}
