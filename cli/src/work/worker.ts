// The thread's side of threads.ts: it works on the shards that it is sent, one after the other.

import { parentPort, workerData } from 'node:worker_threads';
import { Refusal } from '../files/refusal.ts';
import { type JobName, runShard, type Shard } from './jobs.ts';
import type { FromWorker, WorkerStart } from './messages.ts';

const { stop } = workerData as WorkerStart;
const stopFlag = new Int32Array(stop);

const say = (message: FromWorker) => parentPort?.postMessage(message);

parentPort?.on('message', async (shard: Shard<JobName>) => {
  try {
    const result = await runShard(shard, {
      taken: () => say({ kind: 'taken' }),
      isStopped: () => Atomics.load(stopFlag, 0) !== 0,
    });
    say({ kind: 'result', result });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say({ kind: 'refusal', message: error.message });
  }
});
