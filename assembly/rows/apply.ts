import { loadFirsts, loadSeconds, loadThirds, narrowPairs, roundPair } from '../core/lanes';
import { applyF64, LINE } from '../core/line';
import {
  allFitF32,
  applyF32,
  fitsF32,
  highMean,
  highScale,
  lowScale,
  scaled,
  shiftF32,
  shiftsOfDifference,
} from '../core/line-f32';
import { magnitudesOf } from '../core/magnitude';

// The longest rows whose lines are worth converting four at a time.
const MAX_SHORT_ROW: usize = 64;

/**
 * Applies a line to each row: y = (x - mean) * scale + shift.
 *
 * All is in one loop: a function for each row takes a sixth of the time of 25 elements.
 *
 * @param y (rows, length) float32, with a gap after each period; may be x
 * @param x (rows, length) float32, likewise
 * @param lines (period) lines, row r takes line r mod period
 * @param gap elements between the end of a period and the next
 */
export function applyRows(
  y: usize,
  x: usize,
  lines: usize,
  rows: usize,
  length: usize,
  period: usize,
  gap: usize,
): void {
  const bytes = length << 2;
  const isShort = length >= 4 && length <= MAX_SHORT_ROW;
  const linesEnd = lines + period * LINE;
  let line = lines;
  while (rows) {
    if (isShort && rows >= 4 && line + 4 * LINE <= linesEnd && applyFourRows(y, x, line, length)) {
      x += bytes << 2;
      y += bytes << 2;
      line += 4 * LINE;
      rows -= 4;
    } else {
      const end = x + bytes;
      const yEnd = y + bytes;
      if (length < 4 || !fitsF32(line)) {
        applyPlainly(y, x, line, length);
      } else {
        const highs = f32x4.splat(highMean(line));
        const scales = f32x4.splat(highScale(line));
        const lows = f32x4.splat(lowScale(line));
        const shifts = f32x4.splat(shiftF32(line));
        // The last vector may overlap the one before it. It is made first, since y may be x.
        const last = scaled(f32x4.sub(v128.load(end - 16), highs), scales, lows, shifts);

        if (f64.load(line) === 0) {
          for (; x + 64 <= end; x += 64, y += 64) {
            v128.store(y, scaled(v128.load(x, 0), scales, lows, shifts), 0);
            v128.store(y, scaled(v128.load(x, 16), scales, lows, shifts), 16);
            v128.store(y, scaled(v128.load(x, 32), scales, lows, shifts), 32);
            v128.store(y, scaled(v128.load(x, 48), scales, lows, shifts), 48);
          }
        }
        for (; x + 64 <= end; x += 64, y += 64) {
          const a = f32x4.sub(v128.load(x, 0), highs);
          const b = f32x4.sub(v128.load(x, 16), highs);
          const c = f32x4.sub(v128.load(x, 32), highs);
          const d = f32x4.sub(v128.load(x, 48), highs);
          v128.store(y, scaled(a, scales, lows, shifts), 0);
          v128.store(y, scaled(b, scales, lows, shifts), 16);
          v128.store(y, scaled(c, scales, lows, shifts), 32);
          v128.store(y, scaled(d, scales, lows, shifts), 48);
        }
        for (; x + 16 <= end; x += 16, y += 16) {
          const d = f32x4.sub(v128.load(x), highs);
          v128.store(y, scaled(d, scales, lows, shifts));
        }
        v128.store(yEnd - 16, last);
      }
      x = end;
      y = yEnd;
      line += LINE;
      rows--;
    }
    if (line === linesEnd) {
      line = lines;
      x += gap << 2;
      y += gap << 2;
    }
  }
}

/**
 * Applies four lines, which are converted to float32 together, to four short rows of at least four
 * elements. Says whether float32 can hold all of them; else nothing is written.
 */
function applyFourRows(y: usize, x: usize, lines: usize, length: usize): bool {
  const others = lines + 2 * LINE;
  const means = loadFirsts(lines);
  const otherMeans = loadFirsts(others);
  const scales = loadSeconds(lines);
  const otherScales = loadSeconds(others);
  const shifts = loadThirds(lines);
  const otherShifts = loadThirds(others);
  const fit = allFitF32(
    magnitudesOf(means, otherMeans),
    magnitudesOf(scales, otherScales),
    magnitudesOf(shifts, otherShifts),
  );
  if (!i32x4.all_true(fit)) return false;
  const lows = f64x2.sub(scales, roundPair(scales));
  const otherLows = f64x2.sub(otherScales, roundPair(otherScales));
  const moved = shiftsOfDifference(means, scales, shifts);
  const otherMoved = shiftsOfDifference(otherMeans, otherScales, otherShifts);
  let highs = narrowPairs(means, otherMeans);
  let factors = narrowPairs(scales, otherScales);
  let rests = narrowPairs(lows, otherLows);
  let added = narrowPairs(moved, otherMoved);
  const lastAt = (length << 2) - 16;
  for (let row = 0; row < 4; row++) {
    const high = firstInAll(highs);
    const factor = firstInAll(factors);
    const rest = firstInAll(rests);
    const shift = firstInAll(added);
    // The last vector may overlap the one before it. It is made first, since y may be x.
    const last = scaled(f32x4.sub(v128.load(x + lastAt), high), factor, rest, shift);
    for (let at: usize = 0; at < lastAt; at += 16) {
      v128.store(y + at, scaled(f32x4.sub(v128.load(x + at), high), factor, rest, shift));
    }
    v128.store(y + lastAt, last);
    highs = turned(highs);
    factors = turned(factors);
    rests = turned(rests);
    added = turned(added);
    x += lastAt + 16;
    y += lastAt + 16;
  }
  return true;
}

/** Returns the first lane in all. */
function firstInAll(x: v128): v128 {
  return v128.shuffle<f32>(x, x, 0, 0, 0, 0);
}

/** Returns the lanes with the second as the first, and the first as the last. */
function turned(x: v128): v128 {
  return v128.shuffle<f32>(x, x, 1, 2, 3, 0);
}

/** Applies a line that float32 can't hold, or one to less than a vector. */
function applyPlainly(y: usize, x: usize, line: usize, length: usize): void {
  if (fitsF32(line)) applyF32(y, x, line, length, 4);
  else applyF64(y, x, line, length, 4);
}
