// What an interrupted run leaves behind for the next: the pictures it was given,
// and what it knew of those that it had seen.

import { readFile } from 'node:fs/promises';
import { reasonOf, writeWhole } from '../common/files.ts';
import { Refusal } from '../common/refusal.ts';
import { DatasetStatistics } from './dataset-statistics.ts';
import type { PictureList } from './picture-list.ts';

// Goes up when a state of before could not be gone on from with the same bits.
const FORMAT = 'wasm-norm dataset-stats 2';

/**
 * Reads the statistics that a run has come to; of no pictures where there is no file.
 *
 * @throws Refusal where the file is none of a run over the same pictures.
 */
export async function readState(path: string, pictures: PictureList): Promise<DatasetStatistics> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new DatasetStatistics();
    throw new Refusal(`${path}: cannot be read: ${reasonOf(error)}`);
  }
  const state = parseState(path, text);
  if (state.folder !== pictures.folder) {
    throw new Refusal(`${path}: is of the folder ${state.folder}, not ${pictures.folder}`);
  }
  if (state.sha256 !== pictures.sha256) {
    throw new Refusal(
      `${path}: is of other pictures: ${state.files} files were in ${pictures.folder}, ` +
        `now ${pictures.paths.length}, some of them added, removed or changed`,
    );
  }
  return restore(path, state.statistics, pictures.paths.length);
}

/** Writes the state whole or not at all, so that at any time there is one to go on from. */
export async function writeState(
  path: string,
  { folder, paths, sha256 }: PictureList,
  statistics: DatasetStatistics,
): Promise<void> {
  const state: State = { format: FORMAT, folder, files: paths.length, sha256, statistics };
  await writeWhole(path, `${JSON.stringify(state)}\n`);
}

interface State {
  readonly format: typeof FORMAT;
  readonly folder: string;
  readonly files: number;
  readonly sha256: string;
  readonly statistics: unknown;
}

function parseState(path: string, text: string): State {
  let state: Partial<State> | null;
  try {
    state = JSON.parse(text);
  } catch {
    state = null;
  }
  if (state?.format !== FORMAT) {
    throw new Refusal(`${path}: expected the state of an earlier run, got something else`);
  }
  return state as State;
}

function restore(path: string, json: unknown, most: number): DatasetStatistics {
  let statistics: DatasetStatistics;
  try {
    statistics = DatasetStatistics.fromJSON(json as never);
  } catch (error) {
    throw new Refusal(`${path}: damaged: ${(error as Error).message}`);
  }
  if (statistics.files > most) {
    throw new Refusal(`${path}: damaged: ${statistics.files} files seen of ${most}`);
  }
  return statistics;
}
