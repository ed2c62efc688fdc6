import { LINE } from '../core/line';
import { fitsF32, highMean, highScale, lowScale, shiftF32 } from '../core/line-f32';

/**
 * Bytes of four lines in float32, side by side. Each part is a vector:
 *
 *     [ high means | high scales | low scales | shifts ]
 */
export const FOUR_LINES_F32: usize = 64;

/** Converts lines to float32, four side by side. Says whether float32 can hold all of them. */
export function linesToF32(linesF32: usize, lines: usize, columns: usize): bool {
  for (let column: usize = 0; column < columns; column++) {
    if (!fitsF32(lines)) return false;
    f32.store(linesF32, highMean(lines), 0);
    f32.store(linesF32, highScale(lines), 16);
    f32.store(linesF32, lowScale(lines), 32);
    f32.store(linesF32, shiftF32(lines), 48);
    linesF32 += (column & 3) === 3 ? FOUR_LINES_F32 - 12 : 4;
    lines += LINE;
  }
  return true;
}
