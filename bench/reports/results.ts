import { readFileSync, writeFileSync } from 'node:fs';

/** The times of one run of the benchmark, as bench/results.json holds them. */
export interface Results {
  /** The day of the run, as YYYY-MM-DD. */
  readonly date: string;
  readonly machine: Machine;
  /** The version of Node.js. */
  readonly node: string;
  /** The last commit of the library that was timed: one that changed src/ or assembly/. */
  readonly commit: string;
  readonly effort: Effort;
  readonly timings: readonly Timing[];
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
}

/** How long each contestant is timed: so many rounds, each of so many seconds. */
export interface Effort {
  readonly rounds: number;
  readonly seconds: number;
}

/** What each contestant took for a problem. */
export interface Timing {
  readonly problem: string;
  /** As 8x64x56x56. */
  readonly shape: string;
  /** Bytes that the problem reads and writes. */
  readonly bytes: number;
  /** Seconds a call by contestant, the median of all samples. */
  readonly seconds: Readonly<Record<string, number>>;
}

const FILE = new URL('../results.json', import.meta.url);

/** Reads bench/results.json. */
export function readResults(): Results {
  return JSON.parse(readFileSync(FILE, 'utf8'));
}

/** Writes bench/results.json. */
export function writeResults(results: Results): void {
  writeFileSync(FILE, `${JSON.stringify(results, null, 2)}\n`);
}
