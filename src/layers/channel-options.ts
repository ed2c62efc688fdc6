import { checkBoolean, checkEps, checkFinite, checkOptions } from '../checks/options.ts';
import { refuseKind } from '../checks/refuse.ts';
import type { ChannelArguments } from '../passes/normalize-channels.ts';
import type { RunningStats } from '../statistics/running-average.ts';
import {
  type ChannelTensor,
  channelTensor,
  checkLayout,
  type Layout,
  readLengths,
} from '../tensor/channels.ts';
import { readOutput } from '../tensor/output.ts';
import { refuseOverlaps } from '../tensor/overlap.ts';
import { readParameter } from '../tensor/parameters.ts';
import { type CheckedTensor, readTensor, type TensorLike } from '../tensor/tensor.ts';

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

/** Where instance and batch normalization differ in what they take. */
export interface ChannelRules {
  /** The names of all options. */
  readonly options: readonly string[];
  /** The option that says whether the input's own statistics are used, and its default. */
  readonly switch: 'useInputStats' | 'training';
  readonly byDefault: boolean;
  /** Whether weight and bias may hold a value for each channel of each sample. */
  readonly conditional: boolean;
  /** Refuses an input that has no statistics of its own. */
  readonly checkStatistics: (tensor: ChannelTensor, input: CheckedTensor) => void;
}

type Switches = Readonly<Partial<Record<ChannelRules['switch'], unknown>>>;

/** The names of the options of both. */
export const CHANNEL_OPTIONS: readonly string[] = [
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

/** Reads the arguments of instance and batch normalization, each option once. */
export function readChannelArguments(
  x: TensorLike,
  options: ChannelNormOptions,
  rules: ChannelRules,
): ChannelArguments {
  checkOptions(options, rules.options);
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
  const { [rules.switch]: own = rules.byDefault } = options as Switches;
  const input = readTensor(x, 'x');
  checkEps(eps);
  checkLayout(layout);
  checkFinite(momentum, 'momentum');
  checkBoolean(unbiased, 'unbiased');
  checkBoolean(own, rules.switch);
  const tensor = channelTensor(input.shape, layout, readLengths(lengths), 'x');
  if (own) rules.checkStatistics(tensor, input);
  const { samples, channels } = tensor;
  const most = rules.conditional ? samples * channels : channels;
  const output = readOutput(out, input, 'x');
  const checkedWeight = readParameter(weight, 'weight', channels, most);
  const checkedBias = readParameter(bias, 'bias', channels, most);
  const mean = readParameter(runningMean, 'runningMean', channels);
  const variance = readParameter(runningVar, 'runningVar', channels);
  const fixed = own ? null : requireBoth(mean, variance, rules.switch);
  const period = Math.max(checkedWeight?.length ?? 0, checkedBias?.length ?? 0);
  const moved = mean !== null || variance !== null;
  if (moved || (output.given && period > 0)) {
    refuseOverlaps(
      { out: output.given, runningMean: mean, runningVar: variance },
      // Of x and out that is known already.
      {
        x: moved && !output.inPlace ? input.data : null,
        weight: checkedWeight,
        bias: checkedBias,
      },
    );
  }
  return {
    input,
    output,
    tensor,
    weight: checkedWeight,
    bias: checkedBias,
    affine: {
      weight: repeat(checkedWeight, period),
      bias: repeat(checkedBias, period),
      eps,
      centred: true,
    },
    share: 1,
    mean,
    variance,
    momentum,
    unbiased,
    fixed,
  };
}

function requireBoth(
  mean: Float32Array | null,
  variance: Float32Array | null,
  name: string,
): RunningStats {
  if (mean === null || variance === null) {
    const absent = mean === null ? 'runningMean' : 'runningVar';
    refuseKind(absent, `a Float32Array where ${name} is false`, null);
  }
  return { mean, variance };
}

function repeat(values: Float32Array | null, length: number): Float32Array | null {
  if (values === null || values.length === length) return values;
  return Float32Array.from({ length }, (_, i) => values[i % values.length] as number);
}
