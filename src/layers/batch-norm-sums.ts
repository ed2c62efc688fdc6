import { checkCount, checkEps, checkOptions } from '../checks/options.ts';
import { refuseKind, refuseValue } from '../checks/refuse.ts';
import { addSums, type ChannelSums } from '../passes/parts-of-batches.ts';
import type { ChannelMomentsLike, UpdateOptions } from '../statistics/channel-moments.ts';
import { numberFromJSON, numberToJSON } from '../statistics/json-numbers.ts';
import { channelTensor, checkChannels, checkLayout, readLengths } from '../tensor/channels.ts';
import { allocate } from '../tensor/parameters.ts';
import { refuseShape } from '../tensor/shape.ts';
import { checkLength, type FloatData, readElements, type TensorLike } from '../tensor/tensor.ts';
import { readBatchMoments } from './batch-moments.ts';

/** Options of {@link BatchNormSums.update}: those of the call that is differentiated. */
export interface BatchNormSumsOptions extends UpdateOptions {
  /** Added to the variance under the square root; 1e-5 by default. */
  readonly eps?: number | undefined;
}

/** What {@link BatchNormSums.toJSON} returns; numbers that JSON lacks are strings. */
export interface BatchNormSumsJSON {
  /** The elements of each channel. */
  readonly count: number;
  /** The sum of the gradient over each channel. */
  readonly gradients: readonly (number | string)[];
  /** The sum of its products with the normalized input. */
  readonly products: readonly (number | string)[];
}

/** Anything shaped like {@link BatchNormSums}: those of another copy of the library too. */
export interface BatchNormSumsLike {
  /** C, the number of channels. */
  readonly numFeatures: number;
  /** Returns what {@link BatchNormSums.fromJSON} takes. */
  toJSON(): BatchNormSumsJSON;
}

/**
 * The sums over a batch that the gradient of each of its parts needs, in float64.
 *
 * Those of all parts merge into those of the batch, which {@link syncBatchNormBackward} takes.
 *
 * @example
 * import { BatchNormSums, ChannelMoments, Tensor } from 'wasm-norm';
 *
 * const x = new Tensor(Float32Array.of(1, 2, 3, 4), [4, 1]);
 * const gradOutput = new Tensor(Float32Array.of(1, 0, 0, 0), [4, 1]);
 * const moments = new ChannelMoments(1).update(x);
 * const sums = new BatchNormSums(1).update(gradOutput, x, moments);
 * const received = BatchNormSums.fromJSON(JSON.parse(JSON.stringify(sums)));
 */
export class BatchNormSums {
  /** C, the number of channels. */
  readonly numFeatures: number;
  #count = 0;
  readonly #sums: ChannelSums;

  /**
   * @param numFeatures C, the number of channels
   * @throws TypeError, RangeError where that is no whole number of at least 1.
   */
  constructor(numFeatures: number) {
    checkCount(numFeatures, 'numFeatures');
    this.numFeatures = numFeatures;
    const make = () => new Float64Array(numFeatures);
    this.#sums = {
      gradients: allocate(make, numFeatures, 'numFeatures'),
      products: allocate(make, numFeatures, 'numFeatures'),
    };
  }

  /**
   * Restores sums from what {@link toJSON} gave, to the last bit.
   *
   * @throws TypeError, RangeError where that is something else.
   */
  static fromJSON(json: BatchNormSumsJSON): BatchNormSums {
    const { count, gradients, products } = json ?? {};
    if (!Array.isArray(gradients) || !Array.isArray(products)) {
      refuseKind('json', '{ count, gradients, products }', json);
    }
    checkCount(count, 'count', 0);
    if (products.length !== gradients.length) {
      refuseValue('products', `${gradients.length} numbers`, products.length);
    }
    const sums = new BatchNormSums(gradients.length);
    sums.#count = count;
    gradients.forEach((value, i) => {
      sums.#sums.gradients[i] = numberFromJSON(value, 'gradients');
      sums.#sums.products[i] = numberFromJSON(products[i], 'products');
    });
    return sums;
  }

  /** How many elements of each channel were counted. */
  get count(): number {
    return this.#count;
  }

  /** The gradient of the bias, C values. */
  get gradients(): Float64Array {
    return this.#sums.gradients.slice();
  }

  /** The gradient of the weight, C values. */
  get products(): Float64Array {
    return this.#sums.products.slice();
  }

  /**
   * Adds the sums of a part of the batch.
   *
   * @param gradOutput the gradient of a loss with respect to the result, of x's shape
   * @param x (N, C, *), or (N, *, C) in 'nhwc': the part
   * @param moments those of the whole batch
   * @param options eps, layout and lengths of the call of {@link syncBatchNorm}
   * @throws TypeError, RangeError where an argument is something else; nothing was added then.
   */
  update(
    gradOutput: TensorLike<FloatData>,
    x: TensorLike<FloatData>,
    moments: ChannelMomentsLike,
    options: BatchNormSumsOptions = {},
  ): this {
    checkOptions(options, ['eps', 'layout', 'lengths']);
    const { eps = 1e-5, layout = 'nchw', lengths } = options;
    checkEps(eps);
    checkLayout(layout);
    const ownLengths = readLengths(lengths);
    const gradient = readElements(gradOutput, 'gradOutput');
    const input = readElements(x, 'x');
    const tensor = channelTensor(input.shape, layout, ownLengths, null, 'x');
    checkChannels(input.shape, layout, this.numFeatures, 'x');
    const own = readBatchMoments(moments, tensor);
    checkLength(input.data, input.shape, 'x');
    checkLength(gradient.data, gradient.shape, 'gradOutput');
    refuseShape(gradient.shape, input.shape, 'gradOutput');
    addSums(this.#sums, gradient.data, input.data, tensor, own.values, eps);
    this.#count += own.count;
    return this;
  }

  /**
   * Adds the sums of another part. The other stays as it is.
   *
   * @param other sums of as many channels
   * @throws TypeError where `other` is something else, RangeError where it has another number of
   *   channels.
   */
  merge(other: BatchNormSumsLike): this {
    const added = readSums(other, 'other');
    if (added.numFeatures !== this.numFeatures) {
      refuseValue('other', `${this.numFeatures} channels`, added.numFeatures);
    }
    this.#count += added.#count;
    const { gradients, products } = added;
    for (let i = 0; i < this.numFeatures; i++) {
      (this.#sums.gradients[i] as number) += gradients[i] as number;
      (this.#sums.products[i] as number) += products[i] as number;
    }
    return this;
  }

  /** Returns its numbers for JSON, which gives them back to the last bit. */
  toJSON(): BatchNormSumsJSON {
    const { gradients, products } = this.#sums;
    return {
      count: this.#count,
      gradients: Array.from(gradients, numberToJSON),
      products: Array.from(products, numberToJSON),
    };
  }
}

/**
 * Returns sums as those of this copy of the library.
 *
 * @throws TypeError, RangeError where they are something else.
 */
export function readSums(sums: BatchNormSumsLike, name: string): BatchNormSums {
  if (sums instanceof BatchNormSums) return sums;
  const { numFeatures, toJSON } = (sums ?? {}) as Partial<BatchNormSumsLike>;
  if (typeof numFeatures !== 'number' || typeof toJSON !== 'function') {
    refuseKind(name, 'BatchNormSums', sums);
  }
  return BatchNormSums.fromJSON(sums.toJSON());
}
