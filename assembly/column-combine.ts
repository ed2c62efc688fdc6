import { COMBINATION } from './combine';
import { narrowFour } from './lanes';

/**
 * Combines each column: dx = a * g + b * z + c.
 *
 * @param dx (rows, columns) float32; may be g or z
 * @param g (rows, columns) float32
 * @param z (rows, columns) float32
 * @param combinations (columns) combinations
 */
export function combineColumns(
  dx: usize,
  g: usize,
  z: usize,
  combinations: usize,
  rows: usize,
  columns: usize,
): void {
  const step = columns << 2;
  const wholes = columns & ~3;
  for (let column: usize = 0; column < wholes; column += 4) {
    const at = column << 2;
    combineFourColumns(dx + at, g + at, z + at, combinations + column * COMBINATION, rows, step);
  }
  for (let column = wholes; column < columns; column++) {
    const combination = combinations + column * COMBINATION;
    const a = <f32>f64.load(combination, 0);
    const b = <f32>f64.load(combination, 8);
    const c = <f32>f64.load(combination, 16);
    let at = column << 2;
    for (let row: usize = 0; row < rows; row++) {
      f32.store(dx + at, f32.load(g + at) * a + (f32.load(z + at) * b + c));
      at += step;
    }
  }
}

function combineFourColumns(
  dx: usize,
  g: usize,
  z: usize,
  combinations: usize,
  rows: usize,
  step: usize,
): void {
  const as = narrowFour(combinations, COMBINATION);
  const bs = narrowFour(combinations + 8, COMBINATION);
  const cs = narrowFour(combinations + 16, COMBINATION);
  for (; rows; rows--) {
    const inner = f32x4.add(f32x4.mul(v128.load(z), bs), cs);
    v128.store(dx, f32x4.add(f32x4.mul(v128.load(g), as), inner));
    dx += step;
    g += step;
    z += step;
  }
}
