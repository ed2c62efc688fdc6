// A batch in parts, and batch normalization of it part by part, as several workers do it.

import {
  BatchNormSums,
  ChannelMoments,
  type Gradients,
  type Layout,
  type SyncBatchNormOptions,
  syncBatchNorm,
  syncBatchNormBackward,
  Tensor,
} from '../../src/index.ts';
import { sizeOf } from './shapes.ts';

/** Cuts a batch into parts of so many samples. */
export function partsOf(
  data: Float32Array,
  shape: readonly number[],
  samples: readonly number[],
): readonly Tensor[] {
  const size = sizeOf(shape.slice(1));
  let first = 0;
  return samples.map((count) => {
    const part = data.slice(first * size, (first + count) * size);
    first += count;
    return new Tensor(part, [count, ...shape.slice(1)]);
  });
}

/** Puts parts together again. */
export function wholeOf(parts: readonly Tensor[]): Float32Array {
  const whole = new Float32Array(parts.reduce((size, { data }) => size + data.length, 0));
  let at = 0;
  for (const { data } of parts) {
    whole.set(data, at);
    at += data.length;
  }
  return whole;
}

/** What the workers share, as they send it to each other. */
const sent = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

/** How a batch lies, and how long the samples of each part are. */
export interface Places {
  readonly channels: number;
  readonly layout?: Layout;
  readonly lengths?: readonly (readonly number[])[] | undefined;
}

/** The options of a part that say how it lies. */
function placesOf({ layout = 'nchw', lengths }: Places, part: number) {
  return { layout, ...(lengths ? { lengths: lengths[part] as readonly number[] } : {}) };
}

/** Finds the moments of each part, and merges them. */
export function mergedMoments(parts: readonly Tensor[], places: Places): ChannelMoments {
  const merged = new ChannelMoments(places.channels);
  parts.forEach((x, i) => {
    const own = new ChannelMoments(places.channels).update(x, placesOf(places, i));
    merged.merge(ChannelMoments.fromJSON(sent(own.toJSON())));
  });
  return merged;
}

/** Normalizes each part by the moments of all. */
export function normalizeParts(
  parts: readonly Tensor[],
  places: Places,
  optionsOf: (part: number) => SyncBatchNormOptions,
): readonly Tensor[] {
  const moments = mergedMoments(parts, places);
  return parts.map((x, i) =>
    syncBatchNorm(x, moments, { ...optionsOf(i), ...placesOf(places, i) }),
  );
}

/** Finds the gradients of each part through the moments of all. */
export function differentiateParts(
  gradients: readonly Tensor[],
  parts: readonly Tensor[],
  places: Places,
  options: SyncBatchNormOptions,
): readonly Gradients[] {
  const moments = mergedMoments(parts, places);
  const { eps = 1e-5 } = options;
  const sums = new BatchNormSums(places.channels);
  parts.forEach((x, i) => {
    const own = new BatchNormSums(places.channels);
    own.update(gradients[i] as Tensor, x, moments, { eps, ...placesOf(places, i) });
    sums.merge(BatchNormSums.fromJSON(sent(own.toJSON())));
  });
  return parts.map((x, i) =>
    syncBatchNormBackward(gradients[i] as Tensor, x, moments, sums, {
      ...options,
      ...placesOf(places, i),
    }),
  );
}
