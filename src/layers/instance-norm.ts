import { refuseValue } from '../checks/refuse.ts';
import { channelGradients } from '../passes/channel-gradients.ts';
import type { AnyGradients, Gradients } from '../passes/gradients.ts';
import { normalizeChannels } from '../passes/normalize-channels.ts';
import { checkGradOutput, readGradOutput } from '../tensor/grad-output.ts';
import type { Weights } from '../tensor/parameters.ts';
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

/** Options of {@link instanceNorm}. */
export interface InstanceNormOptions<Y extends FloatData = AnyData> extends ChannelNormOptions<Y> {
  /** C values, or N*C for conditional instance normalization; 1 where absent. */
  readonly weight?: Weights | null | undefined;
  /** C values, or N*C for conditional instance normalization; 0 where absent. */
  readonly bias?: Weights | null | undefined;
  /** Normalizes with the input's statistics (the default), or with the running ones. */
  readonly useInputStats?: boolean | undefined;
}

const RULES: ChannelRules = {
  options: /* @__PURE__ */ CHANNEL_OPTIONS.concat('useInputStats'),
  switch: 'useInputStats',
  byDefault: true,
  sharing: 'sample',
};

/**
 * Normalizes each channel of each sample by its own mean and variance.
 *
 * y = (x - mean) / sqrt(variance + eps) * weight + bias, the variance biased.
 * Running statistics move towards the average over the batch; their variance is
 * unbiased unless asked otherwise.
 *
 * Ulyanov, Vedaldi, Lempitsky: Instance Normalization (2016);
 * torch.nn.functional.instance_norm.
 *
 * @param x (N, C, *), or (N, *, C) in 'nhwc', with more than 1 element in each
 *   channel of a sample; with `lengths` of some sample
 * @returns `out`, or a new tensor of x's shape
 * @throws TypeError where an argument is of the wrong kind, RangeError where it
 *   is of the wrong size or value; nothing has been written then.
 * @example
 * import { instanceNorm, Tensor } from 'wasm-norm';
 *
 * const x = new Tensor(Float32Array.of(1, 2, 3, 4, 10, 20, 30, 40), [1, 2, 2, 2]); // N, C, H, W
 * const y = instanceNorm(x);
 * console.log(y.data); // -1.342, -0.447, 0.447, 1.342, -1.342, -0.447, 0.447, 1.342
 */
export function instanceNorm<D extends FloatData, Y extends FloatData = D>(
  x: TensorLike<D>,
  options: InstanceNormOptions<Y> = {},
): Tensor<Plain<Y>> {
  return normalizeChannels(readChannelArguments(readElements(x, 'x'), options, RULES));
}

/**
 * Finds the gradients of {@link instanceNorm}.
 *
 * @param gradOutput the gradient of a loss with respect to the result, of x's shape
 * @param x the input that the result was made from
 * @param options those of the call; `out` takes the gradient of the input, and may
 *   be gradOutput or x
 * @throws TypeError, RangeError as {@link instanceNorm} does.
 */
export function instanceNormBackward<D extends FloatData, Y extends FloatData = D>(
  gradOutput: TensorLike<FloatData>,
  x: TensorLike<D>,
  options: InstanceNormOptions<Y> = {},
): Gradients<Plain<Y>> {
  const gradient = readGradOutput(gradOutput);
  const args = refuseRecord(readChannelArguments(readElements(x, 'x'), options, RULES));
  return channelGradients(checkGradOutput(gradient, args.input, args.output), args);
}

/**
 * Instance normalization as a layer: torch.nn.InstanceNorm1d, 2d and 3d in one.
 *
 * Uses the input's own statistics, except in eval mode where running ones are
 * kept.
 *
 * @example
 * import { InstanceNorm, Tensor } from 'wasm-norm';
 *
 * const norm = new InstanceNorm(1, { affine: true, trackRunningStats: true });
 * const x = new Tensor(Float32Array.of(1, 2, 3, 4), [1, 1, 4]);
 * norm.forward(x); // in training mode: moves the running statistics
 * console.log(norm.runningMean, norm.runningVar); // 0.25, 1.067
 * console.log(norm.eval().forward(x).data); // 0.726, 1.694, 2.663, 3.631
 */
export class InstanceNorm extends ChannelLayer {
  /**
   * @param numFeatures C, the number of channels
   * @throws TypeError, RangeError as {@link instanceNorm} does.
   */
  constructor(numFeatures: number, options: ChannelLayerOptions = {}) {
    super(numFeatures, { affine: false, trackRunningStats: false }, options);
  }

  /** Refuses (C, H, W) too, which would pass for C samples of H channels. */
  protected override checkInput(x: CheckedTensor, name: string): void {
    const { shape } = x;
    const { numFeatures, layout } = this;
    const isImage = shape.length === 3 && shape[0] === numFeatures && shape[1] !== numFeatures;
    if (isImage && layout === 'nchw') {
      const sizes = shape.join(', ');
      const expected = `(N, C, L) with C = ${numFeatures}, or (C, H, W) as [1, ${sizes}]`;
      refuseValue(name, expected, `shape [${sizes}]`);
    }
    super.checkInput(x, name);
  }

  protected override run(x: CheckedTensor, mode: Mode, out: AnyOut): AnyTensor {
    const args = channelArguments(
      x,
      withStatistics(this.#options(mode, out), mode.statistics),
      RULES,
    );
    // At a momentum of 0 a batch of NaN would still spoil the running statistics.
    return normalizeChannels(this.momentum === null ? { ...args, moving: null } : args);
  }

  protected override differentiate(
    gradOutput: CheckedTensor,
    x: CheckedTensor,
    mode: Mode,
  ): AnyGradients {
    const args = channelArguments(x, withStatistics(this.#options(mode), mode.statistics), RULES);
    return channelGradients(checkGradOutput(gradOutput, x, args.output), args);
  }

  #options({ training, lengths, mask }: Mode, out?: AnyOut): InstanceNormOptions {
    const { weight, bias, eps, layout, unbiased, trackRunningStats } = this;
    const runningMean = trackRunningStats ? this.runningMean : null;
    const runningVar = trackRunningStats ? this.runningVar : null;
    const useInputStats = training || !trackRunningStats;
    const momentum = this.momentum ?? 0;
    return {
      weight,
      bias,
      eps,
      layout,
      lengths,
      mask,
      runningMean,
      runningVar,
      useInputStats,
      momentum,
      unbiased,
      out,
    };
  }
}
