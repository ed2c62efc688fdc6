import { dirname } from 'node:path';
import { Refusal } from '../files/refusal.ts';
import { checkWritable, makeFolder } from '../files/write-whole.ts';
import type { RestyleOptions, RestyleOutcome, Restyling } from '../shards/restyle.ts';
import { Interruption } from '../work/interruption.ts';
import type { Shard } from '../work/jobs.ts';
import { startProgress } from '../work/progress.ts';
import { runShards } from '../work/threads.ts';
import type { Plan } from './plan.ts';

/**
 * Restyles the pictures of a plan and says what was written. On SIGINT or SIGTERM it stops after
 * the pictures at hand, tells so, and sets the exit code.
 *
 * @throws Refusal where one could not be restyled, after the others were.
 */
export async function restyleAll(
  { restylings, makesFolders, skipped, place }: Plan,
  options: RestyleOptions,
  threads: number,
): Promise<void> {
  await preparePlaces(restylings, makesFolders);
  const total = restylings.length;
  const interruption = new Interruption();
  const bar = total > 1 ? startProgress(total, 0) : null;
  const failed: string[] = [];
  let written = 0;
  let size = 0;
  try {
    const results = runShards(shardsOf(restylings, options), {
      threads: Math.min(threads, total),
      taken: () => bar?.increment(),
      isStopped: () => interruption.came,
    });
    for await (const outcomes of results) {
      for (const outcome of outcomes) {
        if (outcome.isWritten) {
          written++;
          size += outcome.size;
          if (total === 1) console.log(describe(outcome));
        } else {
          failed.push(`${outcome.content}: ${outcome.reason}`);
        }
      }
    }
  } finally {
    bar?.stop();
    interruption.end();
  }
  if (total > 1) console.log(`${written} of ${total} pictures, ${spellSize(size)}, in ${place}`);
  for (const { file, reason } of skipped) console.error(`${file}: passed over: ${reason}`);
  if (written + failed.length < total) {
    console.error(
      `Stopped after ${written + failed.length} of ${total}; what was written is whole.`,
    );
    process.exitCode = interruption.exitCode;
  } else if (total === 1 && failed.length > 0) {
    throw new Refusal(failed.join());
  } else if (failed.length > 0) {
    for (const line of failed) console.error(line);
    throw new Refusal(`${failed.length} of ${total} pictures could not be restyled`);
  }
}

/** Makes the folders of the results, and refuses now what could not be written later. */
async function preparePlaces(
  restylings: readonly Restyling[],
  makesFolders: boolean,
): Promise<void> {
  const places = new Map(restylings.map(({ out }) => [dirname(out), out]));
  for (const [folder, out] of places) {
    if (makesFolders) await makeFolder(folder);
    await checkWritable(out);
  }
}

function* shardsOf(
  restylings: readonly Restyling[],
  options: RestyleOptions,
): Generator<Shard<'restyle'>> {
  for (const restyling of restylings) yield { job: 'restyle', options, items: [restyling] };
}

function describe(outcome: RestyleOutcome & { readonly isWritten: true }): string {
  const { out, width, height, size, notes } = outcome;
  return [`${out}: ${width} x ${height}`, spellSize(size), ...notes].join(', ');
}

function spellSize(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
