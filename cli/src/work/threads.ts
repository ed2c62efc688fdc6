import { Worker } from 'node:worker_threads';
import { Refusal } from '../files/refusal.ts';
import { loadCodecs } from '../pictures/sharp.ts';
import { type Lane, resultsInOrder } from './in-order.ts';
import { type JobName, type Jobs, runShard, type Shard } from './jobs.ts';
import type { FromWorker, WorkerStart } from './messages.ts';

/** How the shards of a command are worked on. */
export interface RunOptions {
  /** How many shards are worked on at once. */
  readonly threads: number;
  /** Called after each picture. */
  readonly taken: () => void;
  readonly isStopped: () => boolean;
}

/** A lane that is closed after the work. */
interface OpenLane extends Lane {
  close(): Promise<void>;
}

/**
 * Works on shards in threads and gives their results in the order of the shards.
 *
 * Where it is stopped, a shard's result is of the pictures before; shards that follow are to be
 * left aside.
 *
 * @throws Refusal of the first shard that has one.
 */
export async function* runShards<Name extends JobName>(
  shards: Iterable<Shard<Name>>,
  options: RunOptions,
): AsyncGenerator<Jobs[Name]['result'], void> {
  const lanes = await openLanes(options);
  try {
    yield* resultsInOrder(shards, lanes, options.isStopped);
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

/** Opens a lane in this thread, which would only wait otherwise, and one in each further one. */
async function openLanes({ threads, taken, isStopped }: RunOptions): Promise<readonly OpenLane[]> {
  // sharp has to be loaded here before threads load it. Its own threads would be a second level of
  // them, and the bytes of an AVIF depend on their number.
  const codecs = await loadCodecs();
  codecs.concurrency(1);
  const here: OpenLane = {
    run: (shard) => runShard(shard, { taken, isStopped }),
    close: async () => {},
  };
  const stop = new SharedArrayBuffer(4);
  const stopFlag = new Int32Array(stop);
  const onTaken = () => {
    taken();
    if (isStopped()) Atomics.store(stopFlag, 0, 1);
  };
  const others = Array.from({ length: threads - 1 }, () => new WorkerLane({ stop }, onTaken));
  return [...others, here];
}

/** A thread. */
class WorkerLane implements OpenLane {
  readonly #worker: Worker;
  #answer: ((message: FromWorker) => void) | null = null;
  #fail: ((error: Error) => void) | null = null;

  constructor(start: WorkerStart, taken: () => void) {
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: start });
    this.#worker.on('message', (message: FromWorker) => {
      if (message.kind === 'taken') taken();
      else this.#answer?.(message);
    });
    this.#worker.on('error', (error) => this.#fail?.(error));
  }

  run<Name extends JobName>(shard: Shard<Name>): Promise<Jobs[Name]['result']> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#answer = (message) => {
        if (message.kind === 'refusal') reject(new Refusal(message.message));
        else if (message.kind === 'result') resolve(message.result as Jobs[Name]['result']);
      };
      this.#worker.postMessage(shard);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
