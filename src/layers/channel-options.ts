import { describe } from '../checks/describe.ts';
import { checkBoolean, checkEps, checkFinite, checkOptions } from '../checks/options.ts';
import { refuseKind, refuseValue } from '../checks/refuse.ts';
import { toFloat32 } from '../memory/memory.ts';
import type { ChannelArguments } from '../passes/channel-arguments.ts';
import type { RunningStats } from '../statistics/running-average.ts';
import {
  type ChannelTensor,
  channelTensor,
  checkLayout,
  type LayoutOption,
  type LengthsOption,
  readLengths,
} from '../tensor/channels.ts';
import { type MaskOption, mostHeld, readMask } from '../tensor/mask.ts';
import { readOutput } from '../tensor/output.ts';
import { refuseOverlaps } from '../tensor/overlap.ts';
import { dataOf, type Parameter, readParameter, readWeights } from '../tensor/parameters.ts';
import type { AnyData, CheckedTensor, FloatData } from '../tensor/tensor.ts';
import { repeat } from './affine.ts';
import type { NormOptions } from './options.ts';
import {
  type DeviationOptions,
  makeStatistics,
  NO_STATISTICS,
  readStatisticsCall,
  type StatisticsOptions,
} from './statistics-options.ts';

/** Options that instance and batch normalization share. */
export interface ChannelNormOptions<Y extends FloatData = AnyData>
  extends NormOptions<Y>,
    LayoutOption,
    LengthsOption,
    MaskOption,
    DeviationOptions,
    StatisticsOptions {
  /** C values, updated in place where the input's statistics are used. */
  readonly runningMean?: Parameter | null | undefined;
  /** C values, updated in place where the input's statistics are used. */
  readonly runningVar?: Parameter | null | undefined;
  /** The share of the new value in a running statistic; 0.1 by default. */
  readonly momentum?: number | undefined;
  /** Whether the running variance divides by n - 1 (the default, as PyTorch) or n. */
  readonly unbiased?: boolean | undefined;
}

/** Where instance and batch normalization differ in what they take. */
export interface ChannelRules {
  /** The names of all options. */
  readonly options: readonly string[];
  /** The option that says whether the input's own statistics are used, and its default. */
  readonly switch: 'useInputStats' | 'training';
  readonly byDefault: boolean;
  /** Whether a channel has statistics of its own in each sample, or the same in all. */
  readonly sharing: ChannelArguments['sharing'];
  /** Whether the input is a part of what the statistics are of, of any size. */
  readonly isPart?: boolean;
}

type Switches = Readonly<Partial<Record<ChannelRules['switch'], unknown>>>;

/** The names of the options of both. */
export const CHANNEL_OPTIONS: readonly string[] = [
  'weight',
  'bias',
  'eps',
  'layout',
  'lengths',
  'mask',
  'runningMean',
  'runningVar',
  'momentum',
  'unbiased',
  'out',
  'outMean',
  'outRstd',
  'correction',
  'epsMode',
];

/** Reads the arguments of a call of instance or batch normalization. */
export function readChannelArguments(
  input: CheckedTensor,
  options: ChannelNormOptions,
  rules: ChannelRules,
): ChannelArguments {
  checkOptions(options, rules.options);
  return channelArguments(input, options, rules);
}

/**
 * Reads them from options whose names are known, as those of a layer are: each once. Weight and
 * bias may hold a value for each channel of each sample where samples share no statistics.
 */
export function channelArguments(
  input: CheckedTensor,
  options: ChannelNormOptions,
  rules: ChannelRules,
): ChannelArguments {
  const {
    weight,
    bias,
    eps = 1e-5,
    layout = 'nchw',
    lengths,
    mask,
    runningMean,
    runningVar,
    momentum = 0.1,
    unbiased = true,
    out,
  } = options;
  const statistics = readStatisticsCall(options);
  const { [rules.switch]: own = rules.byDefault } = options as Switches;
  checkEps(eps);
  checkLayout(layout);
  checkFinite(momentum, 'momentum');
  checkBoolean(unbiased, 'unbiased');
  checkBoolean(own, rules.switch);
  const { sharing } = rules;
  const ownLengths = readLengths(lengths);
  const tensor = channelTensor(input.shape, layout, ownLengths, readMask(mask, 'mask'), 'x');
  if (own && !rules.isPart) checkStatistics(tensor, input.shape, sharing);
  const { samples, channels } = tensor;
  const most = sharing === 'sample' ? samples * channels : channels;
  const weightData = dataOf(weight, 'weight');
  const biasData = dataOf(bias, 'bias');
  const meanData = dataOf(runningMean, 'runningMean');
  const varianceData = dataOf(runningVar, 'runningVar');
  const output = readOutput(out, input, 'x');
  const given = output.given?.data ?? null;
  const givenWeight = readWeights(weightData, 'weight', channels, most);
  const givenBias = readWeights(biasData, 'bias', channels, most);
  const mean = readParameter(meanData, 'runningMean', channels);
  const variance = readParameter(varianceData, 'runningVar', channels);
  const fixed = own ? null : requireBoth(mean, variance, rules.switch);
  const period = Math.max(givenWeight?.length ?? 0, givenBias?.length ?? 0);
  const hasStatistics = mean !== null || variance !== null;
  if (hasStatistics) {
    refuseOverlaps(
      { out: given, runningMean: mean, runningVar: variance },
      // Whether x and out overlap is known already.
      { x: output.inPlace ? null : input.data, weight: givenWeight, bias: givenBias },
    );
  } else if (given && period > 0) {
    refuseOverlaps({ out: given }, { weight: givenWeight, bias: givenBias });
  }
  const { deviation, record } =
    statistics === null
      ? NO_STATISTICS
      : makeStatistics(statistics, eps, true, most, own ? null : rules.switch, {
          x: input.data,
          out: given,
          weight: givenWeight,
          bias: givenBias,
          runningMean: mean,
          runningVar: variance,
        });
  const ownWeight = toFloat32(givenWeight);
  const ownBias = toFloat32(givenBias);
  return {
    input,
    output,
    tensor,
    weight: ownWeight,
    bias: ownBias,
    affine: {
      weight: repeat(ownWeight, period),
      bias: repeat(ownBias, period),
      eps: deviation === null ? eps : 0,
      centred: true,
      deviation,
    },
    sharing,
    groupSize: 1,
    fixed,
    moving: own && hasStatistics ? { mean, variance, momentum, unbiased } : null,
    record,
  };
}

/** Refuses an input that has statistics of one element, and none of more. */
function checkStatistics(
  tensor: ChannelTensor,
  shape: readonly number[],
  sharing: ChannelArguments['sharing'],
): void {
  if (mostElements(tensor, sharing) !== 1) return;
  const { lengths, mask } = tensor;
  const given = lengths ? `lengths ${describe(lengths)}` : `shape ${describe(shape)}`;
  refuseValue(
    'x',
    `more than 1 ${sharing === 'sample' ? 'spatial element' : 'element in each channel'}`,
    mask ? `${given} and a mask that leaves 1` : given,
  );
}

/** Returns how many elements have a mean and variance in common: the most of any sample. */
function mostElements(
  { samples, spatial, lengths, mask }: ChannelTensor,
  sharing: ChannelArguments['sharing'],
): number {
  const isOne = sharing === 'sample' && spatial === 1;
  if (mask !== null && !isOne) return mostHeld(mask, sharing === 'batch' ? 1 : samples);
  if (sharing === 'batch') return lengths ? lengths.reduce((a, b) => a + b, 0) : samples * spatial;
  // A spatial size of 1 is refused in a batch without samples too, as in PyTorch.
  if (spatial === 1 || lengths === null) return spatial;
  return lengths.reduce((a, b) => Math.max(a, b), 0);
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
