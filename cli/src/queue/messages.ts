// What a worker and its processes say to each other.

import type { JobName, Jobs, Shard } from '../work/jobs.ts';

/** What a process is told to do. */
export interface ToProcess {
  readonly shard: Shard<JobName>;
  /** Where relative paths start. */
  readonly folder: string;
}

/** What a process tells. */
export type FromProcess =
  /** It can work on shards from now on. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'taken' }
  | { readonly kind: 'result'; readonly result: Jobs[JobName]['result'] }
  | { readonly kind: 'refusal'; readonly message: string };

/** What a process and its watchdog are started with. */
export interface ProcessLimits {
  /** Bytes that it may have in memory. */
  readonly memory: number;
}

/** The signal that ends a process that has more: nothing else in it sends that. */
export const TOO_MUCH_MEMORY = 'SIGUSR2';
