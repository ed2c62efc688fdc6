import { LINE } from '../core/line';
import { fitsFloat32, highMean, highScale, lowScale, narrowShift } from '../core/line-parts';

// From so many columns on, rows are gone through one after the other: stores in strides
// of 512 bytes and more are three times slower where memory is waited for.
export const WIDE: usize = 128;

// Four lines in float32 side by side, each part a vector:
//
//     [ high means | high scales | low scales | shifts ]
export const NARROW_LINES: usize = 64;

/** Says whether float32 arithmetic can hold all lines. */
export function allFitFloat32(lines: usize, columns: usize): bool {
  for (let column: usize = 0; column < columns; column++) {
    if (!fitsFloat32(lines + column * LINE)) return false;
  }
  return true;
}

/** Takes lines apart into float32, four side by side. */
export function narrowLines(narrow: usize, lines: usize, columns: usize): void {
  for (let column: usize = 0; column < columns; column++) {
    f32.store(narrow, highMean(lines), 0);
    f32.store(narrow, highScale(lines), 16);
    f32.store(narrow, lowScale(lines), 32);
    f32.store(narrow, narrowShift(lines), 48);
    narrow += (column & 3) === 3 ? NARROW_LINES - 12 : 4;
    lines += LINE;
  }
}
