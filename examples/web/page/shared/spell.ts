/** Spells a number with so many decimals, a true minus, and no sign before zero. */
export function spellNumber(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

/** Spells a number of pixels: 12.0 megapixels. */
export function megapixels(pixels: number): string {
  return `${spellMillions(pixels)} megapixels`;
}

/** Spells a number of pixels shortly: 12.0 MP. */
export function spellPixels(pixels: number): string {
  return `${spellMillions(pixels)} MP`;
}

/** Spells a time in seconds, with two digits that count: 0.08 s. */
export function spellSeconds(milliseconds: number): string {
  const seconds = milliseconds / 1e3;
  const decimals = seconds >= 10 ? 0 : seconds >= 1 ? 1 : seconds >= 0.01 ? 2 : 3;
  return `${Math.max(seconds, 0.001).toFixed(decimals)} s`;
}

/** Begins a sentence. */
export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function spellMillions(pixels: number): string {
  const millions = pixels / 1e6;
  return millions.toFixed(millions < 1 ? 2 : 1);
}
