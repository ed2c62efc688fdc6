import type { Scope } from '../views/scopes.ts';
import type { Differentiation } from './gradients.ts';
import { makeLines } from './lines.ts';

/**
 * Finds the gradients of a scope, whose states are given.
 *
 * @param share how many channels each state serves
 * @param fixed whether mean and variance do not depend on the input
 */
export function addScopeGradients(
  { memory, gradInput, gradOutput, input, affine, parameters }: Differentiation,
  scope: Scope,
  share: number,
  fixed: boolean,
): void {
  const { kernels, sums, products } = memory;
  const { views, first, channels } = scope;
  makeLines(memory, scope, share, { ...affine, weight: null, bias: null });
  sums.fill(0, 0, channels);
  products.fill(0, 0, channels);
  for (const view of views) view.addGradientSums(memory, gradOutput, input);
  parameters.add(first, channels, sums, products);

  const period = affine.weight?.length ?? channels;
  const count = Math.min(period, channels);
  kernels.makeCombinations(
    memory.combinationsAt,
    fixed ? 0 : memory.statesAt,
    memory.linesAt,
    memory.sumsAt,
    memory.productsAt,
    memory.loadWeight(affine.weight, first % period, count),
    channels / share,
    share,
    0,
    count,
    affine.centred,
  );
  for (const view of views) view.combine(memory, gradInput, gradOutput, input);
}
