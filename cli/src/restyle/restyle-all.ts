import { filesAt } from '../files/files-at.ts';
import { folderOf, nameOf } from '../files/places.ts';
import { addTallies, NOTHING_RESTYLED, type RestyleOptions } from '../shards/restyle.ts';
import { cutIntoParts } from '../work/cut.ts';
import { Interruption } from '../work/interruption.ts';
import { startProgress } from '../work/progress.ts';
import { runShards } from '../work/threads.ts';
import type { Plan } from './plan.ts';
import { reportTally } from './report.ts';

/**
 * Restyles the pictures of a plan and says what was written. On SIGINT or SIGTERM it stops after
 * the pictures at hand, tells so, and sets the exit code.
 *
 * @throws Refusal where one could not be restyled, after the others were.
 */
export async function restyleAll(
  plan: Plan,
  options: RestyleOptions,
  threads: number,
): Promise<void> {
  const { restylings } = plan;
  await preparePlaces(plan);
  await clearPlaces(plan);
  const total = restylings.length;
  const interruption = new Interruption();
  const bar = total > 1 ? startProgress(total, 0) : null;
  let tally = NOTHING_RESTYLED;
  try {
    const shards = cutIntoParts({ job: 'restyle', options, items: restylings });
    const results = runShards(shards, {
      threads: Math.min(threads, total),
      taken: () => bar?.increment(),
      isStopped: () => interruption.came,
    });
    for await (const result of results) tally = addTallies(tally, result);
  } finally {
    bar?.stop();
    interruption.end();
  }
  reportTally(plan, tally, interruption);
}

/** Makes the folders of the results, and refuses now what could not be written later. */
export async function preparePlaces({ restylings, makesFolders }: Plan): Promise<void> {
  const places = new Map(restylings.map(({ out }) => [folderOf(out) ?? out, out]));
  for (const [folder, out] of places) {
    const files = await filesAt(out);
    if (makesFolders) await files.makeFolder(folder);
    await files.checkWritable(out);
  }
}

/** Removes the halves of results that a killed run has left. No other may be at them. */
export async function clearPlaces({ restylings }: Plan): Promise<void> {
  const places = new Map<string, Set<string>>();
  for (const { out } of restylings) {
    const folder = folderOf(out) ?? out;
    const names = places.get(folder) ?? new Set();
    places.set(folder, names.add(nameOf(out)));
  }
  for (const [folder, names] of places) {
    await (await filesAt(folder)).removeLeftovers(folder, names);
  }
}
