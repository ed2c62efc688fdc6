import type { QueueChoice } from '../command-line/values.ts';
import type { Refusal } from '../files/refusal.ts';
import { readQueue } from '../queue/address.ts';
import { startOf } from '../queue/flow.ts';
import { runInQueue } from '../queue/run-in-queue.ts';
import { DatasetStatistics } from '../statistics/dataset-statistics.ts';
import type { Survey } from './state-file.ts';

/** What workers have counted. */
interface Counted {
  /** Null where they are not waited for. */
  readonly statistics: DatasetStatistics | null;
  /** What is missing, to be told after the rest. */
  readonly refusal: Refusal | null;
}

/** Lets workers count the pictures of a survey. */
export async function countInQueue(
  { pictures, options }: Survey,
  { queue, isDetached, size }: QueueChoice,
): Promise<Counted> {
  const items = pictures.map(({ path }) => path);
  const request = {
    whole: { job: 'count' as const, options, items },
    pictures,
    folder: startOf(items),
    size,
  };
  const counted = await runInQueue(request, { address: readQueue(queue), isDetached }, null);
  if (counted === null) return { statistics: null, refusal: null };
  const { result, refusal } = counted;
  return { statistics: DatasetStatistics.fromJSON(result), refusal };
}
