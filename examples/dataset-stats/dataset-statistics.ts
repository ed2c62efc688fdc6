import { type ImageLike, ImageMoments, type ImageMomentsJSON, imageMoments } from 'wasm-norm';

export const CHANNELS = ['red', 'green', 'blue'] as const;
const LEVELS = 256;

/** A file that was no picture, and why. */
export interface Unreadable {
  /** Its path from the folder. */
  readonly file: string;
  readonly reason: string;
}

/** {@link DatasetStatistics} as JSON keeps it, to the last bit. */
export interface DatasetStatisticsJSON {
  readonly pictures: number;
  readonly unreadable: readonly Unreadable[];
  readonly moments: ImageMomentsJSON;
  readonly histograms: readonly (readonly number[])[];
}

/** What is known of the pictures seen so far. Its size does not depend on theirs or their number. */
export class DatasetStatistics {
  #pictures = 0;
  readonly #moments = new ImageMoments();
  #histograms = CHANNELS.map(() => new Float64Array(LEVELS));
  readonly #unreadable: Unreadable[] = [];

  /** @throws Error that says what is wrong with it. */
  static fromJSON(json: DatasetStatisticsJSON): DatasetStatistics {
    const { pictures, unreadable, moments, histograms } = json ?? {};
    const statistics = new DatasetStatistics();
    if (!isCount(pictures)) throw new Error('pictures: expected a whole number');
    statistics.#pictures = pictures;
    statistics.#moments.merge(ImageMoments.fromJSON(moments));
    statistics.#histograms = readHistograms(histograms, statistics.pixels);
    for (const item of readUnreadable(unreadable)) statistics.#unreadable.push(item);
    return statistics;
  }

  /**
   * Counts a picture. Each pixel weighs the same, whatever the size of its picture, but for those
   * that nobody sees: they count as nothing.
   */
  add(picture: ImageLike): void {
    const { data } = picture;
    this.#moments.merge(imageMoments(picture));
    for (const [channel, histogram] of this.#histograms.entries()) {
      for (let at = 0; at < data.length; at += 4) {
        if (data[at + 3] === 0) continue;
        const level = data[at + channel] as number;
        histogram[level] = (histogram[level] as number) + 1;
      }
    }
    this.#pictures++;
  }

  /** Notes a file that was no picture. */
  addUnreadable(file: string, reason: string): void {
    this.#unreadable.push({ file, reason });
  }

  /** The pictures that were counted. */
  get pictures(): number {
    return this.#pictures;
  }

  get unreadable(): readonly Unreadable[] {
    return this.#unreadable;
  }

  /** The files seen so far, pictures or not. */
  get files(): number {
    return this.#pictures + this.#unreadable.length;
  }

  /** The pixels of all pictures. */
  get pixels(): number {
    return this.#moments.count;
  }

  /** Of red, green and blue, from 0 to 1. */
  get mean(): readonly number[] {
    return [...this.#moments.mean];
  }

  /** The biased standard deviations of red, green and blue, from 0 to 1. */
  get std(): readonly number[] {
    return [...this.#moments.std()];
  }

  /** How many pixels have each of the 256 levels, for red, green and blue. */
  get histograms(): readonly (readonly number[])[] {
    return this.#histograms.map((histogram) => [...histogram]);
  }

  toJSON(): DatasetStatisticsJSON {
    const { pictures, unreadable, histograms } = this;
    return { pictures, unreadable, moments: this.#moments.toJSON(), histograms };
  }
}

function readHistograms(value: unknown, pixels: number): Float64Array<ArrayBuffer>[] {
  const isWhole =
    Array.isArray(value) &&
    value.length === CHANNELS.length &&
    value.every(
      (levels) =>
        Array.isArray(levels) &&
        levels.length === LEVELS &&
        levels.every(isCount) &&
        levels.reduce((sum, count) => sum + count, 0) === pixels,
    );
  if (!isWhole) throw new Error(`histograms: expected 3 of ${LEVELS} levels and ${pixels} pixels`);
  return value.map((levels) => Float64Array.from(levels));
}

function readUnreadable(value: unknown): readonly Unreadable[] {
  const isList =
    Array.isArray(value) &&
    value.every((item) => typeof item?.file === 'string' && typeof item.reason === 'string');
  if (!isList) throw new Error('unreadable: expected a list of files and reasons');
  return value;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
