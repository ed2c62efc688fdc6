import { LINE, makeLines } from '../core/line';
import { clearMoments, MOMENTS } from '../core/moments';
import { applyElementsRow, biasFitsF32 } from '../elements/apply';
import { applyRows } from '../rows/apply';
import { addMoments } from '../rows/moments';

// Elements of a strip, the consecutive rows that are normalized together. They are few
// enough to stay in the first-level cache until their lines are applied, and enough that
// the roots and quotients of short rows overlap.
const STRIP_ELEMENTS: usize = 2048;

/**
 * Normalizes each row by its own moments, and reads it from memory once. A row is
 * `groupSize` channels of `length` elements, each channel with a weight and a bias:
 *
 *     instance    groupSize 1
 *     group       groupSize C / G
 *     layer       groupSize n, length 1: each element is a channel
 *
 * @param y (rows, groupSize, length) float32; may be x
 * @param moments (rows) moments, written
 * @param lines (rows * groupSize) lines to work in, of which at most the larger of
 *   STRIP_ELEMENTS and groupSize are touched
 * @param x (rows, groupSize, length) float32
 * @param weight (period) float32, those of the channels in turn; 0: all 1
 * @param bias (period) float32, likewise; 0: all 0
 * @param period a multiple of groupSize
 */
export function normalizeRows(
  y: usize,
  moments: usize,
  lines: usize,
  x: usize,
  weight: usize,
  bias: usize,
  rows: usize,
  groupSize: usize,
  length: usize,
  period: usize,
  eps: f64,
  centred: bool,
): void {
  const rowLength = groupSize * length;
  const stripRows = max<usize>(1, STRIP_ELEMENTS / rowLength);
  const biasFits =
    length > 1 || !weight || biasFitsF32(weight, bias, min(rows * groupSize, period));
  let channel: usize = 0;
  while (rows) {
    const count = min(rows, stripRows);
    for (let i: usize = 0; i < count; i++) clearMoments(moments + i * MOMENTS);
    addMoments(moments, x, count, rowLength, count, 0);
    if (!weight && !bias) {
      makeLines(lines, moments, 0, 0, count, 1, 0, count, 1, eps, centred);
      applyRows(y, x, lines, count, rowLength, count, 0);
    } else if (length === 1) {
      makeLines(lines, moments, 0, 0, count, 1, 0, count, 1, eps, centred);
      for (let i: usize = 0; i < count; i++) {
        const w = weight ? weight + (channel << 2) : 0;
        const b = bias ? bias + (channel << 2) : 0;
        const at = (i * groupSize) << 2;
        applyElementsRow(y + at, x + at, lines + i * LINE, w, b, groupSize, biasFits);
        channel += groupSize;
        if (channel === period) channel = 0;
      }
    } else {
      const channels = count * groupSize;
      makeLines(
        lines,
        moments,
        weight,
        bias,
        channels,
        groupSize,
        channel,
        period,
        1,
        eps,
        centred,
      );
      applyRows(y, x, lines, channels, length, channels, 0);
      channel = (channel + channels) % period;
    }
    moments += count * MOMENTS;
    y += (count * rowLength) << 2;
    x += (count * rowLength) << 2;
    rows -= count;
  }
}
