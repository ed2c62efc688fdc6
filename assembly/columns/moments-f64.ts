import { columnChunkRows } from '../core/chunks';
import { MOMENTS, mergeIntoMoments } from '../core/moments';

/**
 * Adds the moments of columns, in float64.
 *
 * @param moments (columns) moments
 * @param x (rows, columns) float32
 */
export function addColumnMomentsF64(moments: usize, x: usize, rows: usize, columns: usize): void {
  const chunkRows = columnChunkRows(columns);
  const step = columns << 2;
  for (; rows; ) {
    const count = min(rows, chunkRows);
    for (let column: usize = 0; column < columns; column++) {
      mergeColumnF64(moments + column * MOMENTS, x + (column << 2), count, step);
    }
    x += count * step;
    rows -= count;
  }
}

/** Adds the elements at every `step` bytes to moments, in float64. */
export function mergeColumnF64(moments: usize, x: usize, length: usize, step: usize): void {
  const count = <f64>length;
  const end = x + length * step;
  let sum: f64 = 0;
  for (let at = x; at < end; at += step) sum += <f64>f32.load(at);
  const mean = sum / count;
  let squares: f64 = 0;
  let rest: f64 = 0;
  for (let at = x; at < end; at += step) {
    const d = <f64>f32.load(at) - mean;
    squares += d * d;
    rest += d;
  }
  mergeIntoMoments(moments, count, mean, squares, rest / count);
}
