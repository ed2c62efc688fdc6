// What libvips leaves to be done with samples.

import type { AnyImage } from 'wasm-norm';

/**
 * Makes RGBA of cyan, magenta, yellow and key by (1 - C)(1 - K): what is meant where no profile
 * says more.
 */
export function withoutInks({ data, width, height }: AnyImage): AnyImage {
  const samples = data.length / (width * height);
  const isWide = data instanceof Uint16Array;
  const most = isWide ? 65535 : 255;
  const length = 4 * width * height;
  const rgba = isWide ? new Uint16Array(length) : new Uint8ClampedArray(length);
  for (let from = 0, to = 0; to < length; from += samples, to += 4) {
    const light = most - (data[from + 3] as number);
    for (let i = 0; i < 3; i++) {
      rgba[to + i] = Math.round(((most - (data[from + i] as number)) * light) / most);
    }
    rgba[to + 3] = samples === 5 ? (data[from + 4] as number) : most;
  }
  return { data: rgba, width, height };
}

/** Spreads samples of 10 or 12 bits, which lie in the upper ones of 16, over all 16 bits. */
export function widenBits(data: Uint16Array, bits: number | undefined): void {
  if (bits === undefined || bits >= 16) return;
  const largest = (2 ** bits - 1) * 2 ** (16 - bits);
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.min(65535, Math.round(((data[i] as number) * 65535) / largest));
  }
}
