import { arrayEntry, type StateEntry } from '../checkpoints/state-dict.ts';
import { describe } from '../checks/describe.ts';
import { checkBoolean, checkCount, checkEps, checkOptions } from '../checks/options.ts';
import { refuseValue } from '../checks/refuse.ts';
import { channelGradients } from '../passes/channel-gradients.ts';
import { type Gradients, readGradient } from '../passes/gradients.ts';
import { normalizeSamples, type ScopeArguments } from '../passes/normalize-channels.ts';
import { addSampleGradients } from '../passes/sample-gradients.ts';
import { channelTensor, checkChannels, checkLayout, type Layout } from '../tensor/channels.ts';
import { readOutput } from '../tensor/output.ts';
import { makeValues } from '../tensor/parameters.ts';
import { type CheckedTensor, readTensor, type Tensor, type TensorLike } from '../tensor/tensor.ts';
import { readAffine } from './affine.ts';
import { Layer, type Mode } from './layer.ts';

/** Options of {@link groupNorm}. */
export interface GroupNormOptions {
  /** C values; 1 where absent. */
  readonly weight?: Float32Array | null | undefined;
  /** C values; 0 where absent. */
  readonly bias?: Float32Array | null | undefined;
  /** Added to the variance under the square root; 1e-5 by default. */
  readonly eps?: number | undefined;
  /** Where the channels lie; 'nchw' by default. */
  readonly layout?: Layout | undefined;
  /** Where to write the result; x itself is allowed. */
  readonly out?: TensorLike | undefined;
}

const OPTIONS = ['weight', 'bias', 'eps', 'layout', 'out'];

/**
 * Normalizes each group of consecutive channels of each sample by its own mean
 * and variance.
 *
 * y = (x - mean) / sqrt(variance + eps) * weight + bias, the variance biased. One
 * group is layer normalization over all but the samples, as many groups as
 * channels is instance normalization.
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
 * const y = groupNorm(x, 32, { weight, bias });
 */
export function groupNorm(
  x: TensorLike,
  numGroups: number,
  options: GroupNormOptions = {},
): Tensor {
  const args = readArguments(x, numGroups, options);
  normalizeSamples(args);
  return args.output.tensor;
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
export function groupNormBackward(
  gradOutput: TensorLike,
  x: TensorLike,
  numGroups: number,
  options: GroupNormOptions = {},
): Gradients {
  const gradient = readGradient(gradOutput);
  return channelGradients(gradient, readArguments(x, numGroups, options), addSampleGradients);
}

function readArguments(
  x: TensorLike,
  numGroups: number,
  options: GroupNormOptions,
): ScopeArguments {
  checkOptions(options, OPTIONS);
  const { weight, bias, eps = 1e-5, layout = 'nchw', out } = options;
  const input = readTensor(x, 'x');
  checkCount(numGroups, 'numGroups');
  checkLayout(layout);
  const tensor = channelTensor(input.shape, layout, null, 'x');
  const { samples, channels, spatial } = tensor;
  checkDivisible(channels, numGroups, 'x');
  const share = channels / numGroups;
  if (samples * share * spatial === 1) {
    refuseValue(
      'x',
      'more than 1 element in a group',
      `shape ${describe(input.shape)} in ${numGroups} groups`,
    );
  }
  const output = readOutput(out, input, 'x');
  const affine = readAffine({ weight, bias, eps }, channels, true, output);
  return {
    input,
    output,
    tensor,
    weight: affine.weight,
    bias: affine.bias,
    affine,
    share,
    fixed: null,
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
 * const y = new GroupNorm(32, 256).forward(x);
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

  protected override checkInput({ shape }: CheckedTensor): void {
    checkLayout(this.layout);
    if (this.weight !== null) checkChannels(shape, this.layout, this.numChannels);
  }

  protected override run(x: TensorLike, _mode: Mode, out: TensorLike | undefined): Tensor {
    return groupNorm(x, this.numGroups, this.#options(out));
  }

  protected override differentiate(gradOutput: TensorLike, x: TensorLike): Gradients {
    return groupNormBackward(gradOutput, x, this.numGroups, this.#options());
  }

  #options(out?: TensorLike): GroupNormOptions {
    const { weight, bias, eps, layout } = this;
    return { weight, bias, eps, layout, out };
  }

  protected override stateEntries(): readonly StateEntry[] {
    const shape = [this.numChannels];
    return [...arrayEntry('weight', this.weight, shape), ...arrayEntry('bias', this.bias, shape)];
  }
}
