import type { Layout } from '../tensor/channels.ts';
import type { ChannelScaling } from './spaces.ts';

// Kernels are fastest where they compute in float32, which is not always what float64 rounds to.
// But a byte has 256 values: here all are tried. Where one is wrong, kernels look values up.

/** Vectors of a line that makes values. */
const VECTORS = 5;

/** Significant bits of a scale: its products with bytes have 24, as a float32 has. */
const BITS = 16;

// Added to a float32, it rounds halves to even.
const ROUNDING = 1.5 * 2 ** 23;

/**
 * Returns lines for `toValues` of the kernels, or null where some byte would become another value.
 *
 * @param values (3, 256) what each byte is to become
 * @param lines what float64 makes of a byte before it is rounded
 */
export function valueLines(
  values: Float32Array,
  lines: readonly ChannelScaling[],
  layout: Layout,
): Float32Array | null {
  const split = lines.map(splitLine);
  if (!split.every((line, i) => isRight(line, values.subarray(256 * i, 256 * (i + 1))))) {
    return null;
  }
  const vectors = new Float32Array(3 * VECTORS * 4);
  const indices = new Uint32Array(vectors.buffer);
  for (let i = 0; i < 12; i++) {
    const [pixel, channel] = layout === 'nchw' ? [i % 4, i >> 2] : [Math.floor(i / 3), i % 3];
    const at = 4 * VECTORS * (i >> 2) + (i % 4);
    // The upper bytes of the lane become 0.
    indices[at] = 0x80808000 + 4 * pixel + channel;
    (split[channel] as SplitLine).forEach((value, k) => {
      vectors[at + 4 * (k + 1)] = value;
    });
  }
  return vectors;
}

/** Scale, shift, and what both lack. */
type SplitLine = readonly [scale: number, shift: number, fineScale: number, fineShift: number];

/** Cuts a line into one that float32 computes exactly and the rest. */
function splitLine({ scale, shift }: ChannelScaling): SplitLine {
  const coarse = significant(scale, BITS);
  // Multiples of this and of the coarse scale have an exact sum.
  const unit = significant(coarse, 1) * 2 ** (1 - BITS);
  const coarseShift = Math.round(shift / unit) * unit;
  const { fround } = Math;
  return [fround(coarse), fround(coarseShift), fround(scale - coarse), fround(shift - coarseShift)];
}

/** Rounds a number to so many bits (Veltkamp's splitting). */
function significant(value: number, bits: number): number {
  const spread = value * (2 ** (53 - bits) + 1);
  return spread - (spread - value);
}

function isRight([scale, shift, fineScale, fineShift]: SplitLine, values: Float32Array): boolean {
  const { fround } = Math;
  for (let byte = 0; byte < 256; byte++) {
    const coarse = fround(fround(byte * scale) + shift);
    const fine = fround(fround(byte * fineScale) + fineShift);
    if (!Object.is(fround(coarse + fine), values[byte])) return false;
  }
  return true;
}

/**
 * Returns lines for `recolourByLines` of the kernels, or null where some byte would become
 * another.
 *
 * @param bytes (3, 256) what each byte is to become
 * @param lines what float64 makes of a byte before it is rounded and clamped
 */
export function byteLines(
  bytes: Uint8ClampedArray,
  lines: readonly ChannelScaling[],
): Float32Array | null {
  const vectors = new Float32Array(24);
  lines.forEach(({ scale, shift }, i) => {
    vectors.fill(scale, 8 * i, 8 * i + 4).fill(shift, 8 * i + 4, 8 * i + 8);
  });
  const { fround } = Math;
  const isRightOf = (byte: number, i: number): boolean => {
    const at = 8 * (i >> 8);
    const value = fround(fround((i & 255) * (vectors[at] as number)) + (vectors[at + 4] as number));
    const rounded = fround(value + ROUNDING) - ROUNDING;
    // The kernel sees 16 bits of it.
    return Math.abs(rounded) < 2 ** 15 && Math.max(0, Math.min(255, rounded)) === byte;
  };
  return bytes.every(isRightOf) ? vectors : null;
}
