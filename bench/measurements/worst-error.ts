/** Finds the worst |y - y*| / max(1, |y*|); NaN if y has one, or has another length than y*. */
export function worstError(actual: Float32Array, expected: Float64Array): number {
  if (actual.length !== expected.length) return Number.NaN;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const y = expected[i] as number;
    const error = Math.abs((actual[i] as number) - y) / Math.max(1, Math.abs(y));
    if (!(error <= worst)) worst = error;
    if (Number.isNaN(worst)) break;
  }
  return worst;
}
