import type { Elements } from '../memory/elements.ts';
import { memoryFor } from '../memory/memory.ts';
import { part } from '../memory/tile.ts';
import type { AxesView } from '../views/axes.ts';
import { fitsColumns } from './columns-of-axes.ts';
import { columnElementGradients, elementGradients } from './element-gradients.ts';
import { type AnyGradients, ParameterGradients } from './gradients.ts';
import { type Affine, affineOfSets } from './lines.ts';
import { affineOfElements, clearMaskedRows, rowsFrom } from './masked-rows.ts';
import { maskOfSet, type TrailingArguments } from './normalize-trailing.ts';
import { MasksOfAxes, RowsOfAxes } from './rows-of-axes.ts';

/** What gradients of rows are found of, and where they go. */
interface RowsDifferentiation {
  /** Written. */
  readonly gradInput: Elements;
  readonly gradOutput: Elements;
  readonly input: Elements;
  readonly affine: Affine;
  /** Added to. */
  readonly parameters: ParameterGradients;
  readonly mask: Uint8Array | null;
}

/** Finds the gradients of {@link normalizeTrailing}. */
export function trailingGradients(gradOutput: Elements, args: TrailingArguments): AnyGradients {
  const { input, output, weight, bias, affine, sets, rows, length, axes, mask } = args;
  const parameters = new ParameterGradients(weight, bias);
  const size = rows * length;
  for (let set = 0; set < sets; set++) {
    const differentiation = {
      gradInput: part(output.data, set * size, size),
      gradOutput: part(gradOutput, set * size, size),
      input: part(input.data, set * size, size),
      affine: affineOfSets(affine, set, 1, length),
      parameters: parameters.ofSets(set, 1, length),
      mask: maskOfSet(mask, set, sets),
    };
    if (axes === null) gradientsOfRows(differentiation, rows, length);
    else if (mask === null && fitsColumns(axes)) gradientsOfColumns(differentiation, axes);
    else gradientsOfAxes(differentiation, axes);
  }
  return { input: output.tensor, weight: parameters.weight, bias: parameters.bias };
}

/** Finds the gradients of what a mask holds of rows; without one, of all. */
function gradientsOfRows(differentiation: RowsDifferentiation, rows: number, length: number): void {
  const { gradInput, gradOutput, input, affine, parameters, mask } = differentiation;
  const memory = memoryFor(0, gradInput, gradOutput, input);
  if (mask === null) {
    // A spread takes 2 us more.
    const whole = { memory, gradInput, gradOutput, input, affine, parameters };
    elementGradients(whole, rows, length);
    return;
  }
  for (let first = 0; first < rows; ) {
    const held = rowsFrom(mask, rows, length, first);
    const own = {
      memory,
      gradInput: held.select(gradInput),
      gradOutput: held.select(gradOutput),
      input: held.select(input),
      affine: affineOfElements(affine, held.elements),
      parameters: parameters.ofElements(held.elements),
    };
    elementGradients(own, held.rows, held.length);
    parameters.addElements(own.parameters, held.elements);
    first += held.count;
  }
  clearMaskedRows(gradInput, mask, rows, length);
}

/** Finds the gradients of dimensions that lie together. */
function gradientsOfColumns(differentiation: RowsDifferentiation, view: AxesView): void {
  const { gradInput, gradOutput, input } = differentiation;
  const memory = memoryFor(0, gradInput, gradOutput, input);
  columnElementGradients({ ...differentiation, memory }, view);
}

/** Finds the gradients of rows whose elements lie anywhere, in copies of a tile of them. */
function gradientsOfAxes(differentiation: RowsDifferentiation, view: AxesView): void {
  const { mask } = differentiation;
  const x = new RowsOfAxes(view, differentiation.input);
  const g = new RowsOfAxes(view, differentiation.gradOutput);
  const dx = new RowsOfAxes(view, differentiation.gradInput);
  const masks = mask && new MasksOfAxes(view, mask);
  for (let tile = 0; tile < x.tiles; tile++) {
    const copies = {
      ...differentiation,
      input: x.copyIn(tile),
      gradOutput: g.copyIn(tile),
      gradInput: dx.area(tile),
      mask: masks?.ofTile(tile) ?? null,
    };
    gradientsOfRows(copies, x.rowsOf(tile), view.length);
    dx.copyOut(tile);
  }
}
