import { MAX_CHANNELS, TILE_SIZE } from '../memory/sizes.ts';
import { type ChannelTensor, isRowwise } from '../tensor/channels.ts';
import { ColumnView } from './column-view.ts';
import { RowView } from './row-view.ts';
import type { View } from './view.ts';

// The longest row that may be seen as columns.
const MAX_SHORT_ROW = 64;

// The least elements that are worth a copy of their own.
const MIN_PIECE = 2048;

// The most columns of short rows. More are summed in chunks of fewer rows, fewer are copied
// in pieces that are not worth it.
const MAX_SHORT_COLUMNS = 2048;

/** Consecutive channels with all the elements that share their statistics. */
export interface Scope {
  /** The first channel; where samples are normalized apart, counted over all of them. */
  readonly first: number;
  readonly channels: number;
  /** How many consecutive columns of its views each channel has; 1 where they have channels. */
  readonly width: number;
  /** How many views it has: one, or with lengths one for each sample. */
  readonly views: number;
  /** Returns the view of an index from 0 to views - 1; all are of the same channels. */
  view(index: number): View;
}

/** The scopes of a tensor. */
export interface Scopes {
  readonly count: number;
  /** Returns the scope of an index from 0 to count - 1; null where it has no elements. */
  scope(index: number): Scope | null;
}

/**
 * The scopes in which each sample's channels have statistics of their own, as in instance
 * and group normalization.
 */
export class SampleScopes implements Scopes {
  readonly count: number;
  readonly #tensor: ChannelTensor;
  /** Samples in a scope; 0 where a sample takes several scopes. */
  readonly #samples: number;
  /** Channels in a scope of one sample. */
  readonly #channels: number;

  /**
   * @param groupSize how many consecutive channels a scope may not part
   * @param cached the elements that stay in the caches
   */
  constructor(tensor: ChannelTensor, groupSize = 1, cached: number = TILE_SIZE) {
    const { samples, channels, spatial, lengths } = tensor;
    this.#tensor = tensor;
    const rowwise = isRowwise(tensor);
    // Few enough rows that a scope stays in the cache from its moments to its lines.
    const rows = rowwise ? Math.floor(cached / spatial) : cached;
    const most = Math.max(groupSize, Math.min(rows, MAX_CHANNELS));
    const takesSamples = rowwise && lengths === null && most >= channels;
    this.#samples = takesSamples ? Math.floor(most / channels) : 0;
    this.#channels = most - (most % groupSize);
    if (channels === 0 || spatial === 0) this.count = 0;
    else if (takesSamples) this.count = Math.ceil(samples / this.#samples);
    else this.count = samples * this.#scopesOfSample;
  }

  get #scopesOfSample(): number {
    return Math.ceil(this.#tensor.channels / this.#channels);
  }

  scope(index: number): Scope | null {
    const tensor = this.#tensor;
    const { samples, channels, spatial, lengths } = tensor;
    if (this.#samples > 0) {
      const sample = index * this.#samples;
      const count = Math.min(this.#samples, samples - sample) * channels;
      const first = sample * channels;
      return new OneView(first, rowsOf(first * spatial, count, spatial, spatial));
    }
    const sample = Math.floor(index / this.#scopesOfSample);
    const channel = (index % this.#scopesOfSample) * this.#channels;
    const length = lengths === null ? spatial : (lengths[sample] as number);
    if (length === 0) return null;
    const count = Math.min(this.#channels, channels - channel);
    const view = sampleView(tensor, sample, channel, count, length);
    return new OneView(sample * channels + channel, view);
  }
}

/**
 * The scopes of groups where channels lie last: in each place of a sample, a group's channels
 * are a row. To its scopes a group is a channel.
 */
export class GroupScopes implements Scopes {
  readonly count: number;
  readonly #tensor: ChannelTensor;
  readonly #groupSize: number;
  /** Groups of a sample. */
  readonly #groups: number;
  readonly #scopesOfSample: number;

  constructor(tensor: ChannelTensor, groupSize: number) {
    const { samples, channels, spatial } = tensor;
    this.#tensor = tensor;
    this.#groupSize = groupSize;
    this.#groups = channels / groupSize;
    this.#scopesOfSample = Math.ceil(this.#groups / MAX_CHANNELS);
    this.count = spatial === 0 ? 0 : samples * this.#scopesOfSample;
  }

  scope(index: number): Scope {
    const sample = Math.floor(index / this.#scopesOfSample);
    const group = (index % this.#scopesOfSample) * MAX_CHANNELS;
    const first = sample * this.#groups + group;
    const count = Math.min(MAX_CHANNELS, this.#groups - group);
    return new OneView(first, groupRows(this.#tensor, this.#groupSize, first, count));
  }
}

/**
 * What is done with the elements of a batch: their moments are found, and what follows from
 * them; or by given statistics, lines are applied alone, or gradients found.
 */
export type BatchUse = 'moments' | 'lines' | 'gradients';

/**
 * The scopes in which a channel has the same statistics in all samples, as in batch
 * normalization.
 */
export class BatchScopes implements Scopes {
  readonly count: number;
  readonly #tensor: ChannelTensor;
  /** Channels in a scope. */
  readonly #channels: number;
  /** Columns of a channel. */
  readonly #width: number;

  /**
   * @param cached the elements that stay in the caches
   * @param piece the least elements of a sample, if it has so many
   */
  constructor(
    tensor: ChannelTensor,
    cached: number = TILE_SIZE,
    use: BatchUse = 'moments',
    piece: number = MIN_PIECE,
  ) {
    const { samples, channels, spatial, lengths } = tensor;
    this.#tensor = tensor;
    const columns = columnsOfChannel(tensor, use);
    this.#width = Math.max(1, columns);
    const elements = samples * spatial;
    // Few enough rows that a scope stays in the cache from its moments to its lines, but
    // enough that what is copied at once is worth a copy.
    const fits = Math.max(Math.floor(cached / elements), Math.ceil(piece / spatial));
    if (columns === 1 || (columns === 0 && use === 'lines')) this.#channels = MAX_CHANNELS;
    else if (columns === 0) this.#channels = Math.min(MAX_CHANNELS, fits);
    else this.#channels = Math.floor(MAX_SHORT_COLUMNS / columns);
    const isEmpty = elements === 0 || lengths?.every((length) => length === 0);
    this.count = isEmpty ? 0 : Math.ceil(channels / this.#channels);
  }

  scope(index: number): Scope {
    const tensor = this.#tensor;
    const first = index * this.#channels;
    const count = Math.min(this.#channels, tensor.channels - first);
    if (tensor.lengths === null) {
      return new OneView(first, batchView(tensor, first, count, this.#width), this.#width);
    }
    return new ViewOfEachSample(tensor, tensor.lengths, first, count);
  }
}

class OneView implements Scope {
  readonly first: number;
  readonly channels: number;
  readonly width: number;
  readonly views = 1;
  readonly #view: View;

  constructor(first: number, view: View, width = 1) {
    this.first = first;
    this.channels = view.channels / width;
    this.width = width;
    this.#view = view;
  }

  view(): View {
    return this.#view;
  }
}

class ViewOfEachSample implements Scope {
  readonly first: number;
  readonly channels: number;
  readonly width = 1;
  readonly views: number;
  readonly #tensor: ChannelTensor;
  readonly #lengths: readonly number[];

  constructor(tensor: ChannelTensor, lengths: readonly number[], first: number, channels: number) {
    this.first = first;
    this.channels = channels;
    this.views = lengths.length;
    this.#tensor = tensor;
    this.#lengths = lengths;
  }

  view(sample: number): View {
    const length = this.#lengths[sample] as number;
    return sampleView(this.#tensor, sample, this.first, this.channels, length);
  }
}

/**
 * Returns how many columns each channel of a batch is seen as: 1 where channels lie last, as
 * many as its elements in short rows, and 0 where it is seen as rows.
 */
function columnsOfChannel(tensor: ChannelTensor, use: BatchUse): number {
  const { channels, spatial, layout } = tensor;
  if (channels > 1 && (layout === 'nhwc' || spatial === 1)) return 1;
  return hasShortRows(tensor, use) ? spatial : 0;
}

/**
 * Says whether channels lie in rows that are too short for the kernels of rows. Each is then
 * seen as so many columns. Columns are as fast as rows where there are half as many samples as
 * the square of a row's length, and faster with more samples: measured with rows of 2 to 32
 * elements in 8 to 512 samples. Without moments as many samples as half a row's length will do.
 * The lines of rows are made in vectors from 4 elements on: then it takes a quarter of the square.
 */
function hasShortRows(
  { samples, channels, spatial, layout, lengths }: ChannelTensor,
  use: BatchUse,
): boolean {
  if (layout === 'nhwc' || lengths !== null || channels === 1) return false;
  const factor = { moments: spatial, lines: spatial < 4 ? 1 : spatial / 2, gradients: 1 }[use];
  return spatial <= MAX_SHORT_ROW && factor * spatial <= 2 * samples;
}

/** Sees so many channels of all samples, each of `width` columns where that is not 1. */
function batchView(
  { samples, channels, spatial, layout }: ChannelTensor,
  first: number,
  count: number,
  width: number,
): View {
  if (channels === 1) return rowsOf(0, 1, samples * spatial, samples * spatial);
  if (width > 1) {
    const stride = channels * width;
    return new ColumnView({ start: first * width, rows: samples, channels: count * width, stride });
  }
  if (layout === 'nhwc' || spatial === 1) {
    const rows = samples * spatial;
    return new ColumnView({ start: first, rows, channels: count, stride: channels });
  }
  return new RowView({
    start: first * spatial,
    samples,
    sampleStride: channels * spatial,
    channels: count,
    length: spatial,
    stride: spatial,
  });
}

/** Sees so many channels of one sample, as far as its length. */
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
    ? rowsOf(start + first * spatial, count, length, spatial)
    : new ColumnView({ start: start + first, rows: length, channels: count, stride: channels });
}

/** Sees groups of one sample, from one that is counted over all samples, each as a channel. */
export function groupRows(
  { channels, spatial }: ChannelTensor,
  groupSize: number,
  first: number,
  count: number,
): RowView {
  const sample = Math.floor((first * groupSize) / channels);
  return new RowView({
    start: sample * channels * spatial + ((first * groupSize) % channels),
    samples: spatial,
    sampleStride: channels,
    channels: count,
    length: groupSize,
    stride: groupSize,
  });
}

/** Sees rows that lie `stride` apart, each a channel. */
export function rowsOf(start: number, channels: number, length: number, stride: number): RowView {
  return new RowView({ start, samples: 1, sampleStride: 0, channels, length, stride });
}
