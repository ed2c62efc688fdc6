import type { Sharing } from './operation.ts';
import { groupsOf, type Place, sizeOf } from './shapes.ts';

/**
 * A tensor as loops go over it: sets of elements that share a mean and a variance.
 * A set has several runs, each of equally spaced elements.
 */
export interface View {
  readonly sets: number;
  readonly runs: number;
  readonly length: number;
  /** The distance between a run's elements. */
  readonly step: number;
  /** The index of a run's first element. */
  start(set: number, run: number): number;
  /** The index of a run's weight and bias; null if each of its elements has its own. */
  readonly parameter: ((set: number, run: number) => number) | null;
}

/** Finds the view of a tensor by what its elements share. */
export function viewOf(sharing: Sharing, place: Place): View {
  return VIEWS[sharing](place);
}

const VIEWS: Readonly<Record<Sharing, (place: Place) => View>> = {
  'sample and channel'(place) {
    const { samples, channels, start, ...run } = channelRuns(place);
    const channelOf = (set: number) => set % channels;
    return {
      ...run,
      sets: samples * channels,
      runs: 1,
      start: (set) => start(Math.floor(set / channels), channelOf(set)),
      parameter: channelOf,
    };
  },

  channel(place) {
    const { samples, channels, start, ...run } = channelRuns(place);
    return {
      ...run,
      sets: channels,
      runs: samples,
      start: (channel, sample) => start(sample, channel),
      parameter: (channel) => channel,
    };
  },

  'sample and group'(place) {
    const { samples, channels, start, ...run } = channelRuns(place);
    const groups = groupsOf(channels);
    const perGroup = channels / groups;
    const channelOf = (set: number, index: number) => (set % groups) * perGroup + index;
    return {
      ...run,
      sets: samples * groups,
      runs: perGroup,
      start: (set, index) => start(Math.floor(set / groups), channelOf(set, index)),
      parameter: channelOf,
    };
  },

  row({ shape, channels }) {
    return {
      sets: sizeOf(shape) / channels,
      runs: 1,
      length: channels,
      step: 1,
      start: (row) => row * channels,
      parameter: null,
    };
  },
};

/** Describes the runs: one for each channel of each sample. */
function channelRuns({ shape, layout, channels }: Place) {
  const samples = shape[0] as number;
  const length = sizeOf(shape) / (samples * channels);
  const first = layout === 'nchw';
  return {
    samples,
    channels,
    length,
    step: first ? 1 : channels,
    start: (sample: number, channel: number) =>
      first ? (sample * channels + channel) * length : sample * length * channels + channel,
  };
}
