import { Refusal } from '../files/refusal.ts';
import type { QueueAddress } from './address.ts';
import {
  type FailedShard,
  indexOf,
  type MergeData,
  queueNames,
  reasonOfFailure,
  shardId,
} from './flow.ts';
import { findWorkers } from './versions.ts';
import { withBroker } from './with-broker.ts';

/** How far a flow is. */
export interface FlowStatus {
  readonly id: string;
  readonly job: string;
  readonly state: 'at work' | 'finished' | 'failed';
  readonly pictures: number;
  readonly shards: number;
  /** Shards that have a result. */
  readonly done: number;
  readonly failed: readonly FailedShard[];
  /** Workers that serve it now. */
  readonly workers: number;
}

/** @throws Refusal where there is no such flow of this version. */
export async function findStatus(address: QueueAddress, id: string): Promise<FlowStatus> {
  return withBroker(address, async (broker, version) => {
    const merges = broker.queue(queueNames(version).merges);
    const job = await merges.getJob(id);
    if (job === undefined) throw unknownFlow(id, version);
    const { job: name, pictures, shards }: MergeData = job.data;
    const isFinished = job.finishedOn !== undefined;
    const { processed = 0 } = await job.getDependenciesCount();
    const reasons = Object.entries(await job.getIgnoredChildrenFailures());
    const failed = reasons.map(([key, reason]) => ({
      index: indexOf(key),
      reason: reasonOfFailure(reason),
    }));
    const { workers } = await findWorkers(broker, version);
    await merges.close();
    return {
      id,
      job: name === 'count' ? 'stats' : name,
      state: isFinished ? (job.failedReason ? 'failed' : 'finished') : 'at work',
      pictures,
      shards,
      done: processed,
      failed: failed.sort((a, b) => a.index - b.index),
      workers,
    };
  });
}

/** @throws Refusal where there is no such flow, or a worker is at it. */
export async function removeFlow(address: QueueAddress, id: string): Promise<void> {
  await withBroker(address, async (broker, version) => {
    const names = queueNames(version);
    const [shards, merges] = [broker.queue(names.shards), broker.queue(names.merges)];
    const job = await merges.getJob(id);
    if (job === undefined) throw unknownFlow(id, version);
    const ids = Array.from({ length: (job.data as MergeData).shards }, (_, i) => shardId(id, i));
    const states = await Promise.all(ids.map((shard) => shards.getJobState(shard)));
    const active = states.filter((state) => state === 'active').length;
    if (active > 0) {
      throw new Refusal(`${id}: can't be removed while ${active} of its shards are worked on`);
    }
    // The flow first: without its shards it would wait for ever.
    await merges.remove(id, { removeChildren: false });
    await Promise.all(ids.map((shard) => shards.remove(shard)));
    await Promise.all([shards.close(), merges.close()]);
  });
}

function unknownFlow(id: string, version: string): Refusal {
  return new Refusal(`${id}: there is no such work of version ${version} in this queue`);
}
