import { readFileSync, writeFileSync } from 'node:fs';
import type { Results } from './results.ts';

/** What one run found of threads, as bench/threads.json holds it. */
export interface ThreadsResults extends Results {
  readonly bounds: readonly Bound[];
  /** Of each number of threads that was tried, the most last. */
  readonly costs: readonly Cost[];
}

/** How much faster several threads are than one. */
export interface Bound {
  readonly threads: number;
  /** Of the tensor of a thread, and of that which threads share. */
  readonly megabytes: number;
  /** Of threads that share nothing, each with a tensor of its own. */
  readonly apart: number;
  /** Of those of a SharedArena, on one tensor. */
  readonly shared: number;
}

/** What threads cost. */
export interface Cost {
  readonly threads: number;
  /** Until all have joined. */
  readonly startSeconds: number;
  /** A call that is too small for them. */
  readonly smallSeconds: number;
}

/** Returns the numbers of threads that were tried, the most last. */
export function countsOf({ costs }: ThreadsResults): readonly number[] {
  return costs.map(({ threads }) => threads);
}

const FILE = new URL('../threads.json', import.meta.url);

/** Reads bench/threads.json. */
export function readThreadsResults(): ThreadsResults {
  return JSON.parse(readFileSync(FILE, 'utf8'));
}

/** Writes bench/threads.json. */
export function writeThreadsResults(results: ThreadsResults): void {
  writeFileSync(FILE, `${JSON.stringify(results, null, 2)}\n`);
}
