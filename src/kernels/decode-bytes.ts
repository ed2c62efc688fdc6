const SHIFT = 4;
const BASE = 88;
const DIGITS = 36; // '$'
const DIGITS_END = 123; // '{'

/**
 * Decodes the text that `scripts/embed-kernels.mjs` makes of bytes.
 *
 * The text has a digit to base 88, from '$' to '{', for each byte plus 4: adding 4 makes
 * digits alone of the opcodes of SIMD (0xFD) and of small numbers. '|' before a digit
 * stands for 88, '}' for 176.
 */
export function decodeBytes(text: string): Uint8Array<ArrayBuffer> {
  // The first result waits for this loop, which runs before the engine compiles it. So it
  // reads an array, whose elements cost half of what characters cost, and decodes in place,
  // since each byte takes at least a character.
  const bytes = encode(text);
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

/** Returns the codes of characters. An audio worklet, for one, has no TextEncoder. */
function encode(text: string): Uint8Array<ArrayBuffer> {
  if (typeof TextEncoder !== 'undefined') return new TextEncoder().encode(text);
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
