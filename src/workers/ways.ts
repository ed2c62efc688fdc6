import { F32, F64 } from '../memory/sizes.ts';
import { COMBINATION_BYTES, LINE_BYTES, MOMENTS_BYTES } from './bytes.ts';
import type { Ways } from './calls.ts';
import type { Parameter } from './crew.ts';
import type { Pieces } from './pieces.ts';

/**
 * Returns the ways that parameters go by their names: what most kernels mean by them.
 *
 * @param elements how many a unit of work has
 * @param channels how many lines, sums and weights it has
 * @param scratch an area of each thread's own
 */
export function waysOf(
  pieces: Pieces,
  elements: number,
  channels: number,
  scratch: Parameter,
): Ways {
  const tensor = pieces.at(elements * F32);
  const sum = pieces.at(channels * F64);
  const weight = pieces.within(channels * F32);
  const count = pieces.count();
  return {
    y: tensor,
    dx: tensor,
    g: tensor,
    x: tensor,
    moments: pieces.at(MOMENTS_BYTES),
    lines: pieces.at(channels * LINE_BYTES),
    combinations: pieces.at(channels * COMBINATION_BYTES),
    sums: sum,
    products: sum,
    weight,
    bias: weight,
    rows: count,
    pixels: count,
    scratch,
  };
}
