import { loadFirsts, loadSeconds, loadThirds, narrowPairs, roundPair } from '../core/lanes';
import { LINE } from '../core/line';
import {
  allFitF32,
  fitsF32,
  highMean,
  highScale,
  lowScale,
  shiftF32,
  shiftsOfDifference,
} from '../core/line-f32';
import { magnitudesOf } from '../core/magnitude';

/**
 * Bytes of four lines in float32, side by side. Each part is a vector:
 *
 *     [ high means | high scales | low scales | shifts ]
 */
export const FOUR_LINES_F32: usize = 64;

/** Converts lines to float32, four side by side. Says whether float32 can hold all of them. */
export function linesToF32(linesF32: usize, lines: usize, columns: usize): bool {
  let fit = i32x4.splat(-1);
  for (; columns >= 4; columns -= 4) {
    const others = lines + 2 * LINE;
    const means = loadFirsts(lines);
    const otherMeans = loadFirsts(others);
    const scales = loadSeconds(lines);
    const otherScales = loadSeconds(others);
    const shifts = loadThirds(lines);
    const otherShifts = loadThirds(others);
    fit = v128.and(
      fit,
      allFitF32(
        magnitudesOf(means, otherMeans),
        magnitudesOf(scales, otherScales),
        magnitudesOf(shifts, otherShifts),
      ),
    );
    const lows = f64x2.sub(scales, roundPair(scales));
    const otherLows = f64x2.sub(otherScales, roundPair(otherScales));
    const moved = shiftsOfDifference(means, scales, shifts);
    const otherMoved = shiftsOfDifference(otherMeans, otherScales, otherShifts);
    v128.store(linesF32, narrowPairs(means, otherMeans), 0);
    v128.store(linesF32, narrowPairs(scales, otherScales), 16);
    v128.store(linesF32, narrowPairs(lows, otherLows), 32);
    v128.store(linesF32, narrowPairs(moved, otherMoved), 48);
    linesF32 += FOUR_LINES_F32;
    lines += 4 * LINE;
  }
  for (; columns; columns--) {
    if (!fitsF32(lines)) return false;
    f32.store(linesF32, highMean(lines), 0);
    f32.store(linesF32, highScale(lines), 16);
    f32.store(linesF32, lowScale(lines), 32);
    f32.store(linesF32, shiftF32(lines), 48);
    linesF32 += 4;
    lines += LINE;
  }
  return i32x4.all_true(fit);
}
