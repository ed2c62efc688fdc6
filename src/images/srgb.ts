// The transfer function of sRGB, IEC 61966-2-1, between bytes and linear light.

// Light of less than the first cell rounds to 0. A cell is the upper 16 bits of a float32.
const FIRST_CELL = 0x3900; // 2^-13
const END_OF_CELLS = 0x3f80; // 1

/** The transfer function in tables, as the kernels take it. */
export interface Srgb {
  /** (256) the light of each byte. */
  readonly light: Float32Array;
  /**
   * (1664) from 2^-13 to 1 the nearest byte to light: of each cell the byte at its beginning
   * in the upper half, and in the lower half 2^16 less the lower bits at which the next byte
   * begins, or 0.
   */
  readonly codes: Uint32Array;
}

let srgb: Srgb | undefined;

/** Returns the one set of tables. Built on first use, so importing costs nothing. */
export function sharedSrgb(): Srgb {
  srgb ??= {
    light: Float32Array.from({ length: 256 }, (_, byte) => decode(byte / 255)),
    codes: codes(),
  };
  return srgb;
}

function codes(): Uint32Array {
  const edges = Uint32Array.from({ length: 255 }, (_, byte) => edgeAfter(byte));
  const codes = new Uint32Array(END_OF_CELLS - FIRST_CELL);
  let byte = 0;
  for (let i = 0; i < codes.length; i++) {
    const start = (FIRST_CELL + i) * 65536;
    while (byte < 255 && (edges[byte] as number) <= start) byte++;
    const distance = byte < 255 ? (edges[byte] as number) - start : 65536;
    codes[i] = byte * 65536 + (distance < 65536 ? 65536 - distance : 0);
  }
  return codes;
}

/** Returns the bits of the least float32 of light that rounds to a greater byte. */
function edgeAfter(byte: number): number {
  const edge = decode((byte + 0.5) / 255);
  const float = Float32Array.of(edge);
  const bits = new Uint32Array(float.buffer)[0] as number;
  return (float[0] as number) < edge ? bits + 1 : bits;
}

/** Returns the linear light, 0 to 1, of an encoded value from 0 to 1. */
function decode(value: number): number {
  if (value <= 0.04045) return value / 12.92;
  const base = (value + 0.055) / 1.055;
  const root = fifthRoot(base);
  return base * base * root * root; // base ** 2.4
}

/**
 * Returns the fifth root by Newton's method, from above. Math.pow may differ between engines,
 * and results must not.
 *
 * @param x from 0.01 to 1
 */
function fifthRoot(x: number): number {
  let root = 1;
  for (let i = 0; i < 20; i++) root = (4 * root + x / (root * root * root * root)) / 5;
  return root;
}
