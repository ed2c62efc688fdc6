// What an interrupted run leaves behind for the next: the pictures it was given,
// and what it knew of those that it had seen.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FoundFile } from '../files/files.ts';
import { codeOf, reasonOf } from '../files/reason.ts';
import { Refusal } from '../files/refusal.ts';
import { writeWhole } from '../files/write-whole.ts';
import type { CountOptions } from '../shards/count.ts';
import { DatasetStatistics } from '../statistics/dataset-statistics.ts';

// Goes up when a state of before could not be gone on from with the same bits.
const FORMAT = 'wasm-norm stats 3';

/** What is counted in a run. A state is of one survey. */
export interface Survey {
  /** The paths that were given. */
  readonly given: readonly string[];
  readonly pictures: readonly FoundFile[];
  readonly options: CountOptions;
}

/**
 * Reads the statistics that a run has come to; of no pictures where there is no file.
 *
 * @throws Refusal where the file is none of a run over the same pictures.
 */
export async function readState(path: string, survey: Survey): Promise<DatasetStatistics> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return new DatasetStatistics(survey.options);
    throw new Refusal(`${path}: cannot be read: ${reasonOf(error)}`);
  }
  const state = parseState(path, text);
  const { given, pictures, options } = survey;
  const anew = `delete ${path} to count anew`;
  if (state.given.join('\0') !== given.join('\0')) {
    throw new Refusal(`${path}: is of ${state.given.join(' ')}, not ${given.join(' ')}; ${anew}`);
  }
  if (state.sha256 !== digest(pictures)) {
    throw new Refusal(
      `${path}: is of ${state.files} pictures in ${given.join(' ')}, where now are ` +
        `${pictures.length}, some of them added, removed or changed; ${anew}`,
    );
  }
  if (state.tissueOnly !== options.tissueOnly) {
    const [kept, wanted] = state.tissueOnly ? ['with', 'without'] : ['without', 'with'];
    throw new Refusal(`${path}: is of a run ${kept} --mask tissue, not ${wanted} it; ${anew}`);
  }
  const statistics = restore(path, state.statistics, pictures.length);
  if (options.histograms && statistics.histograms === null) {
    throw new Refusal(`${path}: is of a run without --histogram; ${anew}`);
  }
  return statistics;
}

/** Writes the state whole or not at all, so that at any time there is one to go on from. */
export async function writeState(
  path: string,
  { given, pictures, options }: Survey,
  statistics: DatasetStatistics,
): Promise<void> {
  const state: State = {
    format: FORMAT,
    given,
    files: pictures.length,
    sha256: digest(pictures),
    tissueOnly: options.tissueOnly,
    statistics,
  };
  await writeWhole(path, `${JSON.stringify(state)}\n`);
}

interface State {
  readonly format: typeof FORMAT;
  readonly given: readonly string[];
  readonly files: number;
  readonly sha256: string;
  readonly tissueOnly: boolean;
  readonly statistics: unknown;
}

const digests = new WeakMap<readonly FoundFile[], string>();

/** Returns what tells a list of pictures from one with others, or with changed ones. */
function digest(pictures: readonly FoundFile[]): string {
  const known = digests.get(pictures);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  for (const { path, size, changed } of pictures) hash.update(`${path}\0${size}\0${changed}\0`);
  const found = hash.digest('hex');
  digests.set(pictures, found);
  return found;
}

function parseState(path: string, text: string): State {
  let state: Partial<State> | null;
  try {
    state = JSON.parse(text);
  } catch {
    state = null;
  }
  if (state?.format !== FORMAT || !Array.isArray(state.given)) {
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
