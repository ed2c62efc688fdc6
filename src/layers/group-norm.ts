import { arrayEntry, type StateEntry } from '../checkpoints/state-dict.ts';
import { describe } from '../checks/describe.ts';
import { checkBoolean, checkCount, checkEps, checkOptions } from '../checks/options.ts';
import { refuseValue } from '../checks/refuse.ts';
import type { ChannelArguments } from '../passes/channel-arguments.ts';
import { channelGradients } from '../passes/channel-gradients.ts';
import type { AnyGradients, Gradients } from '../passes/gradients.ts';
import { normalizeChannels } from '../passes/normalize-channels.ts';
import {
  channelTensor,
  checkChannels,
  checkLayout,
  type Layout,
  type LayoutOption,
} from '../tensor/channels.ts';
import { checkGradOutput, readGradOutput } from '../tensor/grad-output.ts';
import { type MaskOption, mostHeld, readMask } from '../tensor/mask.ts';
import { makeValues } from '../tensor/parameters.ts';
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
import { readAffine } from './affine.ts';
import { Layer, type Mode } from './layer.ts';
import type { NormOptions } from './options.ts';
import {
  type DeviationOptions,
  readStatisticsCall,
  refuseRecord,
  type StatisticsOptions,
  withStatistics,
} from './statistics-options.ts';

/** Options of {@link groupNorm}; weight and bias hold C values, or N*C: a set for each sample. */
export interface GroupNormOptions<Y extends FloatData = AnyData>
  extends NormOptions<Y>,
    LayoutOption,
    MaskOption,
    DeviationOptions,
    StatisticsOptions {}

const OPTIONS = [
  'weight',
  'bias',
  'eps',
  'layout',
  'mask',
  'out',
  'outMean',
  'outRstd',
  'correction',
  'epsMode',
];

/**
 * Normalizes each group of consecutive channels of each sample by its own mean
 * and variance.
 *
 * y = (x - mean) / sqrt(variance + eps) * weight + bias, the variance biased. With one
 * group it is layer normalization over all but the samples. With as many groups as
 * channels it is instance normalization.
 *
 * Wu, He: Group Normalization (2018); torch.nn.functional.group_norm.
 *
 * @param x (N, C, *), or (N, *, C) in 'nhwc'
 * @param numGroups divides C
 * @returns `out`, or a new tensor of x's shape
 * @throws TypeError where an argument is of the wrong kind, RangeError where it
 *   is of the wrong size or value, or where the whole batch has just 1 element
 *   for a group; nothing has been written then.
 * @example
 * import { groupNorm, Tensor } from 'wasm-norm';
 *
 * const x = new Tensor(Float32Array.of(1, 2, 3, 4, 10, 20, 30, 40), [1, 4, 2]);
 * console.log(groupNorm(x, 2).data); // -1.342, -0.447, 0.447, 1.342, -1.342, -0.447, 0.447, 1.342
 */
export function groupNorm<D extends FloatData, Y extends FloatData = D>(
  x: TensorLike<D>,
  numGroups: number,
  options: GroupNormOptions<Y> = {},
): Tensor<Plain<Y>> {
  return normalizeChannels(readArguments(readElements(x, 'x'), numGroups, options));
}

/**
 * Finds the gradients of {@link groupNorm}.
 *
 * @param gradOutput the gradient of a loss with respect to the result, of x's shape
 * @param x the input that the result was made from
 * @param numGroups that of the call
 * @param options those of the call; `out` takes the gradient of the input, and may
 *   be gradOutput or x
 * @throws TypeError, RangeError as {@link groupNorm} does.
 */
export function groupNormBackward<D extends FloatData, Y extends FloatData = D>(
  gradOutput: TensorLike<FloatData>,
  x: TensorLike<D>,
  numGroups: number,
  options: GroupNormOptions<Y> = {},
): Gradients<Plain<Y>> {
  const gradient = readGradOutput(gradOutput);
  const args = refuseRecord(readArguments(readElements(x, 'x'), numGroups, options));
  return channelGradients(checkGradOutput(gradient, args.input, args.output), args);
}

function readArguments(
  input: CheckedTensor,
  numGroups: number,
  options: GroupNormOptions,
): ChannelArguments {
  checkOptions(options, OPTIONS);
  const { weight, bias, eps = 1e-5, layout = 'nchw', mask, out } = options;
  const statistics = readStatisticsCall(options);
  checkCount(numGroups, 'numGroups');
  checkLayout(layout);
  const tensor = channelTensor(input.shape, layout, null, readMask(mask, 'mask'), 'x');
  const { samples, channels, spatial } = tensor;
  checkDivisible(channels, numGroups, 'x');
  const groupSize = channels / numGroups;
  const positions = tensor.mask ? mostHeld(tensor.mask, 1) : samples * spatial;
  if (positions * groupSize === 1) {
    const given = `shape ${describe(input.shape)} in ${numGroups} groups`;
    const got = tensor.mask ? `${given} and a mask that leaves 1` : given;
    refuseValue('x', 'more than 1 element in a group', got);
  }
  const {
    weight: ownWeight,
    bias: ownBias,
    affine,
    output,
    record,
  } = readAffine(
    { weight, bias, eps, out },
    statistics,
    input,
    channels,
    samples,
    true,
    samples * numGroups,
    groupSize * spatial,
  );
  return {
    input,
    output,
    tensor,
    weight: ownWeight,
    bias: ownBias,
    affine,
    sharing: 'sample',
    groupSize,
    fixed: null,
    moving: null,
    record,
  };
}

function checkDivisible(channels: number, numGroups: number, name: string): void {
  if (channels % numGroups !== 0) {
    refuseValue(name, `a number of channels that ${numGroups} groups divide`, channels);
  }
}

/** Options of {@link GroupNorm}. */
export interface GroupNormLayerOptions {
  /** Added to the variance under the square root; 1e-5 by default. */
  readonly eps?: number | undefined;
  /** Whether it has a weight and a bias to learn; true by default. */
  readonly affine?: boolean | undefined;
  /** Where the channels lie; 'nchw' by default. */
  readonly layout?: Layout | undefined;
}

/**
 * Group normalization as a layer: torch.nn.GroupNorm. The same in training and
 * in eval mode.
 *
 * @example
 * import { GroupNorm, Tensor } from 'wasm-norm';
 *
 * const norm = new GroupNorm(2, 4);
 * const x = new Tensor(Float32Array.of(1, 2, 3, 4, 10, 20, 30, 40), [1, 4, 2]);
 * console.log(norm.forward(x).data.subarray(0, 4)); // -1.342, -0.447, 0.447, 1.342
 */
export class GroupNorm extends Layer {
  /** G, which divides C. */
  readonly numGroups: number;
  /** C, the number of channels. */
  readonly numChannels: number;
  /** Added to the variance under the square root. */
  readonly eps: number;
  /** Where the channels of its inputs lie. */
  readonly layout: Layout;
  /** C values to learn, 1 at first; null unless `affine`. */
  readonly weight: Float32Array | null;
  /** C values to learn, 0 at first; null unless `affine`. */
  readonly bias: Float32Array | null;

  /**
   * @param numGroups G, which divides C
   * @param numChannels C, the number of channels
   * @throws TypeError, RangeError as {@link groupNorm} does.
   */
  constructor(numGroups: number, numChannels: number, options: GroupNormLayerOptions = {}) {
    super();
    checkCount(numGroups, 'numGroups');
    checkCount(numChannels, 'numChannels');
    checkDivisible(numChannels, numGroups, 'numChannels');
    checkOptions(options, ['eps', 'affine', 'layout']);
    const { eps = 1e-5, affine = true, layout = 'nchw' } = options;
    checkEps(eps);
    checkBoolean(affine, 'affine');
    checkLayout(layout);
    this.numGroups = numGroups;
    this.numChannels = numChannels;
    this.eps = eps;
    this.layout = layout;
    this.weight = affine ? makeValues(numChannels, 1, 'numChannels') : null;
    this.bias = affine ? makeValues(numChannels, 0, 'numChannels') : null;
  }

  protected override checkInput({ shape }: CheckedTensor, name: string): void {
    checkLayout(this.layout);
    if (this.weight !== null) checkChannels(shape, this.layout, this.numChannels, name);
  }

  protected override run(x: CheckedTensor, mode: Mode, out: AnyOut): AnyTensor {
    return normalizeChannels(
      readArguments(x, this.numGroups, withStatistics(this.#options(mode, out), mode.statistics)),
    );
  }

  protected override differentiate(
    gradOutput: CheckedTensor,
    x: CheckedTensor,
    mode: Mode,
  ): AnyGradients {
    const options = withStatistics(this.#options(mode), mode.statistics);
    const args = readArguments(x, this.numGroups, options);
    return channelGradients(checkGradOutput(gradOutput, x, args.output), args);
  }

  #options({ mask }: Mode, out?: AnyOut): GroupNormOptions {
    const { weight, bias, eps, layout } = this;
    return { weight, bias, eps, layout, mask, out };
  }

  protected override stateEntries(): readonly StateEntry[] {
    const shape = [this.numChannels];
    return [
      ...arrayEntry('weight', 'weight', this.weight, shape),
      ...arrayEntry('bias', 'bias', this.bias, shape),
    ];
  }
}
