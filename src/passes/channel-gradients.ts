import type { Elements } from '../memory/elements.ts';
import { memoryFor } from '../memory/memory.ts';
import { findMoments, mergeGroups, setMoments } from '../statistics/moments.ts';
import type { RunningStats } from '../statistics/running-average.ts';
import { isRowwise } from '../tensor/channels.ts';
import { type ChannelArguments, ownScopes, parameterScopes } from './channel-arguments.ts';
import { DifferentiateColumns } from './column-gradients.ts';
import { type AnyGradients, type Differentiation, ParameterGradients } from './gradients.ts';
import { clearPadding } from './normalize-channels.ts';
import { fewRowsOf, fewRowsOfScope } from './normalize-columns.ts';
import { fitsRowGradients, rowGradients } from './row-gradients.ts';
import { scopeGradients } from './scope-gradients.ts';

/** Finds the gradients of {@link normalizeChannels}. */
export function channelGradients(gradOutput: Elements, args: ChannelArguments): AnyGradients {
  const { input, output, tensor, weight, bias, affine, groupSize, fixed } = args;
  const parameters = new ParameterGradients(weight, bias);
  const most = Math.min(groupSize, input.data.length);
  const differentiation: Differentiation = {
    memory: memoryFor(most, output.data, gradOutput, input.data),
    gradInput: output.data,
    gradOutput,
    input: input.data,
    affine,
    parameters,
  };
  if (fixed === null) ownGradients(differentiation, args);
  else fixedGradients(differentiation, args, fixed);
  clearPadding(output.data, tensor);
  return { input: output.tensor, weight: parameters.weight, bias: parameters.bias };
}

/** Finds the gradients of a normalization by the input's own statistics. */
function ownGradients(differentiation: Differentiation, args: ChannelArguments): void {
  const { tensor, affine, sharing, groupSize } = args;
  const { samples, channels, spatial, lengths } = tensor;
  const { memory, input } = differentiation;
  // A row of one element costs 40 ns, as a column 5 to 15.
  const columns = fewRowsOf(args, true);
  if (columns !== null) {
    memory.run(new DifferentiateColumns(differentiation, columns));
    return;
  }
  const isRows = isRowwise(tensor) || spatial === 1;
  if (sharing === 'sample' && isRows && lengths === null) {
    const period = affine.weight?.length ?? channels;
    const count = (samples * channels) / groupSize;
    const rows = { count, groupSize, length: spatial, period };
    if (fitsRowGradients(differentiation, rows)) {
      rowGradients(differentiation, rows);
      return;
    }
  }
  const scopes = ownScopes(args);
  for (let i = 0; i < scopes.count; i++) {
    const scope = scopes.scope(i);
    if (scope === null) continue;
    const columns = fewRowsOfScope(args, scope);
    if (columns !== null) {
      memory.run(new DifferentiateColumns(differentiation, columns));
      continue;
    }
    findMoments(memory, scope, input);
    mergeGroups(memory, scope, groupSize);
    scopeGradients(differentiation, scope, groupSize, false);
  }
}

/** Finds the gradients of a normalization by given statistics. */
function fixedGradients(
  differentiation: Differentiation,
  args: ChannelArguments,
  { mean, variance }: RunningStats,
): void {
  const scopes = parameterScopes(args);
  for (let i = 0; i < scopes.count; i++) {
    const scope = scopes.scope(i);
    if (scope === null) continue;
    setMoments(differentiation.memory, scope, mean, variance);
    scopeGradients(differentiation, scope, 1, true);
  }
}
