import { columnChunkRows } from '../core/chunks';
import {
  allCombinationsFitF32,
  COMBINATION,
  combinationFitsF32,
  combined,
  combinedScale,
} from '../core/combination';
import {
  loadFirsts,
  loadPair,
  loadSeconds,
  loadThirds,
  narrowPairs,
  storePair,
} from '../core/lanes';
import { LINE } from '../core/line';
import {
  allDifferencesFitF32,
  highMean,
  scaledDifference,
  shiftOfDifference,
  shiftsOfDifference,
} from '../core/line-f32';
import { magnitudesOf } from '../core/magnitude';
import { FEW_ROWS } from './few-rows';
import { MANY_COLUMNS } from './many-columns';

// The lines and combinations of four columns in float32, side by side. Each part is a
// vector:
//
//     [ high means | high scales | a | b | c ]
const FOUR_COLUMNS_F32: usize = 80;

// Those of two columns in float64, side by side:
//
//     [ means | b * scales | a | c + b * shifts ]
const TWO_COLUMNS_F64: usize = 64;

/**
 * Combines each column: dx = a * g + b * z + c, where z = (x - mean) * scale + shift.
 *
 * @param dx (rows, columns) float32, in rows that lie `stride` elements apart; may be g or x
 * @param g (rows, columns) float32, likewise
 * @param x (rows, columns) float32, likewise
 * @param lines (columns) lines
 * @param combinations (columns) combinations
 * @param scratch (columns, rounded up to fours) times 8 float32 to work in
 */
export function combineColumns(
  dx: usize,
  g: usize,
  x: usize,
  lines: usize,
  combinations: usize,
  rows: usize,
  columns: usize,
  stride: usize,
  scratch: usize,
): void {
  const chunkRows = columnChunkRows(columns);
  const step = stride << 2;
  for (; rows; ) {
    const count = min(rows, chunkRows);
    combineChunk(dx, g, x, lines, combinations, count, columns, step, scratch);
    dx += count * step;
    g += count * step;
    x += count * step;
    rows -= count;
  }
}

function combineChunk(
  dx: usize,
  g: usize,
  x: usize,
  lines: usize,
  combinations: usize,
  rows: usize,
  columns: usize,
  step: usize,
  scratch: usize,
): void {
  const size = columns << 2;
  if (rows < FEW_ROWS || !columnsToF32(scratch, lines, combinations, columns)) {
    columnsToF64(scratch, lines, combinations, columns);
    for (; rows; rows--) {
      combineRowF64(dx, g, x, scratch, columns);
      dx += step;
      g += step;
      x += step;
    }
    return;
  }

  if (columns < MANY_COLUMNS) {
    for (; rows >= 4; rows -= 4) {
      combineFourRows(dx, g, x, scratch, size, step);
      dx += step << 2;
      g += step << 2;
      x += step << 2;
    }
  }
  for (; rows; rows--) {
    combineOneRow(dx, g, x, scratch, size);
    dx += step;
    g += step;
    x += step;
  }
}

/**
 * Converts lines and combinations to float32, four side by side. With d = x - high mean, z
 * is d * scale + shift, and b * shift is added to c. Says whether float32 can hold all of them.
 */
function columnsToF32(columnsF32: usize, lines: usize, combinations: usize, columns: usize): bool {
  let fit = i32x4.splat(-1);
  for (; columns >= 4; columns -= 4) {
    const otherLines = lines + 2 * LINE;
    const means = loadFirsts(lines);
    const otherMeans = loadFirsts(otherLines);
    const scales = loadSeconds(lines);
    const otherScales = loadSeconds(otherLines);
    const moved = shiftsOfDifference(means, scales, loadThirds(lines));
    const otherMoved = shiftsOfDifference(otherMeans, otherScales, loadThirds(otherLines));
    const others = combinations + 2 * COMBINATION;
    const as = loadFirsts(combinations);
    const otherAs = loadFirsts(others);
    const bs = loadSeconds(combinations);
    const otherBs = loadSeconds(others);
    const cs = loadThirds(combinations);
    const otherCs = loadThirds(others);
    const linesFit = allDifferencesFitF32(
      magnitudesOf(means, otherMeans),
      magnitudesOf(scales, otherScales),
    );
    const combinationsFit = allCombinationsFitF32(
      magnitudesOf(as, otherAs),
      magnitudesOf(bs, otherBs),
      magnitudesOf(cs, otherCs),
    );
    fit = v128.and(fit, v128.and(linesFit, combinationsFit));
    const zeros = f64x2.splat(0);
    const taken = v128.andnot(scales, f64x2.eq(bs, zeros));
    const otherTaken = v128.andnot(otherScales, f64x2.eq(otherBs, zeros));
    const sums = f64x2.add(cs, f64x2.mul(bs, moved));
    const otherSums = f64x2.add(otherCs, f64x2.mul(otherBs, otherMoved));
    v128.store(columnsF32, narrowPairs(means, otherMeans), 0);
    v128.store(columnsF32, narrowPairs(taken, otherTaken), 16);
    v128.store(columnsF32, narrowPairs(as, otherAs), 32);
    v128.store(columnsF32, narrowPairs(bs, otherBs), 48);
    v128.store(columnsF32, narrowPairs(sums, otherSums), 64);
    columnsF32 += FOUR_COLUMNS_F32;
    lines += 4 * LINE;
    combinations += 4 * COMBINATION;
  }
  for (; columns; columns--) {
    if (!combinationFitsF32(combinations, lines)) return false;
    const b = f64.load(combinations, 8);
    f32.store(columnsF32, highMean(lines), 0);
    f32.store(columnsF32, combinedScale(combinations, lines), 16);
    f32.store(columnsF32, <f32>f64.load(combinations, 0), 32);
    f32.store(columnsF32, <f32>b, 48);
    f32.store(columnsF32, <f32>(f64.load(combinations, 16) + b * shiftOfDifference(lines)), 64);
    columnsF32 += 4;
    combinations += COMBINATION;
    lines += LINE;
  }
  return i32x4.all_true(fit);
}

function combineFourRows(
  dx: usize,
  g: usize,
  x: usize,
  columnsF32: usize,
  size: usize,
  step: usize,
): void {
  const end = x + size;
  for (const vectors = x + (size & ~15); x < vectors; ) {
    const highs = v128.load(columnsF32, 0);
    const scales = v128.load(columnsF32, 16);
    const as = v128.load(columnsF32, 32);
    const bs = v128.load(columnsF32, 48);
    const cs = v128.load(columnsF32, 64);
    const az = scaledDifference(v128.load(x), highs, scales);
    const bz = scaledDifference(v128.load(x + step), highs, scales);
    const cz = scaledDifference(v128.load(x + 2 * step), highs, scales);
    const dz = scaledDifference(v128.load(x + 3 * step), highs, scales);
    const first = combined(v128.load(g), az, as, bs, cs);
    const second = combined(v128.load(g + step), bz, as, bs, cs);
    const third = combined(v128.load(g + 2 * step), cz, as, bs, cs);
    const fourth = combined(v128.load(g + 3 * step), dz, as, bs, cs);
    v128.store(dx, first);
    v128.store(dx + step, second);
    v128.store(dx + 2 * step, third);
    v128.store(dx + 3 * step, fourth);
    columnsF32 += FOUR_COLUMNS_F32;
    dx += 16;
    g += 16;
    x += 16;
  }
  for (; x < end; x += 4) {
    for (let row: usize = 0; row < 4; row++) {
      combineOne(dx + row * step, g + row * step, x + row * step, columnsF32);
    }
    columnsF32 += 4;
    dx += 4;
    g += 4;
  }
}

function combineOneRow(dx: usize, g: usize, x: usize, columnsF32: usize, size: usize): void {
  const end = x + size;
  for (const vectors = x + (size & ~15); x < vectors; x += 16) {
    const z = scaledDifference(v128.load(x), v128.load(columnsF32, 0), v128.load(columnsF32, 16));
    const as = v128.load(columnsF32, 32);
    const bs = v128.load(columnsF32, 48);
    const cs = v128.load(columnsF32, 64);
    v128.store(dx, combined(v128.load(g), z, as, bs, cs));
    columnsF32 += FOUR_COLUMNS_F32;
    dx += 16;
    g += 16;
  }
  for (; x < end; x += 4) {
    combineOne(dx, g, x, columnsF32);
    columnsF32 += 4;
    dx += 4;
    g += 4;
  }
}

function combineOne(dx: usize, g: usize, x: usize, columnsF32: usize): void {
  const z = (f32.load(x) - f32.load(columnsF32, 0)) * f32.load(columnsF32, 16);
  const inner = z * f32.load(columnsF32, 48) + f32.load(columnsF32, 64);
  f32.store(dx, f32.load(g) * f32.load(columnsF32, 32) + inner);
}

/** Converts lines and combinations to two side by side in float64. */
function columnsToF64(columnsF64: usize, lines: usize, combinations: usize, columns: usize): void {
  for (let column: usize = 0; column < columns; column++) {
    const b = f64.load(combinations, 8);
    f64.store(columnsF64, f64.load(lines), 0);
    f64.store(columnsF64, b * f64.load(lines, 8), 16);
    f64.store(columnsF64, f64.load(combinations), 32);
    f64.store(columnsF64, f64.load(combinations, 16) + b * f64.load(lines, 16), 48);
    columnsF64 += column & 1 ? TWO_COLUMNS_F64 - 8 : 8;
    combinations += COMBINATION;
    lines += LINE;
  }
}

/** Combines a row in float64, and rounds once. */
function combineRowF64(dx: usize, g: usize, x: usize, columnsF64: usize, columns: usize): void {
  for (; columns >= 2; columns -= 2) {
    const d = f64x2.sub(loadPair(x), v128.load(columnsF64, 0));
    const inner = f64x2.add(f64x2.mul(d, v128.load(columnsF64, 16)), v128.load(columnsF64, 48));
    storePair(dx, f64x2.add(f64x2.mul(loadPair(g), v128.load(columnsF64, 32)), inner));
    columnsF64 += TWO_COLUMNS_F64;
    dx += 8;
    g += 8;
    x += 8;
  }
  if (columns) {
    const d = <f64>f32.load(x) - f64.load(columnsF64, 0);
    const inner = d * f64.load(columnsF64, 16) + f64.load(columnsF64, 48);
    f32.store(dx, <f32>(<f64>f32.load(g) * f64.load(columnsF64, 32) + inner));
  }
}
