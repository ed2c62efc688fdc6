// The state of a mean and variance that is still being added to: four float64
// in memory,
//
//     [ count | mean | sum of squared deviations from the mean | rest of the mean ]
//
// which segments of data merge into without meeting again. The rest is what the
// mean lost to rounding: without it a variance that is merged from many parts is
// off by 1e-11 at mean 1e6, std 1 (measured).

/** Bytes of one state. */
export const STATE: usize = 32;

// Outside of this range of variances float32 squares overflow or lose bits to
// underflow. The bounds leave 2^26 between the smallest square that matters and
// the smallest float32.
const MIN_VARIANCE: f64 = 7.888609052210118e-31; // 2^-100
const MAX_VARIANCE: f64 = 1.2676506002282294e30; // 2^100

// The share of all squares that one sum of four may hold, in float32.
const MAX_PEAK: f64 = 0.125;

// What may cancel, as a multiple of what is left: in float32 a third of a bit, of
// float64's 53 bits as many as leave 32.
const MAX_CANCELLED: f64 = 0.25;
const MAX_CANCELLED_EXACT: f64 = 1048576; // 2^20

export function clearState(state: usize): void {
  f64.store(state, 0, 0);
  f64.store(state, 0, 8);
  f64.store(state, 0, 16);
  f64.store(state, 0, 24);
}

export function stateMean(state: usize): f64 {
  return f64.load(state, 8);
}

/** Returns the biased variance, the one that PyTorch normalizes with. */
export function stateVariance(state: usize): f64 {
  return f64.load(state, 16) / f64.load(state, 0);
}

/**
 * Adds a segment's count, mean, squared deviations and rest of the mean to a
 * state.
 *
 * Chan, Golub, LeVeque: Updating formulae and a pairwise algorithm for
 * computing sample variances (1979), formula 2.1. What the new mean loses is
 * found by Knuth's two-sum.
 */
export function mergeIntoState(state: usize, count: f64, mean: f64, squares: f64, rest: f64): void {
  const before = f64.load(state, 0);
  // The first segment is taken as it is, for most states the only one.
  if (before === 0) {
    f64.store(state, count, 0);
    f64.store(state, mean, 8);
    f64.store(state, squares, 16);
    f64.store(state, rest, 24);
    return;
  }
  const total = before + count;
  const share = count / total;
  const oldMean = f64.load(state, 8);
  const oldRest = f64.load(state, 24);
  const delta = mean - oldMean + (rest - oldRest);
  const move = delta * share;
  const newMean = oldMean + move;
  const kept = newMean - move;
  const lost = oldMean - kept + (move - (newMean - kept));
  f64.store(state, total, 0);
  f64.store(state, newMean, 8);
  f64.store(state, f64.load(state, 16) + squares + delta * delta * before * share, 16);
  f64.store(state, oldRest + lost, 24);
}

/**
 * Merges parts into states: part p goes into state (p / share) mod period.
 *
 * @param states (period) states
 * @param parts (count) states
 */
export function mergeMoments(
  states: usize,
  parts: usize,
  count: usize,
  share: usize,
  period: usize,
): void {
  for (let part: usize = 0; part < count; part++) {
    const state = states + ((part / share) % period) * STATE;
    const size = f64.load(parts);
    if (size !== 0) {
      mergeIntoState(state, size, stateMean(parts), f64.load(parts, 16), f64.load(parts, 24));
    }
    parts += STATE;
  }
}

/**
 * Adds a segment that was summed in float32 around a shift near its mean, if the
 * sums are good for it, and says whether they were. With d = x - shift,
 *
 *     mean    = shift + sum(d) / n
 *     squares = sum(d * d) - sum(d)^2 / n
 *
 * loses next to nothing to cancellation as long as |mean - shift| is at most half
 * the standard deviation. Otherwise, or where float32 can't hold the
 * squares, or where there is a NaN, the segment has to be summed in float64; and
 * so where a few elements outweigh all others, since then their rounding does
 * not average out.
 *
 * @param peak the largest sum of four squares
 */
export function mergeShiftedSums(
  state: usize,
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
  if (!inRange || lost > squares * MAX_CANCELLED || peak > square * MAX_PEAK) return false;
  mergeIntoState(state, count, shift + offset, squares, 0);
  return true;
}

/**
 * Adds a segment that was summed in float64 if not too much cancelled, and says
 * whether it did.
 */
export function mergeExactSums(state: usize, count: f64, sum: f64, square: f64): bool {
  const mean = sum / count;
  const lost = sum * mean;
  const squares = square - lost;
  if (!(lost <= squares * MAX_CANCELLED_EXACT)) return false;
  mergeIntoState(state, count, mean, squares, 0);
  return true;
}
