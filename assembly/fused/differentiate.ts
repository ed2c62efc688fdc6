import { makeCombinations } from '../core/combination';
import { clearMoments, MOMENTS } from '../core/moments';
import { combineRows } from '../rows/combine';
import { addGradientSums } from '../rows/gradient-sums';
import { addMoments, makeLines } from './kernels';

// Elements of a strip, the consecutive rows that are differentiated together. They are few
// enough that input, gradient and result stay in the first-level cache.
const STRIP_ELEMENTS: usize = 2048;

/**
 * Finds the gradients of rows that are normalized by their own moments, and reads them
 * from memory once. A row is `groupSize` channels of `length` elements, each channel with a
 * weight.
 *
 * @param dx (rows, groupSize, length) float32; may be g or x
 * @param sums (rows, groupSize) float64, written: sums of g
 * @param products (rows, groupSize) float64, written: sums of g * z
 * @param moments (rows) moments to work in, of which at most STRIP_ELEMENTS are touched
 * @param lines (rows * groupSize) lines to work in, of which at most the larger of
 *   STRIP_ELEMENTS and groupSize are touched
 * @param combinations (rows * groupSize) combinations to work in, likewise
 * @param g (rows, groupSize, length) float32
 * @param x (rows, groupSize, length) float32
 * @param weight (period) float32, those of the channels in turn; 0: all 1
 * @param period a multiple of groupSize
 */
export function differentiateRows(
  dx: usize,
  sums: usize,
  products: usize,
  moments: usize,
  lines: usize,
  combinations: usize,
  g: usize,
  x: usize,
  weight: usize,
  rows: usize,
  groupSize: usize,
  length: usize,
  period: usize,
  eps: f64,
): void {
  const rowLength = groupSize * length;
  const stripRows = max<usize>(1, STRIP_ELEMENTS / rowLength);
  let channel: usize = 0;
  while (rows) {
    const count = min(rows, stripRows);
    const channels = count * groupSize;
    for (let i: usize = 0; i < count; i++) clearMoments(moments + i * MOMENTS);
    memory.fill(sums, 0, channels << 3);
    memory.fill(products, 0, channels << 3);
    addMoments(moments, x, count, rowLength, count, 0);
    makeLines(lines, moments, 0, 0, channels, groupSize, 0, channels, 1, eps, true);
    addGradientSums(sums, products, g, x, lines, channels, length, channels, 0);
    makeCombinations(
      combinations,
      moments,
      lines,
      sums,
      products,
      weight,
      count,
      groupSize,
      channel,
      period,
      true,
    );
    combineRows(dx, g, x, lines, combinations, 0, channels, length, channels, 0);
    channel = (channel + channels) % period;
    const bytes = (count * rowLength) << 2;
    sums += channels << 3;
    products += channels << 3;
    dx += bytes;
    g += bytes;
    x += bytes;
    rows -= count;
  }
}
