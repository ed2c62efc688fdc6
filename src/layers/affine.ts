import { checkEps } from '../checks/options.ts';
import type { Affine } from '../passes/lines.ts';
import type { Output } from '../tensor/output.ts';
import { refuseOverlaps } from '../tensor/overlap.ts';
import { readParameter } from '../tensor/parameters.ts';
import type { NormOptions } from './options.ts';

/**
 * Reads a weight and a bias of so many values, and eps. It comes after `out`, which may
 * share memory with neither.
 */
export function readAffine(
  { weight, bias, eps }: NormOptions,
  count: number,
  centred: boolean,
  output: Output,
): Affine {
  checkEps(eps);
  const affine = {
    weight: readParameter(weight, 'weight', count),
    bias: readParameter(bias, 'bias', count),
    eps,
    centred,
  };
  refuseOverlaps({ out: output.given }, { weight: affine.weight, bias: affine.bias });
  return affine;
}
