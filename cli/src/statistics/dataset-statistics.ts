import { type AnyImage, ImageMoments, type ImageMomentsJSON, imageMoments } from 'wasm-norm';
import { Histograms } from './histograms.ts';
import { PictureMeans, type PictureMeansJSON } from './picture-means.ts';

export const CHANNELS = ['red', 'green', 'blue'] as const;

/** A file that was no picture, and why. */
export interface Unreadable {
  readonly file: string;
  readonly reason: string;
}

/** {@link DatasetStatistics} as JSON keeps it, to the last bit. */
export interface DatasetStatisticsJSON {
  readonly pictures: number;
  readonly unreadable: readonly Unreadable[];
  readonly moments: ImageMomentsJSON;
  readonly means: PictureMeansJSON;
  readonly histograms: readonly (readonly number[])[] | null;
}

/** What weighs the same: each pixel of all pictures, or each picture. */
export type Weighing = 'pixel' | 'image';

/**
 * What is known of the pictures seen so far. All of it are whole numbers, so pictures may be merged
 * in any order; its size does not depend on theirs or their number.
 */
export class DatasetStatistics {
  #pictures = 0;
  readonly #moments = new ImageMoments();
  readonly #means = new PictureMeans();
  readonly #histograms: Histograms | null;
  readonly #unreadable: Unreadable[] = [];

  constructor({ histograms }: { readonly histograms: boolean }) {
    this.#histograms = histograms ? new Histograms() : null;
  }

  /** @throws Error that says what is wrong with it. */
  static fromJSON(json: DatasetStatisticsJSON): DatasetStatistics {
    const { pictures, unreadable, moments, means, histograms = null } = json ?? {};
    const statistics = new DatasetStatistics({ histograms: histograms !== null });
    if (!isCount(pictures)) throw new Error('pictures: expected a whole number');
    statistics.#pictures = pictures;
    statistics.#moments.merge(ImageMoments.fromJSON(moments));
    statistics.#means.merge(PictureMeans.fromJSON(means, pictures));
    statistics.#histograms?.merge(Histograms.fromJSON(histograms, statistics.pixels));
    for (const item of readUnreadable(unreadable)) statistics.#unreadable.push(item);
    return statistics;
  }

  /** Counts a picture; pixels that nobody sees, or that a mask leaves out, count as nothing. */
  add(picture: AnyImage, mask: Uint8Array | null = null): void {
    const moments = imageMoments(picture, { mask });
    this.#moments.merge(moments);
    this.#means.add(moments);
    this.#histograms?.add(picture, mask);
    this.#pictures++;
  }

  /** Notes a file that was no picture. */
  addUnreadable(file: string, reason: string): void {
    this.#unreadable.push({ file, reason });
  }

  /** Adds what another has counted. */
  merge(other: DatasetStatistics): void {
    this.#pictures += other.#pictures;
    this.#moments.merge(other.#moments);
    this.#means.merge(other.#means);
    if (this.#histograms && other.#histograms) this.#histograms.merge(other.#histograms);
    this.#unreadable.push(...other.#unreadable);
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
  mean(per: Weighing): readonly number[] {
    return per === 'pixel' ? [...this.#moments.mean] : this.#means.mean;
  }

  /** The biased standard deviations of red, green and blue, from 0 to 1. */
  std(per: Weighing): readonly number[] {
    return per === 'pixel' ? [...this.#moments.std()] : this.#means.std;
  }

  /** How many pixels have each of the 256 levels, for red, green and blue; null if not counted. */
  get histograms(): readonly (readonly number[])[] | null {
    return this.#histograms?.toJSON() ?? null;
  }

  toJSON(): DatasetStatisticsJSON {
    const { pictures, unreadable, histograms } = this;
    const [moments, means] = [this.#moments.toJSON(), this.#means.toJSON()];
    return { pictures, unreadable, moments, means, histograms };
  }
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
