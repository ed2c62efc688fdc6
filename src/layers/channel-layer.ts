import { arrayEntry, countEntry, type StateEntry } from '../checkpoints/state-dict.ts';
import {
  checkBoolean,
  checkCount,
  checkEps,
  checkFinite,
  checkOptions,
} from '../checks/options.ts';
import type { Gradients } from '../passes/gradients.ts';
import { checkChannels, checkLayout, type Layout } from '../tensor/channels.ts';
import { refuseOverlaps } from '../tensor/overlap.ts';
import { dataOf, makeValues, readParameter } from '../tensor/parameters.ts';
import type {
  AnyData,
  CheckedTensor,
  FloatData,
  Plain,
  Tensor,
  TensorLike,
} from '../tensor/tensor.ts';
import { type BackwardOptions, type ForwardOptions, Layer } from './layer.ts';

/** Options of the layers InstanceNorm and BatchNorm. */
export interface ChannelLayerOptions {
  /** Added to the variance under the square root; 1e-5 by default. */
  readonly eps?: number | undefined;
  /**
   * The share of the new value in a running statistic; 0.1 by default. With null,
   * BatchNorm takes the average of all batches, InstanceNorm does not update.
   */
  readonly momentum?: number | null | undefined;
  /** Whether it has a weight and a bias to learn; by default BatchNorm has, InstanceNorm has not. */
  readonly affine?: boolean | undefined;
  /** Whether it keeps running statistics; by default BatchNorm does, InstanceNorm does not. */
  readonly trackRunningStats?: boolean | undefined;
  /** Whether the running variance divides by n - 1 (the default, as PyTorch) or n. */
  readonly unbiased?: boolean | undefined;
  /** Where the channels lie; 'nchw' by default. */
  readonly layout?: Layout | undefined;
}

/** Options of `forward` of InstanceNorm and BatchNorm. */
export interface ChannelForwardOptions<Y extends FloatData = AnyData> extends ForwardOptions<Y> {
  /** For (N, C, L): how much of each sample is valid; the rest comes out as 0. */
  readonly lengths?: ArrayLike<number> | null | undefined;
}

/** Options of `backward` of InstanceNorm and BatchNorm. */
export interface ChannelBackwardOptions extends BackwardOptions {
  /** The lengths that the call was given; null, or a mask beside it: none. */
  readonly lengths?: ArrayLike<number> | null | undefined;
}

const OPTIONS = ['eps', 'momentum', 'affine', 'trackRunningStats', 'unbiased', 'layout'];
const FORWARD_OPTIONS = ['out', 'lengths', 'mask', 'outMean', 'outRstd', 'correction', 'epsMode'];
const BACKWARD_OPTIONS = ['input', 'lengths', 'mask', 'training', 'correction', 'epsMode'];

/** What InstanceNorm and BatchNorm share: parameters and running statistics for each channel. */
export abstract class ChannelLayer extends Layer {
  /** C, the number of channels. */
  readonly numFeatures: number;
  /** Added to the variance under the square root. */
  readonly eps: number;
  /** The share of the new value in a running statistic; null: as {@link ChannelLayerOptions} says. */
  readonly momentum: number | null;
  /** Whether the running variance divides by n - 1, or n. */
  readonly unbiased: boolean;
  /** Where the channels of its inputs lie. */
  readonly layout: Layout;
  /** Whether running statistics move in training mode. */
  trackRunningStats: boolean;
  /** C values to learn, 1 at first; null unless `affine`. */
  readonly weight: Float32Array | null;
  /** C values to learn, 0 at first; null unless `affine`. */
  readonly bias: Float32Array | null;
  /** C values, 0 at first; null unless `trackRunningStats`. */
  readonly runningMean: Float32Array | null;
  /** C values, 1 at first; null unless `trackRunningStats`. */
  readonly runningVar: Float32Array | null;
  /** How many batches BatchNorm has seen in training mode; InstanceNorm, as in PyTorch, does not count. */
  numBatchesTracked = 0;

  constructor(
    numFeatures: number,
    defaults: { readonly affine: boolean; readonly trackRunningStats: boolean },
    options: ChannelLayerOptions,
  ) {
    super();
    checkCount(numFeatures, 'numFeatures');
    checkOptions(options, OPTIONS);
    const {
      eps = 1e-5,
      momentum = 0.1,
      affine = defaults.affine,
      trackRunningStats = defaults.trackRunningStats,
      unbiased = true,
      layout = 'nchw',
    } = options;
    checkEps(eps);
    if (momentum !== null) checkFinite(momentum, 'momentum');
    checkBoolean(affine, 'affine');
    checkBoolean(trackRunningStats, 'trackRunningStats');
    checkBoolean(unbiased, 'unbiased');
    checkLayout(layout);
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.unbiased = unbiased;
    this.layout = layout;
    this.trackRunningStats = trackRunningStats;
    const values = (value: number) => makeValues(numFeatures, value, 'numFeatures');
    this.weight = affine ? values(1) : null;
    this.bias = affine ? values(0) : null;
    this.runningMean = trackRunningStats ? values(0) : null;
    this.runningVar = trackRunningStats ? values(1) : null;
  }

  /**
   * Normalizes a tensor. `backward` refers to it later: it is not copied.
   *
   * @param x (N, C, *), or (N, *, C) in 'nhwc'
   * @returns `out`, or a new tensor of x's shape
   * @throws TypeError where an argument is of the wrong kind, RangeError where it
   *   is of the wrong size or value; nothing has been written then.
   */
  override forward<D extends FloatData, Y extends FloatData = D>(
    x: TensorLike<D>,
    options: ChannelForwardOptions<Y> = {},
  ): Tensor<Plain<Y>> {
    return super.forward(x, options);
  }

  /**
   * Finds the gradients of the last `forward`, in the mode that it ran in, or of the call
   * that the options tell.
   *
   * @param gradOutput the gradient of a loss with respect to its result
   * @throws Error where there was no forward pass, or its input has been
   *   overwritten since; TypeError, RangeError where an argument is of the wrong kind, or
   *   gradOutput is of another shape than the input.
   */
  override backward<D extends FloatData>(
    gradOutput: TensorLike<D>,
    options: ChannelBackwardOptions = {},
  ): Gradients<Plain<D>> {
    return super.backward(gradOutput, options);
  }

  protected override checkInput({ shape }: CheckedTensor, name: string): void {
    checkBoolean(this.trackRunningStats, 'trackRunningStats');
    checkLayout(this.layout);
    const matters = this.weight !== null || this.runningMean !== null;
    if (matters) checkChannels(shape, this.layout, this.numFeatures, name);
  }

  /**
   * Sets the running mean to 0, the running variance to 1 and the count of batches to 0.
   *
   * @throws TypeError, RangeError where something else than numFeatures values is in the
   *   place of one; nothing has been written then.
   */
  resetRunningStats(): void {
    const { mean, variance } = this.runningStats();
    mean?.fill(0);
    variance?.fill(1);
    this.numBatchesTracked = 0;
  }

  /** Reads the running statistics, which may have been replaced, before they are written. */
  protected runningStats(): {
    readonly mean: Float32Array | null;
    readonly variance: Float32Array | null;
  } {
    const { runningMean, runningVar, numFeatures } = this;
    const meanData = dataOf(runningMean, 'runningMean');
    const varianceData = dataOf(runningVar, 'runningVar');
    const mean = readParameter(meanData, 'runningMean', numFeatures);
    const variance = readParameter(varianceData, 'runningVar', numFeatures);
    refuseOverlaps({ runningMean: mean, runningVar: variance }, {});
    return { mean, variance };
  }

  protected override get forwardOptions(): readonly string[] {
    return FORWARD_OPTIONS;
  }

  protected override get backwardOptions(): readonly string[] {
    return BACKWARD_OPTIONS;
  }

  protected override stateEntries(): readonly StateEntry[] {
    const shape = [this.numFeatures];
    const { weight, bias, runningMean, runningVar, numBatchesTracked } = this;
    const entries = [
      ...arrayEntry('weight', 'weight', weight, shape),
      ...arrayEntry('bias', 'bias', bias, shape),
      ...arrayEntry('running_mean', 'runningMean', runningMean, shape),
      ...arrayEntry('running_var', 'runningVar', runningVar, shape),
    ];
    if (runningMean === null) return entries;
    const assign = (count: number) => {
      this.numBatchesTracked = count;
    };
    const count = countEntry('num_batches_tracked', 'numBatchesTracked', numBatchesTracked, assign);
    return [...entries, count];
  }
}
