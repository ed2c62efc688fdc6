import { join } from 'node:path';
import { loadPicture } from '../common/files.ts';
import type { Stopwatch } from '../common/stopwatch.ts';
import { DatasetStatistics } from './dataset-statistics.ts';
import { Interruption } from './interruption.ts';
import type { PictureList } from './picture-list.ts';
import { startProgress } from './progress.ts';
import { readState, writeState } from './state-file.ts';

// Milliseconds from one writing of the state to the next: the most that a killed run loses.
const SAVE_EVERY = 250;

/** Counts all pictures, without a state to go on from. */
export async function survey(
  pictures: PictureList,
  stopwatch: Stopwatch,
): Promise<DatasetStatistics> {
  const statistics = new DatasetStatistics();
  await countPictures(pictures, statistics, stopwatch, async () => true);
  return statistics;
}

/**
 * Counts the pictures that an earlier run left uncounted, and keeps the state in a
 * file meanwhile. On SIGINT or SIGTERM it stops after the picture at hand, tells so,
 * and sets the exit code.
 *
 * @returns null where it was stopped
 * @throws Refusal where the state is none of these pictures, or can't be written.
 */
export async function resumeSurvey(
  pictures: PictureList,
  state: string,
  stopwatch: Stopwatch,
): Promise<DatasetStatistics | null> {
  const statistics = await readState(state, pictures);
  const save = () => writeState(state, pictures, statistics);
  // A state that can't be written is refused now, and not when it is needed.
  await save();
  const interruption = new Interruption();
  let savedAt = performance.now();
  await countPictures(pictures, statistics, stopwatch, async () => {
    if (performance.now() - savedAt > SAVE_EVERY) {
      await save();
      savedAt = performance.now();
    }
    return !interruption.came;
  });
  await save();
  const total = pictures.paths.length;
  if (statistics.files === total) return statistics;
  console.error(
    `Stopped after ${statistics.files} of ${total}; the same command goes on from there.`,
  );
  process.exitCode = interruption.exitCode;
  return null;
}

async function countPictures(
  { folder, paths }: PictureList,
  statistics: DatasetStatistics,
  stopwatch: Stopwatch,
  goesOn: () => Promise<boolean>,
): Promise<void> {
  const bar = startProgress(paths.length, statistics.files);
  while (statistics.files < paths.length && (await goesOn())) {
    const path = paths[statistics.files] as string;
    const picture = await loadPicture(join(folder, path), stopwatch).catch((error: Error) => error);
    if (picture instanceof Error) statistics.addUnreadable(path, picture.message);
    else stopwatch.time('statistics', () => statistics.add(picture));
    bar.update(statistics.files);
  }
  bar.stop();
}
