import type { ImageMomentsJSON } from 'wasm-norm';
import { DatasetStatistics, type Unreadable } from '../../cli/src/statistics/dataset-statistics.ts';
import type { ShardResult } from './count-shard.ts';
import { MAX_LISTED } from './limits.ts';

/** The statistics of a run, from 0 to 1 for red, green and blue. */
export interface Result {
  readonly pictures: number;
  readonly pixels: number;
  /** Where each pixel weighs the same. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Where each picture weighs the same. */
  readonly perImage: { readonly mean: readonly number[]; readonly std: readonly number[] };
  /** The sums that these are made of, for `ImageMoments.fromJSON`. */
  readonly moments: ImageMomentsJSON;
  /** Pictures whose colour profile was left aside. */
  readonly profiled: number;
  readonly unreadable: { readonly count: number; readonly first: readonly Unreadable[] };
}

/** Merges the results of shards. Their sums are free of order, the names are in theirs. */
export function foldResults(results: Iterable<ShardResult>): Result {
  const statistics = new DatasetStatistics({ histograms: false });
  const first: Unreadable[] = [];
  let [count, profiled] = [0, 0];
  for (const result of results) {
    const { unreadable } = result.statistics;
    // Millions of names would not fit into the memory of an isolate.
    statistics.merge(DatasetStatistics.fromJSON({ ...result.statistics, unreadable: [] }));
    first.push(...unreadable.slice(0, MAX_LISTED - first.length));
    count += unreadable.length;
    profiled += result.profiled;
  }
  return {
    pictures: statistics.pictures,
    pixels: statistics.pixels,
    mean: statistics.mean('pixel'),
    std: statistics.std('pixel'),
    perImage: { mean: statistics.mean('image'), std: statistics.std('image') },
    moments: statistics.toJSON().moments,
    profiled,
    unreadable: { count, first },
  };
}
