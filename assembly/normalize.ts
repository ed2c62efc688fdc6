import { applyRow } from './apply';
import { applyElementsRow } from './element-apply';
import { loadOr, makeLine } from './line';
import { addRowMoments } from './moments';
import { clearState, STATE } from './state';

/**
 * Normalizes each row by its own moments, reading it from memory once. A row is
 * `share` channels of `length` elements, each channel with a weight and a bias:
 *
 *     instance    share 1
 *     group       share C / G
 *     layer       share n, length 1: each element is a channel
 *
 * @param y (rows, share, length) float32; may be x
 * @param states (rows) states, written
 * @param line a line, to work in
 * @param x (rows, share, length) float32
 * @param weight (period) float32, the channels' in turn, a multiple of share; 0: all 1
 * @param bias (period) float32, likewise; 0: all 0
 */
export function normalizeRows(
  y: usize,
  states: usize,
  line: usize,
  x: usize,
  weight: usize,
  bias: usize,
  rows: usize,
  share: usize,
  length: usize,
  period: usize,
  eps: f64,
  centred: bool,
): void {
  const bytes = length << 2;
  const elementwise = length === 1;
  let channel: usize = 0;
  for (let row: usize = 0; row < rows; row++) {
    clearState(states);
    addRowMoments(states, x, share * length);
    if (elementwise) {
      const w = weight ? weight + (channel << 2) : 0;
      const b = bias ? bias + (channel << 2) : 0;
      makeLine(line, states, 1, 0, eps, centred);
      applyElementsRow(y, x, line, w, b, share);
      y += share << 2;
      x += share << 2;
      channel += share;
    } else {
      for (let i: usize = 0; i < share; i++) {
        const w = loadOr(weight, channel, 1);
        const b = loadOr(bias, channel, 0);
        makeLine(line, states, w, b, eps, centred);
        applyRow(y, x, line, length);
        y += bytes;
        x += bytes;
        channel++;
      }
    }
    if (channel === period) channel = 0;
    states += STATE;
  }
}
