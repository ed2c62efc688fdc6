// What the main thread and a worker say to each other.

import type { JobName, Jobs, Shard } from './jobs.ts';

/** What a worker is started with. */
export interface WorkerStart {
  /** One number: not 0 once all work is to stop. */
  readonly stop: SharedArrayBuffer;
}

/** What a worker is told to do. */
export type ToWorker = Shard<JobName>;

/** What a worker tells. */
export type FromWorker =
  | { readonly kind: 'taken' }
  | { readonly kind: 'result'; readonly result: Jobs[JobName]['result'] }
  | { readonly kind: 'refusal'; readonly message: string };
