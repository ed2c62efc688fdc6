// What instance, group and batch normalization have in common: they differ in the
// scopes over which statistics are taken.

import type { ChannelArguments, RunningStats, ScopeArguments } from './channel-arguments.ts';
import {
  addScopeGradients,
  checkGradient,
  type Differentiation,
  type Gradients,
  ParameterGradients,
} from './gradient.ts';
import { memoryFor } from './memory.ts';
import {
  applyLines,
  findMoments,
  makeLines,
  mergeGroups,
  normalizeRows,
  type StatesVisitor,
  setStates,
} from './normalize.ts';
import { ChannelAverage } from './running-stats.ts';
import { forEachBatchScope, forEachSampleScope, isRowwise, type Scope } from './scope.ts';
import type { ChannelTensor } from './shape.ts';
import type { CheckedTensor, Tensor } from './tensor.ts';

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

/**
 * Finds the gradients of a normalization by given statistics, or by the input's own.
 *
 * @param addOwn finds those by the input's own
 */
export function channelGradients(
  gradient: CheckedTensor,
  args: ScopeArguments,
  addOwn: (differentiation: Differentiation, tensor: ChannelTensor, share: number) => void,
): Gradients {
  const { input, output, tensor, weight, bias, affine, share, fixed } = args;
  const gradOutput = checkGradient(gradient, input, output);
  const parameters = new ParameterGradients(weight, bias);
  const channels = Math.min(share, input.data.length);
  const memory = memoryFor(channels, output.data, gradOutput, input.data);
  const differentiation: Differentiation = {
    memory,
    gradInput: output.data,
    gradOutput,
    input: input.data,
    affine,
    parameters,
  };
  if (fixed === null) {
    addOwn(differentiation, tensor, share);
  } else {
    forEachParameterScope(args)(tensor, (scope) => {
      setStates(memory, scope, fixed.mean, fixed.variance);
      addScopeGradients(differentiation, scope, 1, true);
    });
  }
  clearPadding(output.data, tensor);
  return { input: output.tensor, weight: parameters.weight, bias: parameters.bias };
}

/** Where statistics are given, scopes need only tell apart what has a weight of its own. */
function forEachParameterScope({ tensor, affine }: ScopeArguments): ForEachScope {
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
