/**
 * Decodes the text that `scripts/embed-kernels.mjs` makes of bytes.
 *
 * Each byte plus 4, so that the opcodes of SIMD (0xFD) and small numbers come first,
 * is a digit to base 88, from '$' to '{'. What that leaves over, 88 or twice as much,
 * goes before it as '|' or '}'.
 */
export function decodeBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const over = Math.max(0, code - 123);
    const digit = (over === 0 ? code : text.charCodeAt(++at)) - 36;
    bytes[length++] = over * 88 + digit - 4; // modulo 256
  }
  return bytes.subarray(0, length);
}
