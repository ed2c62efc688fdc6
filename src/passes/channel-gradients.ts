import type { Elements } from '../memory/elements.ts';
import { memoryFor } from '../memory/memory.ts';
import type { Operand } from '../memory/selection.ts';
import type { RunningStats } from '../statistics/running-average.ts';
import { partFrom } from '../views/masked-part.ts';
import {
  type ChannelArguments,
  type ChannelWork,
  ownScopes,
  parameterScopes,
  workOn,
} from './channel-arguments.ts';
import { DifferentiateColumns } from './column-gradients.ts';
import { ownElementGradients } from './element-gradients.ts';
import { fewRowsOfScope } from './few-rows.ts';
import { type AnyGradients, type Differentiation, ParameterGradients } from './gradients.ts';
import { findGroupMoments, groupsAsChannels, groupsAsWholes } from './group-rows.ts';
import { prepareDeviations, prepareGivenLines, withoutParameters } from './lines.ts';
import { clearPadding } from './normalize-channels.ts';
import { fitsRowGradients, rowGradients } from './row-gradients.ts';
import { fixedScopeGradients, scopeGradients } from './scope-gradients.ts';
import { ownWay } from './way.ts';

/** Finds the gradients of {@link normalizeChannels}. */
export function channelGradients(gradOutput: Elements, args: ChannelArguments): AnyGradients {
  const { output, tensor, weight, bias, sharing, fixed } = args;
  const parameters = new ParameterGradients(weight, bias);
  if (tensor.mask === null) {
    partGradients(gradOutput, args, fixed, parameters);
  } else {
    for (let first = 0; first < tensor.samples; ) {
      const part = partFrom(tensor, sharing, first);
      const own = parameters.ofSets(first, part.samples, tensor.channels);
      partGradients(part.select(gradOutput), workOn(args, part), fixed, own);
      first += part.samples;
    }
  }
  clearPadding(output.data, tensor);
  return { input: output.tensor, weight: parameters.weight, bias: parameters.bias };
}

function partGradients(
  gradOutput: Operand,
  work: ChannelWork,
  fixed: RunningStats | null,
  parameters: ParameterGradients,
): void {
  const { input, output, affine } = work;
  const differentiation: Differentiation = {
    memory: memoryFor(0, output.data, gradOutput, input.data),
    gradInput: output.data,
    gradOutput,
    input: input.data,
    affine,
    parameters,
  };
  if (fixed === null) ownGradients(differentiation, work);
  else fixedGradients(differentiation, work, fixed);
}

/** Finds the gradients of a normalization by the input's own statistics. */
function ownGradients(differentiation: Differentiation, args: ChannelWork): void {
  const { memory } = differentiation;
  const way = ownWay(args, true);
  if (way?.by === 'columns') {
    memory.run(new DifferentiateColumns(differentiation, way.columns));
  } else if (way?.by === 'rows' && way.rows.length === 1) {
    const { count, groupSize, period } = way.rows;
    ownElementGradients(differentiation, count, groupSize, period);
  } else if (way?.by === 'rows' && fitsRowGradients(differentiation, way.rows)) {
    rowGradients(differentiation, way.rows);
  } else {
    ownScopeGradients(differentiation, args);
  }
}

function ownScopeGradients(given: Differentiation, givenArgs: ChannelWork): void {
  const wholes = groupsAsWholes(givenArgs);
  const groups = groupsAsChannels(wholes);
  const args = groups?.args ?? wholes;
  const { affine, groupSize } = args;
  const { gradInput, gradOutput, input } = given;
  // An empty tensor may have groups of any size.
  const most = Math.min(groupSize, input.length);
  const memory = memoryFor(most, gradInput, gradOutput, input);
  const differentiation = { ...given, memory };
  const scopes = groups?.scopes ?? ownScopes(memory, args);
  for (let i = 0; i < scopes.count; i++) {
    const scope = scopes.scope(i);
    if (scope === null) continue;
    const columns = fewRowsOfScope(args, scope, true);
    if (columns !== null) {
      memory.run(new DifferentiateColumns(differentiation, columns));
      continue;
    }
    findGroupMoments(memory, scope, args);
    prepareDeviations(memory, scope.channels / groupSize, affine);
    scopeGradients(differentiation, scope, groupSize);
  }
}

/** Finds the gradients of a normalization by given statistics. */
function fixedGradients(
  differentiation: Differentiation,
  args: ChannelWork,
  fixed: RunningStats,
): void {
  const scopes = parameterScopes(differentiation.memory, args, 'gradients');
  const affine = withoutParameters(args.affine);
  for (let i = 0; i < scopes.count; i++) {
    const scope = scopes.scope(i);
    if (scope === null) continue;
    prepareGivenLines(differentiation.memory, scope, fixed, affine);
    fixedScopeGradients(differentiation, scope);
  }
}
