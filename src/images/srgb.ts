// The transfer function of sRGB, IEC 61966-2-1, between bytes and linear light.

import { fifthRoot } from './roots.ts';

// Steps of light. For each there is a byte at which the search begins.
const STEPS = 4096;

/** The transfer function in tables. */
export class Srgb {
  /** The linear light of each byte. */
  readonly linearOfByte: Float64Array = Float64Array.from({ length: 256 }, (_, byte) =>
    decode(byte / 255),
  );
  // Light of at least thresholds[byte] rounds to a greater byte than that.
  readonly #thresholds = Float64Array.from({ length: 255 }, (_, byte) =>
    decode((byte + 0.5) / 255),
  );
  // The smallest byte of each step.
  readonly #smallest = new Uint8Array(STEPS + 1);

  constructor() {
    for (let step = 0, byte = 0; step <= STEPS; step++) {
      byte = this.#round(step / STEPS, byte);
      this.#smallest[step] = byte;
    }
  }

  /** Returns the nearest byte to a linear light. Light beyond 0 to 1 gives the first or last. */
  byteOfLinear(light: number): number {
    if (!(light > 0)) return 0;
    if (light >= 1) return 255;
    return this.#round(light, this.#smallest[Math.floor(light * STEPS)] as number);
  }

  /** Rounds to the nearest byte, which is known to be at least `least`. */
  #round(light: number, least: number): number {
    let byte = least;
    while (byte < 255 && light >= (this.#thresholds[byte] as number)) byte++;
    return byte;
  }
}

/** Returns the linear light, 0 to 1, of an encoded value from 0 to 1. */
function decode(value: number): number {
  if (value <= 0.04045) return value / 12.92;
  const base = (value + 0.055) / 1.055;
  const root = fifthRoot(base);
  return base * base * root * root; // base ** 2.4
}

let srgb: Srgb | undefined;

/** Returns the one set of tables. Built on first use, so importing costs nothing. */
export function sharedSrgb(): Srgb {
  srgb ??= new Srgb();
  return srgb;
}
