import { applyColumns } from '../columns/apply';
import { addColumnMoments } from '../columns/moments';
import { LINE, loadOr, makeLines } from '../core/line';
import { clearMoments, MOMENTS } from '../core/moments';
import { applyRows } from '../rows/apply';

/**
 * Normalizes each column of matrices by its own moments, and then sends each row through a weight
 * and a bias. Tiles of some columns are copied together, and stay in the cache from their moments to
 * their results.
 *
 * @param y (samples, rows, columns) float32, each row `stride` elements after the one before; may be x
 * @param moments (width) moments to work in: in the end those of the last tile
 * @param lines (width) lines to work in
 * @param rowLines (rows) lines to work in
 * @param tile (rows, width) float32 to work in; not used where columns are all of the stride and of
 *   one tile
 * @param x (samples, rows, columns) float32, as y
 * @param weight (rows) float32; 0: all 1
 * @param bias (rows) float32; 0: all 0
 * @param columns those of each matrix that are normalized
 * @param width the columns of a tile
 * @param scratch (width) times 6 float32 to work in
 */
export function normalizeTiles(
  y: usize,
  moments: usize,
  lines: usize,
  rowLines: usize,
  tile: usize,
  x: usize,
  weight: usize,
  bias: usize,
  samples: usize,
  rows: usize,
  columns: usize,
  stride: usize,
  width: usize,
  eps: f64,
  centred: bool,
  scratch: usize,
): void {
  const hasParameters = weight || bias;
  if (hasParameters) makeRowLines(rowLines, weight, bias, rows);
  const step = stride << 2;
  for (; samples; samples--) {
    for (let first: usize = 0; first < columns; first += width) {
      const count = min(width, columns - first);
      const isApart = count < stride;
      const bytes = count << 2;
      const from = isApart ? tile : x;
      const to = isApart ? tile : y;
      if (isApart) copyRows(tile, x + (first << 2), rows, bytes, bytes, step);
      for (let i: usize = 0; i < count; i++) clearMoments(moments + i * MOMENTS);
      addColumnMoments(moments, from, rows, count, scratch);
      makeLines(lines, moments, 0, 0, count, 1, 0, count, 1, eps, centred);
      applyColumns(to, from, lines, rows, count, count, scratch);
      if (hasParameters) applyRows(to, to, rowLines, rows, count, rows, 0);
      if (isApart) copyRows(y + (first << 2), tile, rows, bytes, step, bytes);
    }
    x += rows * step;
    y += rows * step;
  }
}

/** A weight and a bias are a line with a mean of 0. */
function makeRowLines(lines: usize, weight: usize, bias: usize, rows: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    f64.store(lines, 0, 0);
    f64.store(lines, loadOr(weight, row, 1), 8);
    f64.store(lines, loadOr(bias, row, 0), 16);
    lines += LINE;
  }
}

/** Copies rows of some bytes, which lie so many apart there and here. */
function copyRows(y: usize, x: usize, rows: usize, bytes: usize, yStep: usize, xStep: usize): void {
  for (; rows; rows--) {
    let at: usize = 0;
    for (; at + 16 <= bytes; at += 16) v128.store(y + at, v128.load(x + at));
    for (; at < bytes; at += 4) f32.store(y + at, f32.load(x + at));
    y += yStep;
    x += xStep;
  }
}
