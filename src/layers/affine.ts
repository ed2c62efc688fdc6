import { checkEps } from '../checks/options.ts';
import { toFloat32 } from '../memory/memory.ts';
import type { Affine } from '../passes/lines.ts';
import { type Output, readOutput } from '../tensor/output.ts';
import { refuseOverlaps } from '../tensor/overlap.ts';
import { dataOf, readWeights } from '../tensor/parameters.ts';
import type { CheckedTensor } from '../tensor/tensor.ts';
import type { NormOptions } from './options.ts';

/**
 * Reads eps, a weight and a bias of `count` values, and `out`, which may share memory with
 * neither.
 */
export function readAffine(
  { weight, bias, eps, out }: NormOptions,
  input: CheckedTensor,
  count: number,
  centred: boolean,
): { readonly affine: Affine; readonly output: Output } {
  checkEps(eps);
  const weightData = dataOf(weight, 'weight');
  const biasData = dataOf(bias, 'bias');
  const output = readOutput(out, input, 'x');
  const givenWeight = readWeights(weightData, 'weight', count);
  const givenBias = readWeights(biasData, 'bias', count);
  refuseOverlaps({ out: output.given }, { weight: givenWeight, bias: givenBias });
  const affine = {
    weight: toFloat32(givenWeight),
    bias: toFloat32(givenBias),
    eps,
    centred,
  };
  return { affine, output };
}
