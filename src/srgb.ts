// The transfer function of sRGB, IEC 61966-2-1, between bytes and linear light.

import { fifthRoot } from './roots.ts';

/** Returns the linear light, 0 to 1, of an encoded value from 0 to 1. */
function decode(value: number): number {
  if (value <= 0.04045) return value / 12.92;
  const base = (value + 0.055) / 1.055;
  const root = fifthRoot(base);
  return base * base * root * root; // base ** 2.4
}

/** The linear light of each byte. */
export const linearOfByte: Float64Array = Float64Array.from({ length: 256 }, (_, byte) =>
  decode(byte / 255),
);

// Light from thresholds[byte] on rounds to a byte above it.
const thresholds = Float64Array.from({ length: 255 }, (_, byte) => decode((byte + 0.5) / 255));

// The smallest byte of each of 4096 steps of light: a search starts there.
const STEPS = 4096;
const smallest = Uint8Array.from({ length: STEPS + 1 }, (_, step) => {
  const byte = thresholds.findIndex((threshold) => step / STEPS < threshold);
  return byte === -1 ? 255 : byte;
});

/** Returns the nearest byte to a linear light; beyond 0 to 1 the first or last. */
export function byteOfLinear(light: number): number {
  if (!(light > 0)) return 0;
  if (light >= 1) return 255;
  let byte = smallest[Math.floor(light * STEPS)] as number;
  while (byte < 255 && light >= (thresholds[byte] as number)) byte++;
  return byte;
}
