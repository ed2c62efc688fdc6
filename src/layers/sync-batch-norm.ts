import { refuseValue } from '../checks/refuse.ts';
import type { Gradients } from '../passes/gradients.ts';
import { normalizePart, partGradients } from '../passes/parts-of-batches.ts';
import type { ChannelMomentsLike } from '../statistics/channel-moments.ts';
import { checkGradOutput, readGradOutput } from '../tensor/grad-output.ts';
import {
  type AnyData,
  type FloatData,
  type Plain,
  readElements,
  type Tensor,
  type TensorLike,
} from '../tensor/tensor.ts';
import { readBatchMoments } from './batch-moments.ts';
import { type BatchNormSumsLike, readSums } from './batch-norm-sums.ts';
import {
  type ChannelNormOptions,
  type ChannelRules,
  readChannelArguments,
} from './channel-options.ts';

/** Options of {@link syncBatchNorm}; weight and bias hold C values. */
export type SyncBatchNormOptions<Y extends FloatData = AnyData> = Omit<
  ChannelNormOptions<Y>,
  'outMean' | 'outRstd' | 'correction' | 'epsMode'
>;

const RULES: ChannelRules = {
  options: [
    'weight',
    'bias',
    'eps',
    'layout',
    'lengths',
    'runningMean',
    'runningVar',
    'momentum',
    'unbiased',
    'out',
  ],
  switch: 'training',
  byDefault: true,
  sharing: 'batch',
  isPart: true,
};

/**
 * Normalizes a part of a batch by the moments of the whole batch: batch normalization in training,
 * where each worker has a part.
 *
 * Each worker finds the moments of its part, all are merged, and every worker gets the merged
 * ones. Running statistics move as {@link batchNorm} moves them for the whole batch, in each worker
 * alike.
 *
 * Ioffe, Szegedy: Batch Normalization (2015); torch.nn.SyncBatchNorm.
 *
 * @param x (N, C, *), or (N, *, C) in 'nhwc': the part, which may have no elements
 * @param moments those of the whole batch, of more than 1 element in each channel
 * @returns `out`, or a new tensor of x's shape
 * @throws TypeError where an argument is of the wrong kind, RangeError where it
 *   is of the wrong size or value; nothing has been written then.
 * @example
 * import { ChannelMoments, syncBatchNorm, Tensor } from 'wasm-norm';
 *
 * const x = new Tensor(Float32Array.of(1, 2), [2, 1]);
 * const others = new ChannelMoments(1).update(new Tensor(Float32Array.of(3, 4), [2, 1]));
 * const moments = new ChannelMoments(1).update(x).merge(others);
 * console.log(syncBatchNorm(x, moments).data); // -1.342, -0.447
 */
export function syncBatchNorm<D extends FloatData, Y extends FloatData = D>(
  x: TensorLike<D>,
  moments: ChannelMomentsLike,
  options: SyncBatchNormOptions<Y> = {},
): Tensor<Plain<Y>> {
  const args = readChannelArguments(readElements(x, 'x'), options, RULES);
  return normalizePart(args, readBatchMoments(moments, args.tensor).values);
}

/**
 * Finds the gradients of {@link syncBatchNorm} through the moments of the whole batch: that of
 * the part, and those of weight and bias over the whole, which are the same in all workers.
 *
 * @param gradOutput the gradient of a loss with respect to the result, of x's shape
 * @param x the part
 * @param moments those of the whole batch
 * @param sums those of all its parts, merged
 * @param options those of the call; `out` takes the gradient of the part, and may
 *   be gradOutput or x
 * @throws TypeError, RangeError as {@link syncBatchNorm} does, and where the sums are of another
 *   number of elements than the moments.
 */
export function syncBatchNormBackward<D extends FloatData, Y extends FloatData = D>(
  gradOutput: TensorLike<FloatData>,
  x: TensorLike<D>,
  moments: ChannelMomentsLike,
  sums: BatchNormSumsLike,
  options: SyncBatchNormOptions<Y> = {},
): Gradients<Plain<Y>> {
  const gradient = readGradOutput(gradOutput);
  const args = readChannelArguments(readElements(x, 'x'), options, RULES);
  const { values } = readBatchMoments(moments, args.tensor);
  const ofBatch = readSums(sums, 'sums');
  if (ofBatch.numFeatures !== args.tensor.channels) {
    refuseValue('sums', `${args.tensor.channels} channels`, ofBatch.numFeatures);
  }
  const count = values[0] ?? 0;
  if (ofBatch.count !== count) {
    refuseValue('sums', `those of all ${count} elements of each channel`, ofBatch.count);
  }
  const data = checkGradOutput(gradient, args.input, args.output);
  return partGradients(data, args, values, ofBatch);
}
