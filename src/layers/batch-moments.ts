import { refuseValue } from '../checks/refuse.ts';
import { MOMENTS } from '../memory/sizes.ts';
import { type ChannelMomentsLike, readMoments } from '../statistics/channel-moments.ts';
import type { ChannelTensor } from '../tensor/channels.ts';

/** The moments of a batch, and how many elements of each of its channels a part has. */
export interface BatchMoments {
  /** As the kernels keep them. */
  readonly values: Float64Array;
  /** The elements of a channel in the part. */
  readonly count: number;
}

/**
 * Reads the moments of a batch, of which a tensor is a part.
 *
 * @throws TypeError where they are something else, RangeError where they are of another number
 *   of channels, of fewer elements than the tensor, or of one.
 */
export function readBatchMoments(
  moments: ChannelMomentsLike,
  { samples, spatial, channels, lengths }: ChannelTensor,
): BatchMoments {
  const own = readMoments(moments, 'moments');
  if (own.numFeatures !== channels) {
    refuseValue('moments', `${channels} channels`, own.numFeatures);
  }
  const count = lengths ? lengths.reduce((a, b) => a + b, 0) : samples * spatial;
  const least = Math.max(2, count);
  if (own.count < least) {
    refuseValue('moments', `at least ${least} elements in each channel`, own.count);
  }
  const { mean } = own;
  const variance = own.variance();
  const values = new Float64Array(channels * MOMENTS);
  for (let i = 0; i < channels; i++) {
    const squares = (variance[i] as number) * own.count;
    values.set([own.count, mean[i] as number, squares, 0], i * MOMENTS);
  }
  return { values, count };
}
