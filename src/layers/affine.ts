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
 * Reads eps, a weight and a bias of `count` values, or one set of those for each sample, and
 * `out`, which may share memory with neither; and what statistics are made and taken.
 *
 * @param statistics what {@link readStatisticsCall} returned
 * @param samples how many sets of weights and biases there may be
 * @param scopes how many sets of elements are normalized
 * @param size the elements of each
 */
export function readAffine(
  { weight, bias, eps, out }: NormOptions,
  statistics: StatisticsCall | null,
  input: CheckedTensor,
  count: number,
  samples: number,
  centred: boolean,
  scopes: number,
  size: number,
): {
  readonly weight: Float32Array | null;
  readonly bias: Float32Array | null;
  /** The same weight and bias, repeated to one length. */
  readonly affine: Affine;
  readonly output: Output;
  readonly record: StatisticsRecord | null;
} {
  checkEps(eps);
  const weightData = dataOf(weight, 'weight');
  const biasData = dataOf(bias, 'bias');
  const output = readOutput(out, input, 'x');
  const givenWeight = readWeights(weightData, 'weight', count, samples * count);
  const givenBias = readWeights(biasData, 'bias', count, samples * count);
  const period = Math.max(givenWeight?.length ?? 0, givenBias?.length ?? 0);
  const given = output.given?.data ?? null;
  if (period > 0) refuseOverlaps({ out: given }, { weight: givenWeight, bias: givenBias });
  const { deviation, record } =
    statistics === null
      ? NO_STATISTICS
      : makeStatistics(statistics, eps, centred, scopes, null, {
          x: input.data,
          out: given,
          weight: givenWeight,
          bias: givenBias,
        });
  if (deviation?.correction === 1 && size === 1) {
    refuseValue('x', 'more than 1 element to normalize with correction 1', size);
  }
  const ownWeight = toFloat32(givenWeight);
  const ownBias = toFloat32(givenBias);
  const affine = {
    weight: repeat(ownWeight, period),
    bias: repeat(ownBias, period),
    eps: deviation === null ? eps : 0,
    centred,
    deviation,
  };
  return { weight: ownWeight, bias: ownBias, affine, output, record };
}

/** Repeats values to a multiple of their number. Of no samples there may be none. */
export function repeat(values: Float32Array | null, length: number): Float32Array | null {
  if (values === null || values.length === 0 || values.length === length) return values;
  const repeated = new Float32Array(length);
  for (let at = 0; at < length; at += values.length) repeated.set(values, at);
  return repeated;
}
