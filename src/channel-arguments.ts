import type { Affine } from './normalize.ts';
import {
  checkBoolean,
  checkEps,
  checkFinite,
  checkLayout,
  checkOptions,
  readLengths,
  readOutput,
  readParameter,
  refuseOverlaps,
  sameMemory,
} from './options.ts';
import { type ChannelTensor, channelTensor, type Layout } from './shape.ts';
import { type CheckedTensor, readTensor, type Tensor, type TensorLike } from './tensor.ts';

/** Options that instance and batch normalization share. */
export interface ChannelNormOptions {
  /** Multiplies the normalized values; 1 where absent. */
  readonly weight?: Float32Array | null | undefined;
  /** Added then; 0 where absent. */
  readonly bias?: Float32Array | null | undefined;
  /** Added to the variance under the square root; 1e-5 by default. */
  readonly eps?: number | undefined;
  /** Where the channels lie; 'nchw' by default. */
  readonly layout?: Layout | undefined;
  /**
   * For (N, C, L), or (N, L, C) in 'nhwc': how much of each sample is valid. What
   * lies past it takes no part in the statistics, and comes out as 0.
   */
  readonly lengths?: ArrayLike<number> | null | undefined;
  /** C values, updated in place where the input's statistics are used. */
  readonly runningMean?: Float32Array | null | undefined;
  /** C values, updated in place where the input's statistics are used. */
  readonly runningVar?: Float32Array | null | undefined;
  /** The share of the new value in a running statistic; 0.1 by default. */
  readonly momentum?: number | undefined;
  /** Whether the running variance divides by n - 1 (the default, as PyTorch) or n. */
  readonly unbiased?: boolean | undefined;
  /** Where to write the result; x itself is allowed. */
  readonly out?: TensorLike | undefined;
}

/** The names of {@link ChannelNormOptions}. */
export const CHANNEL_NORM_OPTIONS: readonly string[] = [
  'weight',
  'bias',
  'eps',
  'layout',
  'lengths',
  'runningMean',
  'runningVar',
  'momentum',
  'unbiased',
  'out',
];

/** Checked arguments of instance and batch normalization. */
export interface ChannelArguments {
  readonly input: CheckedTensor;
  readonly tensor: ChannelTensor;
  readonly weight: Float32Array | null;
  readonly bias: Float32Array | null;
  /** The same weight and bias, repeated to one length. */
  readonly affine: Affine;
  readonly mean: Float32Array | null;
  readonly variance: Float32Array | null;
  readonly momentum: number;
  readonly unbiased: boolean;
  readonly output: Tensor;
}

/**
 * Reads the arguments of instance and batch normalization, each option once.
 *
 * @param known the names of all options
 * @param perSample whether weight and bias may hold a value for each sample's channel
 */
export function readChannelArguments(
  x: TensorLike,
  options: ChannelNormOptions,
  known: readonly string[],
  perSample: boolean,
): ChannelArguments {
  checkOptions(options, known);
  const {
    weight,
    bias,
    eps = 1e-5,
    layout = 'nchw',
    lengths,
    runningMean,
    runningVar,
    momentum = 0.1,
    unbiased = true,
    out,
  } = options;
  const input = readTensor(x, 'x');
  checkEps(eps);
  checkLayout(layout);
  checkFinite(momentum, 'momentum');
  checkBoolean(unbiased, 'unbiased');
  const tensor = channelTensor(input.shape, layout, readLengths(lengths), 'x');
  const { samples, channels } = tensor;
  const allowed = perSample ? [channels, samples * channels] : [channels];
  const checkedWeight = readParameter(weight, 'weight', ...allowed);
  const checkedBias = readParameter(bias, 'bias', ...allowed);
  const period = Math.max(checkedWeight?.length ?? 0, checkedBias?.length ?? 0);
  const mean = readParameter(runningMean, 'runningMean', channels);
  const variance = readParameter(runningVar, 'runningVar', channels);
  const output = readOutput(out, input, 'x');
  refuseOverlaps(
    { out: output.data, runningMean: mean, runningVar: variance },
    {
      x: sameMemory(output.data, input.data) ? null : input.data,
      weight: checkedWeight,
      bias: checkedBias,
    },
  );
  return {
    input,
    tensor,
    weight: checkedWeight,
    bias: checkedBias,
    affine: {
      weight: repeat(checkedWeight, period),
      bias: repeat(checkedBias, period),
      eps,
      centred: true,
    },
    mean,
    variance,
    momentum,
    unbiased,
    output,
  };
}

function repeat(values: Float32Array | null, length: number): Float32Array | null {
  if (values === null || values.length === length) return values;
  return Float32Array.from({ length }, (_, i) => values[i % values.length] as number);
}
