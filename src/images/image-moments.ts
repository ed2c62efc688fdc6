import { isObject } from '../checks/describe.ts';
import { checkBoolean, checkCount, checkOneOf, checkOptions } from '../checks/options.ts';
import { checkObject, refuseKind, refuseValue } from '../checks/refuse.ts';
import type { VarianceOptions } from '../statistics/channel-moments.ts';
import { RealSums, type RealSumsJSON } from './real-sums.ts';
import { COLOUR_SPACES, SPACES, type Space } from './spaces.ts';
import { WholeSums, type WholeSumsJSON } from './whole-sums.ts';

/** What {@link ImageMoments.toJSON} returns. */
export type ImageMomentsJSON = {
  /** The space whose channels have these moments. */
  readonly space: Space;
  /** The pixels that were counted. */
  readonly count: number;
} & (WholeSumsJSON | RealSumsJSON);

/** Sums by the kind of their space. */
export type Sums = WholeSums | RealSums;

/**
 * Mean and variance of each channel of pictures, in one space: red, green and blue from 0 to 1;
 * lightness and two channels of colour in Oklab, or in CIELAB, where lightness is 0 to 100.
 *
 * In 'rgb' it holds whole numbers, so it is exact, and merging is free of order. In the other
 * spaces it is float64. It survives JSON to the last bit: a style can be fitted once and applied
 * to many pictures.
 *
 * @example
 * import { ImageMoments, imageMoments } from 'wasm-norm';
 *
 * const image = { data: Uint8Array.of(0, 51, 102, 255, 255, 51, 204, 255), width: 2, height: 1 };
 * const dataset = new ImageMoments();
 * for (const each of [image, image]) dataset.merge(imageMoments(each));
 * console.log(dataset.count, dataset.mean); // 4, 0.5, 0.2, 0.6
 */
export class ImageMoments {
  /** The space whose channels have these moments. */
  readonly space: Space;
  readonly #space: Space;
  readonly #sums: Sums;

  /**
   * Makes moments of no pixels.
   *
   * @param space 'rgb' (the default), 'oklab' or 'lab'
   * @throws TypeError, RangeError where that is something else.
   */
  constructor(space?: Space);
  /** @internal */
  constructor(space: Space, sums: Sums);
  constructor(space: Space = 'rgb', sums?: Sums) {
    checkOneOf(space, 'space', SPACES);
    this.#space = space;
    this.space = space;
    this.#sums = sums ?? (space === 'rgb' ? new WholeSums() : new RealSums());
  }

  /**
   * Restores moments from what {@link toJSON} gave, to the last bit.
   *
   * @throws TypeError, RangeError where that is something else, and where no pixels have such
   *   moments.
   */
  static fromJSON(json: ImageMomentsJSON): ImageMoments {
    checkObject(json, 'json', '{ space, count, ... }');
    const { space, count } = json;
    checkOneOf(space, 'space', SPACES);
    checkCount(count, 'count', 0);
    const sums =
      space === 'rgb'
        ? WholeSums.fromJSON(count, json as unknown as WholeSumsJSON)
        : RealSums.fromJSON(count, json as unknown as RealSumsJSON, COLOUR_SPACES[space].ranges);
    return new ImageMoments(space, sums);
  }

  /** The pixels that were counted. */
  get count(): number {
    return this.#sums.count;
  }

  /** The mean of each channel, 3 values; 0 where nothing was counted yet. */
  get mean(): Float64Array {
    return Float64Array.from([0, 1, 2], (channel) => this.#sums.mean(channel));
  }

  /**
   * The variance of each channel, 3 values: biased unless asked otherwise, NaN where too little
   * was counted.
   *
   * @throws TypeError where an option is unknown or of the wrong kind.
   */
  variance(options: VarianceOptions = {}): Float64Array {
    checkOptions(options, ['unbiased']);
    const { unbiased = false } = options;
    checkBoolean(unbiased, 'unbiased');
    const divisor = this.count - (unbiased ? 1 : 0);
    return Float64Array.from([0, 1, 2], (channel) =>
      divisor > 0 ? this.#sums.variance(channel, divisor) : Number.NaN,
    );
  }

  /**
   * The standard deviation of each channel, 3 values: the root of {@link variance}.
   *
   * @throws TypeError as that does.
   */
  std(options: VarianceOptions = {}): Float64Array {
    return this.variance(options).map(Math.sqrt);
  }

  /**
   * Adds what another has counted. The other stays as it is.
   *
   * @param other moments of the same space
   * @throws TypeError where `other` is something else, RangeError where it has another space.
   */
  merge(other: ImageMoments): this {
    const moments = readMoments(other, 'other');
    checkSpace(moments, this.#space, 'other');
    const sums = moments.#sums;
    if (this.#sums instanceof WholeSums) this.#sums.merge(sums as WholeSums);
    else this.#sums.merge(sums as RealSums);
    return this;
  }

  /** Returns its numbers for JSON, which gives them back to the last bit. */
  toJSON(): ImageMomentsJSON {
    return { space: this.#space, count: this.count, ...this.#sums.toJSON() };
  }
}

/** Says whether an argument is no picture but moments, of this copy of the library or another. */
export function areMoments(value: unknown): boolean {
  return value instanceof ImageMoments || (isObject(value) && 'space' in value);
}

/** Reads moments, of this copy of the library or another. */
export function readMoments(value: unknown, name: string): ImageMoments {
  if (value instanceof ImageMoments) return value;
  const { toJSON } = isObject(value) ? value : { toJSON: undefined };
  if (typeof toJSON !== 'function') refuseKind(name, 'ImageMoments', value);
  return ImageMoments.fromJSON(toJSON.call(value));
}

/** Refuses moments of another space. */
export function checkSpace(moments: ImageMoments, space: Space, name: string): void {
  if (moments.space !== space) refuseValue(name, `moments in '${space}'`, `'${moments.space}'`);
}
