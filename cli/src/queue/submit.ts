import type { JobsOptions } from 'bullmq';
import type { Jobs } from '../work/jobs.ts';
import type { Broker, JobsQueue } from './broker.ts';
import {
  type Flow,
  type MergeData,
  type Merged,
  type QueuedJob,
  queueNames,
  type ShardData,
  shardId,
} from './flow.ts';

/** What became of a submission: how many shards are worked on anew, or why none is. */
export type Submission =
  | { readonly kind: 'new' | 'joined' | 'stored' }
  | { readonly kind: 'resumed'; readonly shards: number };

/** Where the results of shards are put. */
export interface ShardPlaces<Result> {
  /** Says whether what a result tells of a shard's pictures is still where it was put. */
  readonly areThere: (index: number, result: Result | null) => Promise<boolean>;
  /** Called before a flow is added: nobody is at its results then. */
  readonly clear: () => Promise<void>;
}

/** Seconds that a server keeps what is finished: a week. */
const KEPT = 7 * 24 * 60 * 60;

const OPTIONS = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 1_000 },
  removeOnComplete: { age: KEPT },
  removeOnFail: { age: KEPT },
} satisfies JobsOptions;

/**
 * Adds a flow whole or not at all. The same flow is there once: one that is being worked on is
 * joined, one that is finished is left as it is, and of one with failed shards those are added anew.
 */
export async function submit<Name extends QueuedJob>(
  broker: Broker,
  version: string,
  flow: Flow<Name>,
  places: ShardPlaces<Jobs[Name]['result']>,
): Promise<Submission> {
  const names = queueNames(version);
  const [shards, merges] = [broker.queue(names.shards), broker.queue(names.merges)];
  const flows = broker.flows();
  try {
    const state = await merges.getJobState(flow.id);
    const isFinished = state === 'completed' || state === 'failed';
    if (!isFinished && state !== 'unknown') return { kind: 'joined' };
    const states = await Promise.all(
      flow.shards.map((_, index) => shards.getJobState(shardId(flow.id, index))),
    );
    const merged = isFinished ? await resultOf<Name>(merges, flow.id) : null;
    const anew: number[] = [];
    let areAllThere = true;
    for (const [index, state] of states.entries()) {
      const areThere = await places.areThere(index, merged?.result ?? null);
      areAllThere &&= areThere;
      if (state !== 'completed' || !areThere) anew.push(index);
    }
    // Its shards may be dropped before it is.
    if (merged?.failed.length === 0 && areAllThere) return { kind: 'stored' };
    await places.clear();
    // A job that is there, even a failed one, would be left as it is without a word.
    await merges.remove(flow.id, { removeChildren: false });
    await Promise.all(anew.map((index) => shards.remove(shardId(flow.id, index))));
    await flows.add(treeOf(flow, names));
    return isFinished ? { kind: 'resumed', shards: anew.length } : { kind: 'new' };
  } finally {
    await Promise.all([shards.close(), merges.close(), flows.close()]);
  }
}

/** Returns the result of a finished flow; null where it has failed. */
async function resultOf<Name extends QueuedJob>(
  merges: JobsQueue,
  id: string,
): Promise<Merged<Name> | null> {
  return (await merges.getJob(id))?.returnvalue ?? null;
}

function treeOf<Name extends QueuedJob>(
  { id, whole, pictures, folder, size, shards }: Flow<Name>,
  names: ReturnType<typeof queueNames>,
) {
  const data: MergeData = {
    job: whole.job,
    folder,
    pictures: pictures.length,
    shards: shards.length,
    size,
  };
  const children = shards.map((shard, index) => {
    const start = index * size;
    const bytes = pictures.slice(start, start + size).reduce((sum, { size }) => sum + size, 0);
    const data: ShardData = { flow: id, index, folder, shard, bytes };
    return {
      name: whole.job,
      queueName: names.shards,
      data,
      // A shard that fails is told by the merging, and keeps it from nothing.
      opts: { ...OPTIONS, jobId: shardId(id, index), ignoreDependencyOnFailure: true },
    };
  });
  return {
    name: whole.job,
    queueName: names.merges,
    data,
    opts: { ...OPTIONS, jobId: id },
    children,
  };
}
