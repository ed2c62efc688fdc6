import { cutIntoParts } from '../work/cut.ts';
import { resultsInOrder } from '../work/in-order.ts';
import type { Jobs } from '../work/jobs.ts';
import type { QueuedJob, ShardData } from './flow.ts';
import { addResults } from './merge.ts';
import type { ProcessLane } from './process-lane.ts';

/**
 * Works on a shard in processes, as a command does on all of its pictures in threads.
 *
 * @param signal stops the work at once, without a result
 * @throws Refusal where no picture of it could be worked on; Error where it was stopped.
 */
export async function workOnShard(
  { shard, folder }: ShardData,
  lanes: readonly ProcessLane[],
  signal: AbortSignal,
): Promise<Jobs[QueuedJob]['result'] | null> {
  const stop = () => {
    for (const lane of lanes) lane.stop();
  };
  for (const lane of lanes) lane.open(folder);
  signal.throwIfAborted();
  signal.addEventListener('abort', stop, { once: true });
  try {
    let merged: Jobs[QueuedJob]['result'] | null = null;
    for await (const result of resultsInOrder(cutIntoParts(shard), lanes, () => signal.aborted)) {
      merged = addResults(shard.job, merged, result);
    }
    signal.throwIfAborted();
    return merged;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
