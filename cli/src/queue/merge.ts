import { addTallies } from '../shards/restyle.ts';
import { DatasetStatistics, type DatasetStatisticsJSON } from '../statistics/dataset-statistics.ts';
import type { Jobs } from '../work/jobs.ts';
import { type FailedShard, type Merged, type QueuedJob, reasonOfFailure } from './flow.ts';

type Result<Name extends QueuedJob> = Jobs[Name]['result'];

/** Adds up the results of a job; the second is of the pictures that follow. */
const ADD: {
  readonly [Name in QueuedJob]: (before: Result<Name>, after: Result<Name>) => Result<Name>;
} = { count: addStatistics, restyle: addTallies };

/** Returns a result of the pictures of both. */
export function addResults<Name extends QueuedJob>(
  job: Name,
  before: Result<Name> | null,
  after: Result<Name>,
): Result<Name> {
  return before === null ? after : ADD[job](before, after);
}

/**
 * Merges the results of shards in the order of the shards.
 *
 * @param results by the index of the shard, in any order
 * @param reasons why others have none
 */
export function mergeShards<Name extends QueuedJob>(
  job: Name,
  shards: number,
  results: ReadonlyMap<number, Result<Name>>,
  reasons: ReadonlyMap<number, string>,
): Merged<Name> {
  let result: Result<Name> | null = null;
  const failed: FailedShard[] = [];
  for (let index = 0; index < shards; index++) {
    const one = results.get(index);
    if (one !== undefined) result = addResults(job, result, one);
    else
      failed.push({ index, reason: reasonOfFailure(reasons.get(index) ?? 'its result was lost') });
  }
  return { result, failed };
}

function addStatistics(
  before: DatasetStatisticsJSON,
  after: DatasetStatisticsJSON,
): DatasetStatisticsJSON {
  const sum = DatasetStatistics.fromJSON(before);
  sum.merge(DatasetStatistics.fromJSON(after));
  return sum.toJSON();
}
