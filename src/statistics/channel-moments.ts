import { checkBoolean, checkCount, checkOptions } from '../checks/options.ts';
import { refuseKind, refuseValue } from '../checks/refuse.ts';
import { type Memory, memoryFor } from '../memory/memory.ts';
import { MAX_CHANNELS, MOMENTS } from '../memory/sizes.ts';
import {
  channelTensor,
  checkChannels,
  checkLayout,
  type LayoutOption,
  type LengthsOption,
  readLengths,
} from '../tensor/channels.ts';
import { type MaskOption, readMask } from '../tensor/mask.ts';
import { allocate } from '../tensor/parameters.ts';
import { type FloatData, readElements, type TensorLike } from '../tensor/tensor.ts';
import { partFrom } from '../views/masked-part.ts';
import { BatchScopes } from '../views/scopes.ts';
import { numberFromJSON, numberToJSON } from './json-numbers.ts';
import { findMomentsF64 } from './moments.ts';

// A little more than the largest float32, 3.40282347e38: a mean of such may be rounded up.
const LARGEST = 3.4028235e38;

/** Options of {@link ChannelMoments.update}. */
export interface UpdateOptions extends LayoutOption, LengthsOption, MaskOption {}

/** Options of {@link ChannelMoments.variance} and {@link ChannelMoments.std}. */
export interface VarianceOptions {
  /** Whether to divide by count - 1 instead of count; false by default. */
  readonly unbiased?: boolean | undefined;
}

/** What {@link ChannelMoments.toJSON} returns; numbers that JSON lacks are strings. */
export interface ChannelMomentsJSON {
  /** The elements of each channel. */
  readonly count: number;
  /** The mean of each channel. */
  readonly mean: readonly (number | string)[];
  /** The sum of squared deviations from the mean of each channel. */
  readonly squares: readonly (number | string)[];
  /** What the mean lost to rounding, so that no merge loses it. */
  readonly rest: readonly (number | string)[];
}

/**
 * Anything shaped like {@link ChannelMoments}: those of another copy of the library too, such as
 * one that `require` loads beside one that `import` loads.
 */
export interface ChannelMomentsLike {
  /** C, the number of channels. */
  readonly numFeatures: number;
  /** Returns what {@link ChannelMoments.fromJSON} takes. */
  toJSON(): ChannelMomentsJSON;
}

/**
 * Mean and variance of each channel over any number of tensors, in float64.
 *
 * The moments of parts (of a stream, a dataset, on several machines) merge into those of
 * the whole, within rounding of float64.
 *
 * @example
 * import { ChannelMoments, Tensor } from 'wasm-norm';
 *
 * const moments = new ChannelMoments(2);
 * moments.update(new Tensor(Float32Array.of(1, 2, 3, 10, 20, 30), [1, 2, 3]));
 * moments.update(new Tensor(Float32Array.of(4, 40), [1, 2, 1]));
 * console.log(moments.count, moments.mean); // 4, 2.5, 25
 * console.log(moments.std()); // 1.118, 11.180
 */
export class ChannelMoments {
  /** C, the number of channels. */
  readonly numFeatures: number;
  // As the kernels keep them: count, mean, squares, rest of the mean.
  readonly #moments: Float64Array;

  /**
   * @param numFeatures C, the number of channels
   * @throws TypeError, RangeError where that is no whole number of at least 1.
   */
  constructor(numFeatures: number) {
    checkCount(numFeatures, 'numFeatures');
    this.numFeatures = numFeatures;
    const make = () => new Float64Array(numFeatures * MOMENTS);
    this.#moments = allocate(make, numFeatures, 'numFeatures');
  }

  /**
   * Restores moments from what {@link toJSON} gave, to the last bit.
   *
   * @throws TypeError, RangeError where that is something else, and where no elements have
   *   such moments: one element with a spread, or a rest that is more than rounding leaves.
   */
  static fromJSON(json: ChannelMomentsJSON): ChannelMoments {
    const { count, mean, squares, rest } = json ?? {};
    const lists = { mean, squares, rest };
    if (!Object.values(lists).every(Array.isArray)) {
      refuseKind('json', '{ count, mean, squares, rest }', json);
    }
    checkCount(count, 'count', 0);
    const moments = new ChannelMoments(mean.length);
    for (const [name, list] of Object.entries(lists)) {
      if (list.length === mean.length) continue;
      refuseValue(name, `${mean.length} numbers`, list.length);
    }
    for (let i = 0; i < mean.length; i++) {
      const own = numberFromJSON(mean[i], 'mean');
      const square = numberFromJSON(squares[i], 'squares');
      const lost = numberFromJSON(rest[i], 'rest');
      checkMoments(count, own, square, lost);
      moments.#moments.set([count, own, square, lost], i * MOMENTS);
    }
    return moments;
  }

  /** How many elements of each channel were counted. */
  get count(): number {
    return this.#moments[0] as number;
  }

  /** The mean of each channel, C values; 0 where nothing was counted yet. */
  get mean(): Float64Array {
    return this.#channels((at) => this.#moments[at + 1] as number);
  }

  /**
   * The variance of each channel, C values: biased unless asked otherwise, NaN where
   * too little was counted.
   *
   * @throws TypeError where an option is unknown or of the wrong kind.
   */
  variance(options: VarianceOptions = {}): Float64Array {
    checkOptions(options, ['unbiased']);
    const { unbiased = false } = options;
    checkBoolean(unbiased, 'unbiased');
    const divisor = this.count - (unbiased ? 1 : 0);
    return this.#channels((at) =>
      divisor > 0 ? (this.#moments[at + 2] as number) / divisor : Number.NaN,
    );
  }

  /**
   * The standard deviation of each channel, C values: the root of {@link variance}.
   *
   * @throws TypeError as that does.
   */
  std(options: VarianceOptions = {}): Float64Array {
    return this.variance(options).map(Math.sqrt);
  }

  /**
   * Counts a tensor.
   *
   * @param x (N, C, *), or (N, *, C) in 'nhwc'
   * @throws TypeError where an argument is of the wrong kind, RangeError where it
   *   is of the wrong size or value; nothing has been counted then.
   */
  update(x: TensorLike<FloatData>, options: UpdateOptions = {}): this {
    checkOptions(options, ['layout', 'lengths', 'mask']);
    const { layout = 'nchw', lengths, mask } = options;
    checkLayout(layout);
    const ownLengths = readLengths(lengths);
    const ownMask = readMask(mask, 'mask');
    const { data, shape } = readElements(x, 'x');
    const tensor = channelTensor(shape, layout, ownLengths, ownMask, 'x');
    checkChannels(shape, layout, this.numFeatures, 'x');
    const part = partFrom(tensor, 'batch', 0);
    const held = part.select(data);
    const memory = memoryFor(0, held);
    const scopes = new BatchScopes(part.tensor);
    for (let i = 0; i < scopes.count; i++) {
      const scope = scopes.scope(i);
      findMomentsF64(memory, scope, held);
      memory.parts.values.set(memory.moments.values.subarray(0, scope.channels * MOMENTS));
      this.#mergeParts(memory, scope.first, scope.channels);
    }
    return this;
  }

  /**
   * Adds what another has counted. The other stays as it is.
   *
   * Chan, Golub, LeVeque: Updating Formulae and a Pairwise Algorithm for Computing
   * Sample Variances (1979).
   *
   * @param other moments of as many channels
   * @throws TypeError where `other` is something else, RangeError where it has
   *   another number of channels.
   */
  merge(other: ChannelMomentsLike): this {
    const added = readMoments(other, 'other');
    if (added.numFeatures !== this.numFeatures) {
      refuseValue('other', `${this.numFeatures} channels`, added.numFeatures);
    }
    const memory = memoryFor(0);
    for (let first = 0; first < this.numFeatures; first += MAX_CHANNELS) {
      const count = Math.min(MAX_CHANNELS, this.numFeatures - first);
      memory.parts.values.set(added.#moments.subarray(first * MOMENTS, (first + count) * MOMENTS));
      this.#mergeParts(memory, first, count);
    }
    return this;
  }

  /** Returns its numbers for JSON, which gives them back to the last bit. */
  toJSON(): ChannelMomentsJSON {
    const numbers = (offset: number): (number | string)[] =>
      Array.from(
        this.#channels((at) => this.#moments[at + offset] as number),
        numberToJSON,
      );
    return { count: this.count, mean: numbers(1), squares: numbers(2), rest: numbers(3) };
  }

  /** Merges the parts in a memory into consecutive channels. */
  #mergeParts(memory: Memory, first: number, count: number): void {
    const own = this.#moments.subarray(first * MOMENTS, (first + count) * MOMENTS);
    const { kernels, moments, parts } = memory;
    moments.values.set(own);
    kernels.mergeMoments(moments.at, parts.at, count, 1, count);
    own.set(moments.values.subarray(0, count * MOMENTS));
  }

  #channels(value: (at: number) => number): Float64Array {
    const values = new Float64Array(this.numFeatures);
    for (let i = 0; i < values.length; i++) values[i] = value(i * MOMENTS);
    return values;
  }
}

/**
 * Returns moments as those of this copy of the library.
 *
 * @throws TypeError, RangeError where they are something else.
 */
export function readMoments(moments: ChannelMomentsLike, name: string): ChannelMoments {
  if (moments instanceof ChannelMoments) return moments;
  if (!isLike(moments)) refuseKind(name, 'ChannelMoments', moments);
  return ChannelMoments.fromJSON(moments.toJSON());
}

function isLike(value: unknown): value is ChannelMomentsLike {
  if (typeof value !== 'object' || value === null) return false;
  const { numFeatures, toJSON } = value as Partial<ChannelMomentsLike>;
  return typeof numFeatures === 'number' && typeof toJSON === 'function';
}

/** Refuses moments that no float32 elements have: they would spoil what is merged with them. */
function checkMoments(count: number, mean: number, squares: number, rest: number): void {
  if (count > 0 && !Number.isFinite(mean)) {
    // NaN or infinity among the elements leaves nothing finite.
    checkMoment(Number.isNaN(squares), 'squares', 'NaN where the mean is not finite', squares);
    checkMoment(Number.isNaN(rest), 'rest', 'NaN where the mean is not finite', rest);
    return;
  }
  const largest = count === 0 ? 0 : LARGEST;
  checkMoment(Math.abs(mean) <= largest, 'mean', `numbers up to ${largest}`, mean);
  const most = count > 1 ? count * LARGEST * LARGEST : 0;
  checkMoment(squares >= 0 && squares <= most, 'squares', `numbers from 0 to ${most}`, squares);
  // No element is farther from 0 than this, no mean of some, and no sum over its count. Each
  // element is added, and each part merged, with a rounding of at most half an ulp of that.
  const reach = Math.abs(mean) + Math.sqrt(squares);
  const limit = count > 1 ? 2 * count * Number.EPSILON * reach : 0;
  checkMoment(Math.abs(rest) <= limit, 'rest', `numbers up to ${limit}`, rest);
}

function checkMoment(holds: boolean, name: string, expected: string, got: number): void {
  if (!holds) refuseValue(name, expected, got);
}
