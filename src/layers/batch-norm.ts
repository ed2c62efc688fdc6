import { checkCount } from '../checks/options.ts';
import { refuseValue } from '../checks/refuse.ts';
import { channelGradients } from '../passes/channel-gradients.ts';
import type { AnyGradients, Gradients } from '../passes/gradients.ts';
import { normalizeChannels } from '../passes/normalize-channels.ts';
import { type ChannelMomentsLike, readMoments } from '../statistics/channel-moments.ts';
import { checkGradOutput, readGradOutput } from '../tensor/grad-output.ts';
import {
  type AnyData,
  type AnyOut,
  type AnyTensor,
  type CheckedTensor,
  type FloatData,
  type Plain,
  readElements,
  type Tensor,
  type TensorLike,
} from '../tensor/tensor.ts';
import { ChannelLayer, type ChannelLayerOptions } from './channel-layer.ts';
import {
  CHANNEL_OPTIONS,
  type ChannelNormOptions,
  type ChannelRules,
  channelArguments,
  readChannelArguments,
} from './channel-options.ts';
import type { Mode } from './layer.ts';
import { refuseRecord, withStatistics } from './statistics-options.ts';

/** Options of {@link batchNorm}; weight and bias hold C values. */
export interface BatchNormOptions<Y extends FloatData = AnyData> extends ChannelNormOptions<Y> {
  /** Normalizes with the batch's statistics, or (the default) with the running ones. */
  readonly training?: boolean | undefined;
}

const RULES: ChannelRules = {
  options: /* @__PURE__ */ CHANNEL_OPTIONS.concat('training'),
  switch: 'training',
  byDefault: false,
  sharing: 'batch',
};

/**
 * Normalizes each channel by its mean and variance over the batch, or in
 * evaluation by given ones.
 *
 * y = (x - mean) / sqrt(variance + eps) * weight + bias, the variance biased.
 * Running statistics move towards those of the batch; their variance is unbiased
 * unless asked otherwise.
 *
 * Ioffe, Szegedy: Batch Normalization (2015); torch.nn.functional.batch_norm.
 *
 * @param x (N, C, *), or (N, *, C) in 'nhwc'; in training with more than 1
 *   element in each channel
 * @returns `out`, or a new tensor of x's shape
 * @throws TypeError where an argument is of the wrong kind, or a running
 *   statistic is absent in evaluation; RangeError where one is of the wrong size
 *   or value; nothing has been written then.
 * @example
 * import { batchNorm, Tensor } from 'wasm-norm';
 *
 * const x = new Tensor(Float32Array.of(1, 2, 3, 4), [4, 1]);
 * const [runningMean, runningVar] = [Float32Array.of(0), Float32Array.of(1)];
 * console.log(batchNorm(x, { runningMean, runningVar, training: true }).data); // -1.342, -0.447, 0.447, 1.342
 * console.log(runningMean, runningVar); // 0.25, 1.067
 */
export function batchNorm<D extends FloatData, Y extends FloatData = D>(
  x: TensorLike<D>,
  options: BatchNormOptions<Y> = {},
): Tensor<Plain<Y>> {
  return normalizeChannels(readChannelArguments(readElements(x, 'x'), options, RULES));
}

/**
 * Finds the gradients of {@link batchNorm}. Running statistics are constants.
 *
 * @param gradOutput the gradient of a loss with respect to the result, of x's shape
 * @param x the input that the result was made from
 * @param options those of the call; `out` takes the gradient of the input, and may
 *   be gradOutput or x
 * @throws TypeError, RangeError as {@link batchNorm} does.
 */
export function batchNormBackward<D extends FloatData, Y extends FloatData = D>(
  gradOutput: TensorLike<FloatData>,
  x: TensorLike<D>,
  options: BatchNormOptions<Y> = {},
): Gradients<Plain<Y>> {
  const gradient = readGradOutput(gradOutput);
  const args = refuseRecord(readChannelArguments(readElements(x, 'x'), options, RULES));
  return channelGradients(checkGradOutput(gradient, args.input, args.output), args);
}

/**
 * Batch normalization as a layer: torch.nn.BatchNorm1d, 2d and 3d in one.
 *
 * In training mode it uses the batch's statistics and moves the running ones; in
 * eval mode it uses those, or the batch's where none are tracked.
 *
 * @example
 * import { BatchNorm, Tensor } from 'wasm-norm';
 *
 * const norm = new BatchNorm(1);
 * const batch = new Tensor(Float32Array.of(1, 2, 3, 4), [4, 1]);
 * console.log(norm.forward(batch).data); // -1.342, -0.447, 0.447, 1.342
 * const sample = new Tensor(Float32Array.of(2), [1, 1]);
 * console.log(norm.eval().forward(sample).data); // 1.694
 */
export class BatchNorm extends ChannelLayer {
  /**
   * @param numFeatures C, the number of channels
   * @throws TypeError, RangeError as {@link batchNorm} does.
   */
  constructor(numFeatures: number, options: ChannelLayerOptions = {}) {
    super(numFeatures, { affine: true, trackRunningStats: true }, options);
  }

  /**
   * Takes its running statistics from moments, such as those of data that the model is
   * to be adapted to.
   *
   * The moments count as one batch, so numBatchesTracked becomes 1: with `momentum: null`
   * the next batch weighs as much as they do.
   *
   * @param moments of numFeatures channels
   * @throws TypeError where it has no running statistics, or something else is in their
   *   place; RangeError where the moments are of another number of channels, or of too few
   *   elements for a variance. Nothing has been written then.
   */
  setRunningStats(moments: ChannelMomentsLike): void {
    const { numFeatures } = this;
    const { mean, variance } = this.runningStats();
    if (mean === null || variance === null) {
      throw new TypeError('setRunningStats: expected a layer with running statistics, got none');
    }
    const own = readMoments(moments, 'moments');
    if (own.numFeatures !== numFeatures) {
      refuseValue('moments', `${numFeatures} channels`, own.numFeatures);
    }
    const least = this.unbiased ? 2 : 1;
    if (own.count < least) {
      refuseValue('moments', `at least ${least} elements`, own.count);
    }
    const newMean = own.mean;
    const newVariance = own.variance({ unbiased: this.unbiased });
    mean.set(newMean);
    variance.set(newVariance);
    this.numBatchesTracked = 1;
  }

  protected override run(x: CheckedTensor, mode: Mode, out: AnyOut): AnyTensor {
    const tracks = mode.training && this.trackRunningStats;
    checkCount(this.numBatchesTracked, 'numBatchesTracked', 0);
    const batches = this.numBatchesTracked + (tracks ? 1 : 0);
    const momentum = this.momentum ?? (batches === 0 ? 0 : 1 / batches);
    const args = channelArguments(
      x,
      withStatistics(this.#options(mode, momentum, out), mode.statistics),
      RULES,
    );
    const result = normalizeChannels(args);
    if (tracks) this.numBatchesTracked++;
    return result;
  }

  protected override differentiate(
    gradOutput: CheckedTensor,
    x: CheckedTensor,
    mode: Mode,
  ): AnyGradients {
    const args = channelArguments(x, withStatistics(this.#options(mode), mode.statistics), RULES);
    return channelGradients(checkGradOutput(gradOutput, x, args.output), args);
  }

  #options(mode: Mode, momentum?: number, out?: AnyOut): BatchNormOptions {
    const { weight, bias, eps, layout, unbiased } = this;
    const keeps = !mode.training || this.trackRunningStats;
    const runningMean = keeps ? this.runningMean : null;
    const runningVar = keeps ? this.runningVar : null;
    const untracked = this.runningMean === null && this.runningVar === null;
    const training = mode.training || untracked;
    const { lengths, mask } = mode;
    return {
      weight,
      bias,
      eps,
      layout,
      lengths,
      mask,
      runningMean,
      runningVar,
      training,
      momentum,
      unbiased,
      out,
    };
  }
}
