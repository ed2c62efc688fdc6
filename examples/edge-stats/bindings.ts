import type { Ledger } from './ledger.ts';
import type { Bucket, Namespace, Queue } from './platform.ts';
import type { Task } from './task.ts';

/** What wrangler.json binds. */
export interface Bindings {
  readonly PICTURES: Bucket;
  readonly TASKS: Queue<Task>;
  /** The ledger of each run, by its name. */
  readonly LEDGERS: Namespace<Ledger>;
  /** The secret that a request has to show; without one none is served. */
  readonly TOKEN?: string;
}
