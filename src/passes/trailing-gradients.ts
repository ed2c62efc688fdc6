import type { Elements } from '../memory/elements.ts';
import { memoryFor } from '../memory/memory.ts';
import { elementGradients } from './element-gradients.ts';
import { type AnyGradients, ParameterGradients } from './gradients.ts';
import type { TrailingArguments } from './normalize-trailing.ts';

/** Finds the gradients of {@link normalizeTrailing}. */
export function trailingGradients(gradOutput: Elements, args: TrailingArguments): AnyGradients {
  const { input, output, affine, rows, length } = args;
  const parameters = new ParameterGradients(affine.weight, affine.bias);
  const differentiation = {
    memory: memoryFor(0, output.data, gradOutput, input.data),
    gradInput: output.data,
    gradOutput,
    input: input.data,
    affine,
    parameters,
  };
  elementGradients(differentiation, rows, length);
  return { input: output.tensor, weight: parameters.weight, bias: parameters.bias };
}
