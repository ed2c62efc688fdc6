import { DatasetStatistics } from '../statistics/dataset-statistics.ts';
import { cutIntoParts, PART } from '../work/cut.ts';
import { Interruption } from '../work/interruption.ts';
import { startProgress } from '../work/progress.ts';
import { runShards } from '../work/threads.ts';
import { readState, type Survey, writeState } from './state-file.ts';

// Milliseconds from one writing of the state to the next.
const SAVE_EVERY = 250;

/**
 * Counts the pictures of a survey, those that an earlier run left uncounted where there is a state.
 * On SIGINT or SIGTERM it stops after the pictures at hand, tells so, and sets the exit code.
 *
 * @param state a file that keeps the state meanwhile; null for none
 * @returns null where it was stopped
 * @throws Refusal where the state is none of this survey, or can't be written.
 */
export async function countPictures(
  survey: Survey,
  state: string | null,
  threads: number,
): Promise<DatasetStatistics | null> {
  const { pictures, options } = survey;
  const statistics = state ? await readState(state, survey) : new DatasetStatistics(options);
  const save = async () => {
    if (state) await writeState(state, survey, statistics);
  };
  // A state that can't be written is refused now, and not when it is needed.
  await save();
  let savedAt = performance.now();
  const interruption = new Interruption();
  const bar = startProgress(pictures.length, statistics.files);
  try {
    const items = pictures.slice(statistics.files).map(({ path }) => path);
    const results = runShards(cutIntoParts({ job: 'count', options, items }), {
      threads: threadsFor(pictures.length - statistics.files, threads),
      taken: () => bar.increment(),
      isStopped: () => interruption.came,
    });
    let expected = statistics.files;
    for await (const result of results) {
      // Behind a shard that was stopped in the middle the order would be lost.
      if (statistics.files < expected) continue;
      statistics.merge(DatasetStatistics.fromJSON(result));
      expected = Math.min(expected + PART.count, pictures.length);
      if (performance.now() - savedAt <= SAVE_EVERY) continue;
      await save();
      savedAt = performance.now();
    }
  } finally {
    bar.stop();
    interruption.end();
  }
  await save();
  const { files } = statistics;
  if (files === pictures.length) return statistics;
  const hint = state
    ? 'the same command goes on from there.'
    : 'with --resume FILE a run goes on from where it stopped.';
  console.error(`Stopped after ${files} of ${pictures.length}; ${hint}`);
  process.exitCode = interruption.exitCode;
  return null;
}

/** Returns how many of some threads have a shard to work on. */
function threadsFor(pictures: number, most: number): number {
  return Math.max(1, Math.min(most, Math.ceil(pictures / PART.count)));
}
