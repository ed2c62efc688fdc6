import { mergeIntoState, STATE } from '../core/moments';

/**
 * Adds the moments of each column to its state, in float64.
 *
 * @param states (columns) states
 * @param x (rows, columns) float32
 */
export function addColumnMomentsF64(states: usize, x: usize, rows: usize, columns: usize): void {
  for (let column: usize = 0; column < columns; column++) {
    mergeWideColumn(states, x, rows, columns << 2);
    states += STATE;
    x += 4;
  }
}

/** Adds the elements at every `step` bytes to a state, in float64. */
export function mergeWideColumn(state: usize, x: usize, length: usize, step: usize): void {
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
  mergeIntoState(state, count, mean, squares, rest / count);
}
