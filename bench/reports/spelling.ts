/** Spells seconds with the unit that fits. */
export function spellTime(seconds: number): string {
  if (seconds >= 1) return `${seconds.toPrecision(3)} s`;
  if (seconds >= 1e-3) return `${(seconds * 1e3).toPrecision(3)} ms`;
  if (seconds >= 1e-6) return `${(seconds * 1e6).toPrecision(3)} µs`;
  return `${(seconds * 1e9).toPrecision(3)} ns`;
}

/** Spells a rate or a ratio with three digits, of which at most two are behind the point. */
export function spellNumber(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

/** Spells how long something takes, roughly. */
export function spellDuration(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} minutes`;
}

/** Spells an error with two digits. */
export function spellError(error: number): string {
  if (error === 0) return 'exact';
  if (!Number.isFinite(error)) return 'infinite';
  return error < 0.01 ? error.toExponential(1) : error.toPrecision(2);
}
