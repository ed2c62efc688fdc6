import { memoryFor } from '../memory/memory.ts';
import { setStates } from '../statistics/moments.ts';
import type { ChannelTensor } from '../tensor/channels.ts';
import type { CheckedTensor } from '../tensor/tensor.ts';
import {
  checkGradient,
  type Differentiation,
  type Gradients,
  ParameterGradients,
} from './gradients.ts';
import { clearPadding, forEachParameterScope, type ScopeArguments } from './normalize-channels.ts';
import { addScopeGradients } from './scope-gradients.ts';

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
