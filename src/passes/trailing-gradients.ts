import type { Elements } from '../memory/elements.ts';
import { memoryFor } from '../memory/memory.ts';
import { part } from '../memory/tile.ts';
import type { AxesView } from '../views/axes.ts';
import { elementGradients } from './element-gradients.ts';
import { type AnyGradients, type Differentiation, ParameterGradients } from './gradients.ts';
import { affineOfSet } from './lines.ts';
import type { TrailingArguments } from './normalize-trailing.ts';
import { RowsOfAxes } from './rows-of-axes.ts';

/** Finds the gradients of {@link normalizeTrailing}. */
export function trailingGradients(gradOutput: Elements, args: TrailingArguments): AnyGradients {
  const { input, output, weight, bias, affine, sets, rows, length, axes } = args;
  const parameters = new ParameterGradients(weight, bias);
  const memory = memoryFor(0, output.data, gradOutput, input.data);
  const size = rows * length;
  for (let set = 0; set < sets; set++) {
    const differentiation = {
      memory,
      gradInput: part(output.data, set * size, size),
      gradOutput: part(gradOutput, set * size, size),
      input: part(input.data, set * size, size),
      affine: affineOfSet(affine, set, length),
      parameters: parameters.ofSet(set, length),
    };
    if (axes === null) elementGradients(differentiation, rows, length);
    else gradientsOfAxes(differentiation, axes);
  }
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
