import type { Elements } from '../memory/elements.ts';
import { memoryFor } from '../memory/memory.ts';
import type { AxesView } from '../views/axes.ts';
import { elementGradients } from './element-gradients.ts';
import { type AnyGradients, type Differentiation, ParameterGradients } from './gradients.ts';
import type { TrailingArguments } from './normalize-trailing.ts';
import { RowsOfAxes } from './rows-of-axes.ts';

/** Finds the gradients of {@link normalizeTrailing}. */
export function trailingGradients(gradOutput: Elements, args: TrailingArguments): AnyGradients {
  const { input, output, affine, rows, length, axes } = args;
  const parameters = new ParameterGradients(affine.weight, affine.bias);
  const differentiation = {
    memory: memoryFor(0, output.data, gradOutput, input.data),
    gradInput: output.data,
    gradOutput,
    input: input.data,
    affine,
    parameters,
  };
  if (axes === null) elementGradients(differentiation, rows, length);
  else gradientsOfAxes(differentiation, axes);
  return { input: output.tensor, weight: parameters.weight, bias: parameters.bias };
}

/** Finds the gradients of rows whose elements lie anywhere, in copies of a tile of them. */
function gradientsOfAxes(differentiation: Differentiation, view: AxesView): void {
  const x = new RowsOfAxes(view, differentiation.input);
  const g = new RowsOfAxes(view, differentiation.gradOutput);
  const dx = new RowsOfAxes(view, differentiation.gradInput);
  const memory = memoryFor(0);
  for (let tile = 0; tile < x.tiles; tile++) {
    const copies = {
      ...differentiation,
      memory,
      input: x.copyIn(tile),
      gradOutput: g.copyIn(tile),
      gradInput: dx.area(tile),
    };
    elementGradients(copies, x.rowsOf(tile), view.length);
    dx.copyOut(tile);
  }
}
