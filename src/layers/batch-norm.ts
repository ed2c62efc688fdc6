import { describe } from '../checks/describe.ts';
import { checkCount } from '../checks/options.ts';
import { refuseKind, refuseValue } from '../checks/refuse.ts';
import { channelGradients } from '../passes/channel-gradients.ts';
import { type Gradients, readGradient } from '../passes/gradients.ts';
import { normalizeChannels, normalizeScopes } from '../passes/normalize-channels.ts';
import { addScopeGradients } from '../passes/scope-gradients.ts';
import { ChannelMoments } from '../statistics/channel-moments.ts';
import { findMoments } from '../statistics/moments.ts';
import type { Tensor, TensorLike } from '../tensor/tensor.ts';
import { forEachBatchScope } from '../views/scopes.ts';
import { ChannelNorm, type ChannelNormLayerOptions } from './channel-layer.ts';
import {
  CHANNEL_OPTIONS,
  type ChannelNormOptions,
  type ChannelRules,
  readChannelArguments,
} from './channel-options.ts';
import type { Mode } from './layer.ts';

/** Options of {@link batchNorm}; weight and bias hold C values. */
export interface BatchNormOptions extends ChannelNormOptions {
  /** Normalizes with the batch's statistics, or (the default) with the running ones. */
  readonly training?: boolean | undefined;
}

const RULES: ChannelRules = {
  options: [...CHANNEL_OPTIONS, 'training'],
  switch: 'training',
  byDefault: false,
  conditional: false,
  checkStatistics({ samples, spatial, lengths }, { shape }) {
    const elements = lengths?.reduce((sum, length) => sum + length, 0) ?? samples * spatial;
    if (elements !== 1) return;
    const got = lengths ? `lengths ${describe(lengths)}` : `shape ${describe(shape)}`;
    refuseValue('x', 'more than 1 element in each channel', got);
  },
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
 * const y = batchNorm(x, { runningMean, runningVar, training: true });
 */
export function batchNorm(x: TensorLike, options: BatchNormOptions = {}): Tensor {
  return normalizeChannels(readChannelArguments(x, options, RULES), (args, visit) =>
    normalizeScopes(args, forEachBatchScope, visit),
  );
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
export function batchNormBackward(
  gradOutput: TensorLike,
  x: TensorLike,
  options: BatchNormOptions = {},
): Gradients {
  const gradient = readGradient(gradOutput);
  return channelGradients(
    gradient,
    readChannelArguments(x, options, RULES),
    (differentiation, tensor) => {
      const { memory, input } = differentiation;
      forEachBatchScope(tensor, (scope) => {
        findMoments(memory, input, scope);
        addScopeGradients(differentiation, scope, 1, false);
      });
    },
  );
}

/**
 * Batch normalization as a layer: torch.nn.BatchNorm1d, 2d and 3d in one.
 *
 * In training mode it uses the batch's statistics and moves the running ones; in
 * eval mode it uses those, or the batch's where none are tracked.
 *
 * @example
 * const norm = new BatchNorm(64);
 * norm.forward(batch);
 * norm.eval().forward(sample);
 */
export class BatchNorm extends ChannelNorm {
  /**
   * @param numFeatures C, the number of channels
   * @throws TypeError, RangeError as {@link batchNorm} does.
   */
  constructor(numFeatures: number, options: ChannelNormLayerOptions = {}) {
    super(numFeatures, { affine: true, trackRunningStats: true }, options);
  }

  /**
   * Takes its running statistics from moments, as of data that the model is to be
   * adapted to.
   *
   * @param moments of numFeatures channels
   * @throws TypeError where it has none; RangeError where the moments are of
   *   another number of channels, or of too few elements for a variance.
   */
  setRunningStats(moments: ChannelMoments): void {
    const { runningMean, runningVar, numFeatures } = this;
    if (runningMean === null || runningVar === null) {
      throw new TypeError('setRunningStats: expected a layer with running statistics, got none');
    }
    if (!(moments instanceof ChannelMoments)) {
      refuseKind('moments', 'ChannelMoments', moments);
    }
    if (moments.numFeatures !== numFeatures) {
      refuseValue('moments', `${numFeatures} channels`, moments.numFeatures);
    }
    const least = this.unbiased ? 2 : 1;
    if (moments.count < least) {
      refuseValue('moments', `at least ${least} elements`, moments.count);
    }
    runningMean.set(moments.mean);
    runningVar.set(moments.variance({ unbiased: this.unbiased }));
  }

  protected override run(x: TensorLike, mode: Mode, out: TensorLike | undefined): Tensor {
    const tracks = mode.training && this.trackRunningStats;
    checkCount(this.numBatchesTracked, 'numBatchesTracked', 0);
    const batches = this.numBatchesTracked + (tracks ? 1 : 0);
    const momentum = this.momentum ?? (batches === 0 ? 0 : 1 / batches);
    const result = batchNorm(x, this.#options(mode, momentum, out));
    if (tracks) this.numBatchesTracked++;
    return result;
  }

  protected override differentiate(gradOutput: TensorLike, x: TensorLike, mode: Mode): Gradients {
    return batchNormBackward(gradOutput, x, this.#options(mode));
  }

  #options(mode: Mode, momentum?: number, out?: TensorLike): BatchNormOptions {
    const { weight, bias, eps, layout, unbiased } = this;
    const keeps = !mode.training || this.trackRunningStats;
    const runningMean = keeps ? this.runningMean : null;
    const runningVar = keeps ? this.runningVar : null;
    const untracked = this.runningMean === null && this.runningVar === null;
    const training = mode.training || untracked;
    const { lengths } = mode;
    return {
      weight,
      bias,
      eps,
      layout,
      lengths,
      runningMean,
      runningVar,
      training,
      momentum,
      unbiased,
      out,
    };
  }
}
