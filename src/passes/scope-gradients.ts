import { gradientsOver } from '../kernels/gradients.ts';
import { COMBINATION, F64, LINE } from '../memory/sizes.ts';
import type { Scope } from '../views/scopes.ts';
import { type Operation, repeatFolded, type View } from '../views/view.ts';
import type { Differentiation } from './gradients.ts';
import { correctCombinations, prepareLines, withoutParameters } from './lines.ts';

// The lines make the normalized input z of x. Sums are those of the gradient g of the
// output, products those of g * z.
const ADD_GRADIENT_SUMS: Operation = {
  takesStrides: false,
  rows(memory, { rows, length, channel, period, gap }, _y, x, g) {
    const { instances, sums, products, lines } = memory;
    const { addGradientSums } = gradientsOver(instances);
    const line = lines.at + channel * LINE * F64;
    const sum = sums.at + channel * F64;
    const product = products.at + channel * F64;
    addGradientSums(sum, product, g, x, line, rows, length, period, gap);
  },
  columns({ instances, sums, products, lines, columnsAt }, { rows, length }, _y, x, g) {
    const { addColumnGradientSums } = gradientsOver(instances);
    addColumnGradientSums(sums.at, products.at, g, x, lines.at, rows, length, columnsAt);
  },
};

// Combines g and z into the gradient of the input.
const COMBINE: Operation = {
  takesStrides: true,
  rows({ instances, lines, combinations }, { rows, length, channel, period, gap }, dx, x, g) {
    const line = lines.at + channel * LINE * F64;
    const combination = combinations.at + channel * COMBINATION * F64;
    gradientsOver(instances).combineRows(dx, g, x, line, combination, 0, rows, length, period, gap);
  },
  columns({ instances, lines, combinations, columnsAt }, { rows, length, stride }, dx, x, g) {
    const { combineColumns } = gradientsOver(instances);
    combineColumns(dx, g, x, lines.at, combinations.at, rows, length, stride, columnsAt);
  },
};

/**
 * Finds the gradients of a scope, whose moments are in the memory.
 *
 * @param groupSize how many channels each of the moments serves
 */
export function scopeGradients(
  differentiation: Differentiation,
  scope: Scope,
  groupSize: number,
): void {
  const { memory, affine } = differentiation;
  prepareLines(memory, scope, groupSize, withoutParameters(affine));
  addSums(differentiation, scope);
  combineScope(differentiation, scope, groupSize);
}

/** Finds the gradient of the input of a scope, whose lines and sums are in the memory. */
export function combineScope(
  differentiation: Differentiation,
  scope: Scope,
  groupSize: number,
): void {
  const { memory, affine } = differentiation;
  makeCombinations(differentiation, scope, memory.moments.at, groupSize);
  correctCombinations(memory, scope.channels * scope.width, groupSize * scope.width, affine);
  combine(differentiation, scope);
}

/**
 * Finds the gradients of a scope that is normalized by given statistics. Its lines, without
 * weight and bias, are in the memory.
 */
export function fixedScopeGradients(differentiation: Differentiation, scope: Scope): void {
  // The gradient of the input needs no sums.
  if (!differentiation.parameters.none) addSums(differentiation, scope);
  makeCombinations(differentiation, scope, 0, 1);
  combine(differentiation, scope);
}

/** Adds the sums and products of a scope's channels to those of the parameters. */
function addSums(differentiation: Differentiation, scope: Scope): void {
  const { memory, parameters } = differentiation;
  const { sums, products } = memory;
  const { first, channels, width } = scope;
  sums.values.fill(0, 0, channels * width);
  products.values.fill(0, 0, channels * width);
  for (let i = 0; i < scope.views; i++) addViewSums(differentiation, scope.view(i));
  parameters.add(first, channels, sums.values, products.values, width);
}

/** Adds the sums and products of a view's channels to those in the memory. */
export function addViewSums(
  { memory, gradOutput, input }: Pick<Differentiation, 'memory' | 'gradOutput' | 'input'>,
  view: View,
): void {
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

/** @param moments the address of the moments; 0 where they do not depend on the input */
function makeCombinations(
  { memory, affine }: Differentiation,
  { first, channels, width }: Scope,
  moments: number,
  groupSize: number,
): void {
  const { instances, combinations, lines, sums, products } = memory;
  const period = affine.weight?.length ?? channels;
  const count = Math.min(period, channels);
  gradientsOver(instances).makeCombinations(
    combinations.at,
    moments,
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
}

function combine(differentiation: Differentiation, scope: Scope): void {
  for (let i = 0; i < scope.views; i++) combineView(differentiation, scope.view(i));
}

/** Writes the gradient of the input of a view's elements. */
function combineView({ memory, gradInput, gradOutput, input }: Differentiation, view: View): void {
  repeatFolded(memory.lines.values, LINE, view);
  repeatFolded(memory.combinations.values, COMBINATION, view);
  view.run(memory, COMBINE, { output: gradInput, input, gradOutput });
}
