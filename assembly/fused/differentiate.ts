import { makeCombinations } from '../core/combination';
import { makeLines } from '../core/line';
import { clearState, STATE } from '../core/moments';
import { combineRows } from '../rows/combine';
import { addGradientSums } from '../rows/gradient-sums';
import { addMoments } from '../rows/moments';

// Elements that are differentiated together: few enough that input, gradient and
// result stay in the first-level cache.
const GROUP: usize = 2048;

/**
 * Finds the gradients of rows that are normalized by moments of their own, reading
 * them from memory once. A row is `share` channels of `length` elements, each channel
 * with a weight, as in `normalizeRows`.
 *
 * @param dx (rows, share, length) float32; may be g or x
 * @param sums (rows, share) float64, written: sums of g
 * @param products (rows, share) float64, written: sums of g * z
 * @param states (rows) states to work in, of which no more than GROUP are touched
 * @param lines (rows * share) lines to work in, of which no more than the larger of
 *   GROUP and share are touched
 * @param combinations (rows * share) combinations to work in, likewise
 * @param g (rows, share, length) float32
 * @param x (rows, share, length) float32
 * @param weight (period) float32, the channels' in turn, a multiple of share; 0: all 1
 */
export function differentiateRows(
  dx: usize,
  sums: usize,
  products: usize,
  states: usize,
  lines: usize,
  combinations: usize,
  g: usize,
  x: usize,
  weight: usize,
  rows: usize,
  share: usize,
  length: usize,
  period: usize,
  eps: f64,
): void {
  const size = share * length;
  const group = max<usize>(1, GROUP / size);
  let channel: usize = 0;
  while (rows) {
    const count = min(rows, group);
    const channels = count * share;
    for (let i: usize = 0; i < count; i++) clearState(states + i * STATE);
    memory.fill(sums, 0, channels << 3);
    memory.fill(products, 0, channels << 3);
    addMoments(states, x, count, size, count, 0);
    makeLines(lines, states, 0, 0, channels, share, 0, channels, eps, true);
    addGradientSums(sums, products, g, x, lines, channels, length, channels, 0);
    makeCombinations(
      combinations,
      states,
      lines,
      sums,
      products,
      weight,
      count,
      share,
      channel,
      period,
      true,
    );
    combineRows(dx, g, x, lines, combinations, 0, channels, length, channels, 0);
    channel = (channel + channels) % period;
    const bytes = (count * size) << 2;
    sums += channels << 3;
    products += channels << 3;
    dx += bytes;
    g += bytes;
    x += bytes;
    rows -= count;
  }
}
