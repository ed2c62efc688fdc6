import { MAX_CHANNELS, TILE } from '../memory/sizes.ts';
import { type ChannelTensor, isRowwise } from '../tensor/channels.ts';
import { ColumnView } from './column-view.ts';
import { RowView } from './row-view.ts';
import type { View } from './view.ts';

/** Consecutive channels with all the elements that share their statistics. */
export interface Scope {
  /** Views of the same channels, to be added up: one, or with lengths one for each sample. */
  readonly views: readonly View[];
  /** The first channel; where samples are normalized apart, counted over all of them. */
  readonly first: number;
  readonly channels: number;
}

/**
 * Calls `work` with scopes in which each sample's channels have statistics of
 * their own, as in instance and group normalization.
 *
 * @param share how many consecutive channels a scope may not part
 */
export function forEachSampleScope(
  tensor: ChannelTensor,
  work: (scope: Scope) => void,
  share = 1,
): void {
  const { samples, channels, spatial, lengths } = tensor;
  if (channels === 0 || spatial === 0) return;
  const rowwise = isRowwise(tensor);
  // Few enough rows that a scope stays in the cache from its moments to its lines.
  const fit = Math.max(share, Math.min(rowwise ? Math.floor(TILE / spatial) : TILE, MAX_CHANNELS));
  if (rowwise && lengths === null && fit >= channels) {
    const step = Math.floor(fit / channels);
    for (let sample = 0; sample < samples; sample += step) {
      const first = sample * channels;
      const count = Math.min(step, samples - sample) * channels;
      const view = new RowView(first * spatial, 1, 0, count, spatial, spatial);
      work({ views: [view], first, channels: count });
    }
    return;
  }
  const step = fit - (fit % share);
  for (let sample = 0; sample < samples; sample++) {
    const length = lengths === null ? spatial : (lengths[sample] as number);
    if (length === 0) continue;
    for (let channel = 0; channel < channels; channel += step) {
      const count = Math.min(step, channels - channel);
      const view = sampleView(tensor, sample, channel, count, length);
      work({ views: [view], first: sample * channels + channel, channels: count });
    }
  }
}

/**
 * Calls `work` with scopes in which a channel has the same statistics in all
 * samples, as in batch normalization.
 */
export function forEachBatchScope(tensor: ChannelTensor, work: (scope: Scope) => void): void {
  const { samples, channels, spatial, lengths } = tensor;
  const elements = samples * spatial;
  if (elements === 0 || channels === 0) return;
  const rowwise = isRowwise(tensor) && spatial > 1;
  const fit = rowwise ? Math.floor(TILE / elements) : MAX_CHANNELS;
  const step = Math.max(1, Math.min(fit, MAX_CHANNELS));
  for (let first = 0; first < channels; first += step) {
    const count = Math.min(step, channels - first);
    const views: View[] = [];
    if (lengths === null) {
      views.push(batchView(tensor, first, count));
    } else {
      lengths.forEach((length, sample) => {
        if (length > 0) views.push(sampleView(tensor, sample, first, count, length));
      });
    }
    if (views.length > 0) work({ views, first, channels: count });
  }
}

function batchView(
  { samples, channels, spatial, layout }: ChannelTensor,
  first: number,
  count: number,
): View {
  if (channels === 1) return new RowView(0, 1, 0, 1, samples * spatial, samples * spatial);
  if (layout === 'nhwc' || spatial === 1) {
    return new ColumnView(first, samples * spatial, count, channels);
  }
  return new RowView(first * spatial, samples, channels * spatial, count, spatial, spatial);
}

function sampleView(
  tensor: ChannelTensor,
  sample: number,
  first: number,
  count: number,
  length: number,
): View {
  const { channels, spatial } = tensor;
  const start = sample * channels * spatial;
  return isRowwise(tensor)
    ? new RowView(start + first * spatial, 1, 0, count, length, spatial)
    : new ColumnView(start + first, length, count, channels);
}
