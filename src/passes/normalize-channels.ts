// What instance, group and batch normalization have in common: they differ in the
// scopes over which statistics are taken.

import { memoryFor } from '../memory/memory.ts';
import { findMoments, mergeGroups, type StatesVisitor, setStates } from '../statistics/moments.ts';
import { ChannelAverage, type RunningStats } from '../statistics/running-average.ts';
import { type ChannelTensor, isRowwise } from '../tensor/channels.ts';
import type { Output } from '../tensor/output.ts';
import type { CheckedTensor, Tensor } from '../tensor/tensor.ts';
import { forEachBatchScope, forEachSampleScope, type Scope } from '../views/scopes.ts';
import { type Affine, applyLines, makeLines } from './lines.ts';
import { normalizeRows } from './normalize-rows.ts';

/** Goes through a tensor by what shares a mean and variance. */
export type ForEachScope = (
  tensor: ChannelTensor,
  work: (scope: Scope) => void,
  share?: number,
) => void;

/** Normalizes each scope by its own statistics. */
export function normalizeScopes(
  { input, output, tensor, affine, share }: ScopeArguments,
  forEachScope: ForEachScope,
  visit?: StatesVisitor,
): void {
  // An empty tensor may have groups of any size.
  const memory = memoryFor(Math.min(share, input.data.length), output.data, input.data);
  const normalize = (scope: Scope) => {
    findMoments(memory, input.data, scope);
    mergeGroups(memory, scope, share);
    visit?.(memory.states, scope.first, scope.channels);
    makeLines(memory, scope, share, affine);
    applyLines(memory, output.data, input.data, scope);
  };
  forEachScope(tensor, normalize, share);
}

/** Normalizes channels, or groups of them, of each sample by their own statistics. */
export function normalizeSamples(args: ScopeArguments, visit?: StatesVisitor): void {
  const { input, output, tensor, affine, share } = args;
  const { samples, channels, spatial, lengths } = tensor;
  if (!isRowwise(tensor) || lengths !== null) {
    normalizeScopes(args, forEachSampleScope, visit);
    return;
  }
  const period = affine.weight?.length ?? affine.bias?.length ?? channels;
  const rows = { count: (samples * channels) / share, share, length: spatial, period };
  normalizeRows(output.data, input.data, rows, affine, visit);
}

/** Normalizes by given statistics. */
function normalizeFixed(args: ChannelArguments, { mean, variance }: RunningStats): void {
  const { input, output, tensor, affine } = args;
  const memory = memoryFor(0, output.data, input.data);
  forEachParameterScope(args)(tensor, (scope) => {
    setStates(memory, scope, mean, variance);
    makeLines(memory, scope, 1, affine);
    applyLines(memory, output.data, input.data, scope);
  });
}

/**
 * Normalizes by given statistics, or by the input's own, and then moves the
 * running ones.
 *
 * @param normalizeOwn normalizes by the input's own statistics, which it shows
 */
export function normalizeChannels(
  args: ChannelArguments,
  normalizeOwn: (args: ChannelArguments, visit?: StatesVisitor) => void,
): Tensor {
  const { output, tensor, mean, variance, momentum, unbiased, fixed } = args;
  if (fixed !== null) {
    normalizeFixed(args, fixed);
  } else if (mean === null && variance === null) {
    normalizeOwn(args);
  } else {
    const average = new ChannelAverage(tensor.channels, unbiased);
    normalizeOwn(args, (states, first, count) => average.add(states, first, count));
    average.update(mean, variance, momentum);
  }
  clearPadding(output.data, tensor);
  return output.tensor;
}

/** Where statistics are given, scopes need only tell apart what has a weight of its own. */
export function forEachParameterScope({ tensor, affine }: ScopeArguments): ForEachScope {
  const parameters = affine.weight?.length ?? affine.bias?.length ?? tensor.channels;
  return parameters === tensor.channels ? forEachBatchScope : forEachSampleScope;
}

/** Fills with 0 what lies past each sample's length. */
export function clearPadding(output: Float32Array, tensor: ChannelTensor): void {
  const { samples, channels, spatial, layout, lengths } = tensor;
  if (lengths === null) return;
  for (let sample = 0; sample < samples; sample++) {
    const start = sample * channels * spatial;
    const length = lengths[sample] as number;
    if (layout === 'nhwc') {
      output.fill(0, start + length * channels, start + spatial * channels);
    } else {
      for (let row = start; row < start + channels * spatial; row += spatial) {
        output.fill(0, row + length, row + spatial);
      }
    }
  }
}

/** Checked arguments of a normalization by channels or groups of them. */
export interface ScopeArguments {
  readonly input: CheckedTensor;
  readonly output: Output;
  readonly tensor: ChannelTensor;
  readonly weight: Float32Array | null;
  readonly bias: Float32Array | null;
  /** The same weight and bias, repeated to one length. */
  readonly affine: Affine;
  /** How many consecutive channels have a mean and variance in common. */
  readonly share: number;
  /** What to normalize by instead of the input's own statistics. */
  readonly fixed: RunningStats | null;
}

/** Checked arguments of instance and batch normalization. */
export interface ChannelArguments extends ScopeArguments {
  /** What is to be moved, either may be absent; or where `fixed` is not null, nothing. */
  readonly mean: Float32Array | null;
  readonly variance: Float32Array | null;
  readonly momentum: number;
  readonly unbiased: boolean;
}
