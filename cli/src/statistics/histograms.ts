import type { AnyImage } from 'wasm-norm';

const CHANNELS = 3;
const LEVELS = 256;

/** How many pixels have each of the 256 levels of red, green and blue. */
export class Histograms {
  readonly #counts = Array.from({ length: CHANNELS }, () => new Float64Array(LEVELS));

  /** @throws Error where it is no histograms of so many pixels. */
  static fromJSON(value: unknown, pixels: number): Histograms {
    const isWhole =
      Array.isArray(value) &&
      value.length === CHANNELS &&
      value.every(
        (levels) =>
          Array.isArray(levels) &&
          levels.length === LEVELS &&
          levels.every((count) => Number.isSafeInteger(count) && count >= 0) &&
          levels.reduce((sum, count) => sum + count, 0) === pixels,
      );
    if (!isWhole) {
      throw new Error(`histograms: expected 3 of ${LEVELS} levels and ${pixels} pixels`);
    }
    const histograms = new Histograms();
    histograms.#counts.forEach((counts, channel) => {
      counts.set(value[channel]);
    });
    return histograms;
  }

  /** Counts the pixels that are seen and that a mask does not leave out; 16 bits are rounded to 8. */
  add({ data }: AnyImage, mask: Uint8Array | null): void {
    const unit = data instanceof Uint16Array ? 257 : 1;
    const [red, green, blue] = this.#counts as [Float64Array, Float64Array, Float64Array];
    const count = (counts: Float64Array, value: number) => {
      const level = Math.round(value / unit);
      counts[level] = (counts[level] as number) + 1;
    };
    for (let at = 0, pixel = 0; at < data.length; at += 4, pixel++) {
      if (data[at + 3] === 0 || mask?.[pixel] === 0) continue;
      count(red, data[at] as number);
      count(green, data[at + 1] as number);
      count(blue, data[at + 2] as number);
    }
  }

  merge(other: Histograms): void {
    this.#counts.forEach((counts, channel) => {
      const others = other.#counts[channel] as Float64Array;
      for (let level = 0; level < LEVELS; level++) {
        counts[level] = (counts[level] as number) + (others[level] as number);
      }
    });
  }

  toJSON(): readonly (readonly number[])[] {
    return this.#counts.map((counts) => [...counts]);
  }
}
