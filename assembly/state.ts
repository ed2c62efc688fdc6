// The state of a running mean and variance: three float64 in memory,
//
//     [ count | mean | sum of squared deviations from the mean ]
//
// which two segments of data merge into without meeting again.

/** Bytes of one state. */
export const STATE: usize = 24;

export function clearState(state: usize): void {
  f64.store(state, 0, 0);
  f64.store(state, 0, 8);
  f64.store(state, 0, 16);
}

export function stateMean(state: usize): f64 {
  return f64.load(state, 8);
}

/** Returns the biased variance, the one that PyTorch normalizes with. */
export function stateVariance(state: usize): f64 {
  return f64.load(state, 16) / f64.load(state, 0);
}

/**
 * Adds a segment's count, mean and squared deviations to a state.
 *
 * Chan, Golub, LeVeque: Updating formulae and a pairwise algorithm for
 * computing sample variances (1979), formula 2.1.
 */
export function mergeIntoState(state: usize, count: f64, mean: f64, squares: f64): void {
  const before = f64.load(state, 0);
  const total = before + count;
  const delta = mean - f64.load(state, 8);
  const share = count / total;
  // The first segment is taken as it is: 0 + (mean - 0) * 1 is exact.
  f64.store(state, total, 0);
  f64.store(state, f64.load(state, 8) + delta * share, 8);
  f64.store(state, f64.load(state, 16) + squares + delta * delta * before * share, 16);
}
