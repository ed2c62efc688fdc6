// Batch normalization of a part of a batch, by the moments of the whole, and its gradient by sums
// over the whole.

import type { Elements } from '../memory/elements.ts';
import { type Memory, memoryFor } from '../memory/memory.ts';
import { MOMENTS } from '../memory/sizes.ts';
import { RunningAverage } from '../statistics/running-average.ts';
import type { ChannelTensor } from '../tensor/channels.ts';
import type { AnyTensor } from '../tensor/tensor.ts';
import { BatchScopes, type Scope } from '../views/scopes.ts';
import type { ChannelArguments } from './channel-arguments.ts';
import { type AnyGradients, ParameterGradients } from './gradients.ts';
import { applyLines, prepareLines } from './lines.ts';
import { clearPadding } from './normalize-channels.ts';
import { addViewSums, combineScope } from './scope-gradients.ts';

/** Sums of a gradient over each channel, and of its products with the normalized input. */
export interface ChannelSums {
  readonly gradients: Float64Array;
  readonly products: Float64Array;
}

/** Normalizes a part by the moments of the channels of the whole. */
export function normalizePart(args: ChannelArguments, moments: Float64Array): AnyTensor {
  const { input, output, tensor, affine, moving } = args;
  const memory = memoryFor(0, output.data, input.data);
  const scopes = new BatchScopes(tensor);
  for (let i = 0; i < scopes.count; i++) {
    const scope = scopes.scope(i);
    loadMoments(memory, scope, moments);
    prepareLines(memory, scope, 1, affine);
    applyLines(memory, scope, output.data, input.data);
  }
  clearPadding(output.data, tensor);
  if (moving !== null) {
    const average = new RunningAverage(tensor.channels, moving.unbiased);
    average.add(moments, 0, tensor.channels);
    average.move(moving.mean, moving.variance, moving.momentum);
  }
  return output.tensor;
}

/** Adds the sums of a part. */
export function addSums(
  { gradients, products }: ChannelSums,
  gradOutput: Elements,
  input: Elements,
  tensor: ChannelTensor,
  moments: Float64Array,
  eps: number,
): void {
  const memory = memoryFor(0, gradOutput, input);
  const scopes = new BatchScopes(tensor);
  for (let i = 0; i < scopes.count; i++) {
    const scope = scopes.scope(i);
    loadMoments(memory, scope, moments);
    prepareNormalizing(memory, scope, eps);
    clearSums(memory, scope);
    for (let view = 0; view < scope.views; view++) {
      addViewSums({ memory, gradOutput, input }, scope.view(view));
    }
    const { first, channels, width } = scope;
    for (let column = 0; column < channels * width; column++) {
      const channel = first + Math.floor(column / width);
      (gradients[channel] as number) += memory.sums.values[column] as number;
      (products[channel] as number) += memory.products.values[column] as number;
    }
  }
}

/** Finds the gradients of {@link normalizePart} by sums over the whole. */
export function partGradients(
  gradOutput: Elements,
  { input, output, tensor, weight, bias, affine }: ChannelArguments,
  moments: Float64Array,
  { gradients, products }: ChannelSums,
): AnyGradients {
  const parameters = new ParameterGradients(weight, bias);
  parameters.add(0, tensor.channels, gradients, products);
  const memory = memoryFor(0, output.data, gradOutput, input.data);
  const differentiation = {
    memory,
    gradInput: output.data,
    gradOutput,
    input: input.data,
    affine,
    parameters,
  };
  const scopes = new BatchScopes(tensor);
  for (let i = 0; i < scopes.count; i++) {
    const scope = scopes.scope(i);
    loadMoments(memory, scope, moments);
    prepareNormalizing(memory, scope, affine.eps);
    clearSums(memory, scope);
    // The sums of a channel's columns are added up, and so may be those of its first.
    for (let channel = 0; channel < scope.channels; channel++) {
      const column = channel * scope.width;
      memory.sums.values[column] = gradients[scope.first + channel] as number;
      memory.products.values[column] = products[scope.first + channel] as number;
    }
    combineScope(differentiation, scope, 1);
  }
  clearPadding(output.data, tensor);
  return { input: output.tensor, weight: parameters.weight, bias: parameters.bias };
}

function loadMoments(memory: Memory, { first, channels }: Scope, moments: Float64Array): void {
  memory.moments.values.set(moments.subarray(first * MOMENTS, (first + channels) * MOMENTS));
}

/** Prepares lines that make the normalized input. */
function prepareNormalizing(memory: Memory, scope: Scope, eps: number): void {
  prepareLines(memory, scope, 1, { weight: null, bias: null, eps, centred: true, deviation: null });
}

function clearSums({ sums, products }: Memory, { channels, width }: Scope): void {
  sums.values.fill(0, 0, channels * width);
  products.values.fill(0, 0, channels * width);
}
