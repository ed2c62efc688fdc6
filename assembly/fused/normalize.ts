import { LINE, makeLines } from '../core/line';
import { clearState, STATE } from '../core/moments';
import { applyElementsRow } from '../elements/apply';
import { applyRows } from '../rows/apply';
import { addMoments } from '../rows/moments';

// Elements that are normalized together: few enough to stay in the first-level
// cache from their moments to their lines, enough that the roots and quotients of
// short rows overlap.
const GROUP: usize = 2048;

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
 * @param lines (rows * share) lines to work in, of which no more than the larger of
 *   GROUP and share are touched
 * @param x (rows, share, length) float32
 * @param weight (period) float32, the channels' in turn, a multiple of share; 0: all 1
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
  share: usize,
  length: usize,
  period: usize,
  eps: f64,
  centred: bool,
): void {
  const size = share * length;
  const group = max<usize>(1, GROUP / size);
  let channel: usize = 0;
  while (rows) {
    const count = min(rows, group);
    for (let i: usize = 0; i < count; i++) clearState(states + i * STATE);
    addMoments(states, x, count, size, count, 0);
    if (length === 1) {
      makeLines(lines, states, 0, 0, count, 1, 0, count, eps, centred);
      for (let i: usize = 0; i < count; i++) {
        const w = weight ? weight + (channel << 2) : 0;
        const b = bias ? bias + (channel << 2) : 0;
        const at = (i * share) << 2;
        applyElementsRow(y + at, x + at, lines + i * LINE, w, b, share);
        channel += share;
        if (channel === period) channel = 0;
      }
    } else {
      const channels = count * share;
      makeLines(lines, states, weight, bias, channels, share, channel, period, eps, centred);
      applyRows(y, x, lines, channels, length, channels, 0);
      channel = (channel + channels) % period;
    }
    states += count * STATE;
    y += (count * size) << 2;
    x += (count * size) << 2;
    rows -= count;
  }
}
