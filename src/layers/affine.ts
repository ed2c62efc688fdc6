import { checkEps } from '../checks/options.ts';
import { refuseValue } from '../checks/refuse.ts';
import { toFloat32 } from '../memory/memory.ts';
import type { Affine } from '../passes/lines.ts';
import type { StatisticsRecord } from '../statistics/record.ts';
import { type Output, readOutput } from '../tensor/output.ts';
import { refuseOverlaps } from '../tensor/overlap.ts';
import { dataOf, readWeights } from '../tensor/parameters.ts';
import type { CheckedTensor } from '../tensor/tensor.ts';
import type { NormOptions } from './options.ts';
import { makeStatistics, NO_STATISTICS, type StatisticsCall } from './statistics-options.ts';

/**
 * Reads eps, a weight and a bias of `count` values, and `out`, which may share memory with
 * neither; and what statistics are made and taken.
 *
 * @param statistics what {@link readStatisticsCall} returned
 * @param scopes how many sets of elements are normalized
 * @param size the elements of each
 */
export function readAffine(
  { weight, bias, eps, out }: NormOptions,
  statistics: StatisticsCall | null,
  input: CheckedTensor,
  count: number,
  centred: boolean,
  scopes: number,
  size: number,
): {
  readonly affine: Affine;
  readonly output: Output;
  readonly record: StatisticsRecord | null;
} {
  checkEps(eps);
  const weightData = dataOf(weight, 'weight');
  const biasData = dataOf(bias, 'bias');
  const output = readOutput(out, input, 'x');
  const givenWeight = readWeights(weightData, 'weight', count);
  const givenBias = readWeights(biasData, 'bias', count);
  refuseOverlaps({ out: output.given }, { weight: givenWeight, bias: givenBias });
  const { deviation, record } =
    statistics === null
      ? NO_STATISTICS
      : makeStatistics(statistics, eps, centred, scopes, null, {
          x: input.data,
          out: output.given,
          weight: givenWeight,
          bias: givenBias,
        });
  if (deviation?.correction === 1 && size === 1) {
    refuseValue('x', 'more than 1 element to normalize with correction 1', size);
  }
  const affine = {
    weight: toFloat32(givenWeight),
    bias: toFloat32(givenBias),
    eps: deviation === null ? eps : 0,
    centred,
    deviation,
  };
  return { affine, output, record };
}
