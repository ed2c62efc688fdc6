// The moments of data that may still grow are four float64 in memory:
//
//     [ count | mean | sum of squared deviations from the mean | rest of the mean ]
//
// Segments of data merge into them one by one. A segment that is merged is not needed
// again. The rest is what the mean lost to rounding. Without it a variance that is merged
// from many parts is off by 1e-11 at mean 1e6, std 1 (measured).

/** Bytes of the moments of one row, column or group. */
export const MOMENTS: usize = 32;

// Outside of this range of variances, float32 squares overflow or lose bits to underflow.
// The bounds leave a factor of 2^26 between the smallest square that matters and the
// smallest float32.
const MIN_VARIANCE: f64 = 7.888609052210118e-31; // 2^-100
const MAX_VARIANCE: f64 = 1.2676506002282294e30; // 2^100

// The largest part of the sum of all squares that one sum of four squares may hold, in
// float32.
const MAX_PEAK: f64 = 0.125;

// The most that may cancel, as a multiple of what is left. In float32 this is a third of a
// bit. In float64 it leaves 32 of the 53 bits.
const MAX_CANCELLED_F32: f64 = 0.25;
const MAX_CANCELLED_F64: f64 = 1048576; // 2^20

export function clearMoments(moments: usize): void {
  f64.store(moments, 0, 0);
  f64.store(moments, 0, 8);
  f64.store(moments, 0, 16);
  f64.store(moments, 0, 24);
}

export function meanOf(moments: usize): f64 {
  return f64.load(moments, 8);
}

/** Returns the biased variance, the one that PyTorch normalizes with. */
export function varianceOf(moments: usize): f64 {
  return f64.load(moments, 16) / f64.load(moments, 0);
}

/** Says whether nothing has been merged into moments. */
export function areEmpty(moments: usize): bool {
  return f64.load(moments) === 0;
}

/** Sets moments to those of one segment. */
export function setMoments(moments: usize, count: f64, mean: f64, squares: f64, rest: f64): void {
  f64.store(moments, count, 0);
  f64.store(moments, mean, 8);
  f64.store(moments, squares, 16);
  f64.store(moments, rest, 24);
}

/**
 * Merges a segment into moments, given its count, mean, sum of squared deviations and rest
 * of the mean.
 *
 * Chan, Golub, LeVeque: Updating formulae and a pairwise algorithm for computing sample
 * variances (1979), formula 2.1. Knuth's two-sum finds what the new mean loses.
 */
export function mergeIntoMoments(
  moments: usize,
  count: f64,
  mean: f64,
  squares: f64,
  rest: f64,
): void {
  // The first segment is taken as it is. Most moments have no other.
  if (areEmpty(moments)) {
    setMoments(moments, count, mean, squares, rest);
    return;
  }
  const before = f64.load(moments, 0);
  const total = before + count;
  const fraction = count / total;
  const oldMean = f64.load(moments, 8);
  const oldRest = f64.load(moments, 24);
  const delta = mean - oldMean + (rest - oldRest);
  const move = delta * fraction;
  const newMean = oldMean + move;
  const kept = newMean - move;
  const lost = oldMean - kept + (move - (newMean - kept));
  f64.store(moments, total, 0);
  f64.store(moments, newMean, 8);
  f64.store(moments, f64.load(moments, 16) + squares + delta * delta * before * fraction, 16);
  f64.store(moments, oldRest + lost, 24);
}

/**
 * Merges parts, which are moments themselves, into moments. Each group of `groupSize`
 * consecutive parts goes into the same moments: part p into those at
 * (p / groupSize) mod period.
 *
 * @param moments (period) moments
 * @param parts (count) moments
 */
export function mergeMoments(
  moments: usize,
  parts: usize,
  count: usize,
  groupSize: usize,
  period: usize,
): void {
  for (let part: usize = 0; part < count; part++) {
    const target = moments + ((part / groupSize) % period) * MOMENTS;
    const size = f64.load(parts);
    if (size !== 0) {
      mergeIntoMoments(target, size, meanOf(parts), f64.load(parts, 16), f64.load(parts, 24));
    }
    parts += MOMENTS;
  }
}

/**
 * Merges a segment that was summed in float32 around a shift near its mean, if the sums
 * are accurate enough, and says whether they were. With d = x - shift,
 *
 *     mean    = shift + sum(d) / n
 *     squares = sum(d * d) - sum(d)^2 / n
 *
 * The difference loses next to nothing to cancellation as long as |mean - shift| is at
 * most half the standard deviation. The segment has to be summed in float64 instead
 *
 * - where the shift is farther from the mean,
 * - where float32 can't hold the squares, or there is a NaN,
 * - where a few elements outweigh all others, since then their rounding does not average
 *   out.
 *
 * @param peak the largest sum of four squares
 */
export function mergeShiftedSums(
  moments: usize,
  count: f64,
  shift: f64,
  sum: f64,
  square: f64,
  peak: f64,
): bool {
  const offset = sum / count;
  const lost = sum * offset;
  const squares = square - lost;
  const inRange = squares >= count * MIN_VARIANCE && squares <= count * MAX_VARIANCE;
  if (!inRange || lost > squares * MAX_CANCELLED_F32 || peak > square * MAX_PEAK) return false;
  mergeIntoMoments(moments, count, shift + offset, squares, 0);
  return true;
}

/**
 * Says whether squared deviations, found in float64 as a sum of squares less what is lost, have
 * enough digits left.
 */
export function keepsDigits(squares: f64, lost: f64): bool {
  return lost <= squares * MAX_CANCELLED_F64;
}

/**
 * Merges a segment that was summed in float64 if not too much cancelled, and says whether
 * it was merged.
 */
export function mergeF64Sums(moments: usize, count: f64, sum: f64, square: f64): bool {
  const mean = sum / count;
  const lost = sum * mean;
  const squares = square - lost;
  if (!keepsDigits(squares, lost)) return false;
  mergeIntoMoments(moments, count, mean, squares, 0);
  return true;
}
