import type { QueueChoice } from '../command-line/values.ts';
import { filesAt } from '../files/files-at.ts';
import { readQueue } from '../queue/address.ts';
import { startOf } from '../queue/flow.ts';
import { runInQueue } from '../queue/run-in-queue.ts';
import type { RestyleOptions, RestyleTally } from '../shards/restyle.ts';
import { Interruption } from '../work/interruption.ts';
import type { Plan } from './plan.ts';
import { reportTally } from './report.ts';
import { clearPlaces, preparePlaces } from './restyle-all.ts';

/**
 * Lets workers restyle the pictures of a plan, and says what was written.
 *
 * @throws Refusal where one could not be restyled, after the others were.
 */
export async function restyleInQueue(
  plan: Plan,
  options: RestyleOptions,
  { queue, isDetached, size }: QueueChoice,
): Promise<void> {
  const address = readQueue(queue);
  await preparePlaces(plan);
  const { restylings, pictures } = plan;
  const request = {
    whole: { job: 'restyle' as const, options, items: restylings },
    pictures,
    folder: startOf(restylings.flatMap(({ content, out }) => [content, out])),
    size,
  };
  const done = await runInQueue(
    request,
    { address, isDetached },
    {
      isThere: async ({ content, out }, tally) =>
        (await (await filesAt(out)).kindAt(out)) === 'file' || failuresOf(tally).has(content),
      clear: () => clearPlaces(plan),
    },
  );
  if (done === null) return;
  if (done.refusal) throw done.refusal;
  reportTally(plan, done.result, new Interruption());
}

const failures = new WeakMap<RestyleTally, ReadonlySet<string>>();

/** Returns the pictures that could not be restyled: their results are nowhere. */
function failuresOf(tally: RestyleTally | null): ReadonlySet<string> {
  if (tally === null) return new Set();
  const known = failures.get(tally) ?? new Set(tally.failed.map(({ content }) => content));
  failures.set(tally, known);
  return known;
}
