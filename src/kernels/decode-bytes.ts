const SHIFT = 4;
const BASE = 88;
const DIGITS = 36; // '$'
const DIGITS_END = 123; // '{'

/**
 * Decodes the text that `scripts/embed-kernels.mjs` makes of bytes.
 *
 * Each byte plus 4, so that the opcodes of SIMD (0xFD) and small numbers come first,
 * is a digit to base 88, from '$' to '{'. What that leaves over, 88 or twice as much,
 * goes before it as '|' or '}'.
 */
export function decodeBytes(text: string): Uint8Array<ArrayBuffer> {
  // In place, as no byte takes less than a character; from an array, whose elements
  // cost half of what characters do. The first result waits for this, not yet compiled.
  const bytes = new TextEncoder().encode(text);
  let length = 0;
  let over = 0;
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at] as number;
    if (code > DIGITS_END) {
      over = (code - DIGITS_END) * BASE;
    } else {
      bytes[length++] = over + code - DIGITS - SHIFT; // modulo 256
      over = 0;
    }
  }
  return bytes.subarray(0, length);
}
