/** Spells a number with so many decimals, a true minus, and no sign before zero. */
export function spellNumber(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}
