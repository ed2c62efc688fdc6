import { gradientsOver } from '../kernels/gradients.ts';
import { COMBINATION, F64, LINE } from '../memory/sizes.ts';
import type { Scope } from '../views/scopes.ts';
import { type Operation, repeatFolded, type View } from '../views/view.ts';
import type { Differentiation } from './gradients.ts';
import { correctCombinations, prepareLines } from './lines.ts';

// The lines make the normalized input z of x. Sums are those of the gradient g of the
// output, products those of g * z.
const ADD_GRADIENT_SUMS: Operation = {
  rows(memory, { rows, length, channel, period, gap }, _y, x, g) {
    const { instances, sums, products, lines } = memory;
    const { addGradientSums } = gradientsOver(instances);
    const line = lines.at + channel * LINE * F64;
    const sum = sums.at + channel * F64;
    const product = products.at + channel * F64;
    addGradientSums(sum, product, g, x, line, rows, length, period, gap);
  },
  columns({ instances, sums, products, lines, columnsAt }, rows, columns, _y, x, g) {
    const { addColumnGradientSums } = gradientsOver(instances);
    addColumnGradientSums(sums.at, products.at, g, x, lines.at, rows, columns, columnsAt);
  },
};

// Combines g and z into the gradient of the input.
const COMBINE: Operation = {
  rows({ instances, lines, combinations }, { rows, length, channel, period, gap }, dx, x, g) {
    const line = lines.at + channel * LINE * F64;
    const combination = combinations.at + channel * COMBINATION * F64;
    gradientsOver(instances).combineRows(dx, g, x, line, combination, 0, rows, length, period, gap);
  },
  columns({ instances, lines, combinations, columnsAt }, rows, columns, dx, x, g) {
    const { combineColumns } = gradientsOver(instances);
    combineColumns(dx, g, x, lines.at, combinations.at, rows, columns, columnsAt);
  },
};

/**
 * Finds the gradients of a scope, whose moments are in the memory.
 *
 * @param groupSize how many channels each of the moments serves
 * @param fixed whether mean and variance do not depend on the input
 */
export function scopeGradients(
  differentiation: Differentiation,
  scope: Scope,
  groupSize: number,
  fixed: boolean,
): void {
  const { memory, affine, parameters } = differentiation;
  const { first, channels, width } = scope;
  prepareLines(memory, scope, groupSize, { ...affine, weight: null, bias: null });
  memory.sums.values.fill(0, 0, channels * width);
  memory.products.values.fill(0, 0, channels * width);
  for (let i = 0; i < scope.views; i++) addViewSums(differentiation, scope.view(i));
  parameters.add(first, channels, memory.sums.values, memory.products.values, width);
  makeCombinations(differentiation, scope, groupSize, fixed);
  for (let i = 0; i < scope.views; i++) combineView(differentiation, scope.view(i));
}

/** Adds the sums and products of a view's channels to those in the memory. */
function addViewSums({ memory, gradOutput, input }: Differentiation, view: View): void {
  const { lines, sums, products } = memory;
  const { channels, fold } = view;
  repeatFolded(lines.values, LINE, view);
  sums.values.fill(0, channels, channels * fold);
  products.values.fill(0, channels, channels * fold);
  view.run(memory, ADD_GRADIENT_SUMS, { output: null, input, gradOutput });
  for (let i = channels; i < channels * fold; i++) {
    (sums.values[i % channels] as number) += sums.values[i] as number;
    (products.values[i % channels] as number) += products.values[i] as number;
  }
}

function makeCombinations(
  { memory, affine }: Differentiation,
  { first, channels, width }: Scope,
  groupSize: number,
  fixed: boolean,
): void {
  const { instances, combinations, moments, lines, sums, products } = memory;
  const period = affine.weight?.length ?? channels;
  const count = Math.min(period, channels);
  gradientsOver(instances).makeCombinations(
    combinations.at,
    fixed ? 0 : moments.at,
    lines.at,
    sums.at,
    products.at,
    memory.loadWeight(affine.weight, first % period, count, width),
    channels / groupSize,
    groupSize * width,
    0,
    count * width,
    affine.centred,
  );
  if (!fixed) correctCombinations(memory, channels * width, groupSize * width, affine);
}

/** Writes the gradient of the input of a view's elements. */
function combineView({ memory, gradInput, gradOutput, input }: Differentiation, view: View): void {
  repeatFolded(memory.lines.values, LINE, view);
  repeatFolded(memory.combinations.values, COMBINATION, view);
  view.run(memory, COMBINE, { output: gradInput, input, gradOutput });
}
