// The process's side of process-lane.ts: it works on the shards that it is sent, one after the other.

import { Worker } from 'node:worker_threads';
import { reasonOf } from '../files/reason.ts';
import { Refusal } from '../files/refusal.ts';
import { loadCodecs } from '../pictures/sharp.ts';
import { runShard } from '../work/jobs.ts';
import type { FromProcess, ToProcess } from './messages.ts';

const say = (message: FromProcess) => process.send?.(message);

// A terminal sends signals to the whole group: the worker decides what is done.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());

const [memory] = process.argv.slice(2).map(Number);
new Worker(new URL('./watchdog.js', import.meta.url), { workerData: { memory } }).unref();

process.on('message', async ({ shard, folder }: ToProcess) => {
  try {
    enter(folder);
    const result = await runShard(shard, {
      taken: () => say({ kind: 'taken' }),
      isStopped: () => false,
    });
    say({ kind: 'result', result });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say({ kind: 'refusal', message: error.message });
  }
});

try {
  // As in threads: one picture at a time, and the bytes of an AVIF depend on the number of threads.
  (await loadCodecs()).concurrency(1);
  say({ kind: 'ready' });
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  say({ kind: 'refusal', message: error.message });
}

function enter(folder: string): void {
  try {
    process.chdir(folder);
  } catch (error) {
    throw new Refusal(
      `${folder}: can't be entered where a worker is (${reasonOf(error)}); expected the same ` +
        'folder on every machine',
    );
  }
}
