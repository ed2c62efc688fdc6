// What a command does instead of its own threads, where it has a queue.

import { Refusal } from '../files/refusal.ts';
import type { Jobs } from '../work/jobs.ts';
import type { QueueAddress } from './address.ts';
import type { Broker } from './broker.ts';
import { type FailedShard, type Flow, flowOf, type QueuedJob, type Request } from './flow.ts';
import { submit } from './submit.ts';
import { findWorkers } from './versions.ts';
import { waitFor } from './wait.ts';
import { withBroker } from './with-broker.ts';

/** Places that are asked for at once: each answer of a store takes some milliseconds. */
const AT_ONCE = 32;

/** How a request is submitted. */
export interface QueueOptions {
  readonly address: QueueAddress;
  /** Whether only the flow's id is printed, and nothing is waited for. */
  readonly isDetached: boolean;
}

/** Where workers put the results of pictures. */
export interface ResultPlaces<Name extends QueuedJob> {
  /** Says whether what a result tells of a picture is still where it was put. */
  readonly isThere: (
    item: Jobs[Name]['item'],
    result: Jobs[Name]['result'] | null,
  ) => Promise<boolean>;
  /** Removes what was left there, before anything is put. */
  readonly clear: () => Promise<void>;
}

/** What came of a request. */
export interface QueueResult<Name extends QueuedJob> {
  readonly result: Jobs[Name]['result'];
  /** The end of the command where shards failed: what they are of, and why. */
  readonly refusal: Refusal | null;
}

/**
 * Submits a request, and waits for its result. What becomes of it is told on standard error.
 *
 * @param places of the results; null where they are put nowhere
 * @returns null where nothing is waited for
 * @throws Refusal where the queue can't be had, or no shard has a result.
 */
export async function runInQueue<Name extends QueuedJob>(
  request: Request<Name>,
  { address, isDetached }: QueueOptions,
  places: ResultPlaces<Name> | null,
): Promise<QueueResult<Name> | null> {
  return withBroker(address, async (broker, version) => {
    const flow = flowOf(request, version);
    const again = () =>
      submit(broker, version, flow, {
        async areThere(index, result) {
          if (places === null) return true;
          const items = flow.shards[index]?.items ?? [];
          for (let start = 0; start < items.length; start += AT_ONCE) {
            const some = items.slice(start, start + AT_ONCE);
            const answers = await Promise.all(some.map((item) => places.isThere(item, result)));
            if (answers.includes(false)) return false;
          }
          return true;
        },
        clear: async () => places?.clear(),
      });
    const submission = await again();
    const shards = flow.shards.length;
    const words = {
      new: `${shards} shards of ${flow.pictures.length} pictures are submitted`,
      joined: 'is being worked on already',
      stored: 'is finished: this is its stored result',
      resumed:
        submission.kind === 'resumed'
          ? `${submission.shards} of its ${shards} shards are worked on again, the others are done`
          : '',
    };
    console.error(`${flow.id}: ${words[submission.kind]}`);
    if (submission.kind !== 'stored') await warnOfNoWorker(broker, address, version);
    if (isDetached) {
      console.log(flow.id);
      return null;
    }
    const merged = await waitFor(broker, address, version, flow, again);
    if (merged === null) return null;
    const refusal = refusalOf(flow, merged.failed);
    if (merged.result === null) throw refusal;
    return { result: merged.result, refusal };
  });
}

async function warnOfNoWorker(
  broker: Broker,
  address: QueueAddress,
  version: string,
): Promise<void> {
  const { workers, others } = await findWorkers(broker, version);
  if (workers > 0) return;
  const install =
    others.length === 0
      ? ''
      : `, and those of ${others.join(', ')} are other code; install the same`;
  console.error(
    `No worker serves it yet${install}: wasm-norm worker --queue ${address.shown} (${version})`,
  );
}

/** Names the shards that failed by their pictures. */
function refusalOf<Name extends QueuedJob>(
  { id, shards, size, pictures }: Flow<Name>,
  failed: readonly FailedShard[],
): Refusal | null {
  if (failed.length === 0) return null;
  const names = failed.map(({ index, reason }) => {
    const first = index * size;
    const last = Math.min(first + size, pictures.length) - 1;
    return `shard ${index + 1} (${pictures[first]?.path} to ${pictures[last]?.path}): ${reason}`;
  });
  return new Refusal(
    `${id}: ${failed.length} of ${shards.length} shards failed, and their pictures are missing; ` +
      `the same command works on them again; ${names.join('; ')}`,
  );
}
