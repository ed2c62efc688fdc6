import { memoryFor } from '../memory/memory.ts';
import { elementGradients } from './element-gradients.ts';
import { type Gradients, ParameterGradients } from './gradients.ts';
import type { TrailingArguments } from './normalize-trailing.ts';

/** Finds the gradients of {@link normalizeTrailing}. */
export function trailingGradients(gradOutput: Float32Array, args: TrailingArguments): Gradients {
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
