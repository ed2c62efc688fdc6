// How much faster than one are threads that share nothing but the machine? Each normalizes a tensor
// of its own, of as many elements as one thread alone. No library can gain more.

import { Worker } from 'node:worker_threads';
import { Arena, instanceNorm, SharedArena, type Tensor } from '../../dist/index.js';
import { median } from '../reports/median.ts';
import type { Bound } from '../reports/threads-results.ts';

const LIBRARY = new URL('../../dist/index.js', import.meta.url).href;
const MEGABYTE = 2 ** 20;
const SIDE = 64;

// Milliseconds that a turn of each kind takes.
const TURN = 40;

// Words through which threads wait for each other.
const [READY, GO] = [0, 1];

function shapeOf(megabytes: number): readonly number[] {
  return [1, (megabytes * MEGABYTE) / 4 / SIDE ** 2, SIDE, SIDE];
}

/** Returns how many calls fit a millisecond. */
function rateOf(call: () => void): number {
  const begin = performance.now();
  let calls = 0;
  for (; performance.now() - begin < TURN; calls++) call();
  return calls / (performance.now() - begin);
}

/** What a worker does: the same, once it is told to go. */
const PROGRAM = `
const { parentPort, workerData: { library, shape, flags } } = require('node:worker_threads');
import(library).then(({ Arena, instanceNorm }) => {
  const rateOf = ${rateOf.toString().replaceAll('TURN', String(TURN))};
  const words = new Int32Array(flags);
  const bytes = 4 * shape.reduce((size, length) => size * length, 1);
  const arena = new Arena(2 * bytes);
  const [x, out] = [arena.tensor(shape), arena.tensor(shape)];
  x.data.forEach((_, i) => { x.data[i] = Math.sin(i); });
  const call = () => { instanceNorm(x, { out }); };
  for (let i = 0; i < 20; i++) call();
  parentPort.on('message', () => {
    call();
    Atomics.add(words, ${READY}, 1);
    while (Atomics.load(words, ${GO}) === 0);
    parentPort.postMessage(rateOf(call));
  });
});`;

function callIn(arena: Arena, shape: readonly number[]): () => void {
  const [x, out] = [arena.tensor(shape), arena.tensor(shape)] as [Tensor, Tensor];
  x.data.forEach((_, i) => {
    x.data[i] = Math.sin(i);
  });
  return () => {
    instanceNorm(x, { out });
  };
}

/** Compares one thread, several that share nothing, and those of an arena, in turns. */
export async function boundOf(threads: number, megabytes: number, turns: number): Promise<Bound> {
  const shape = shapeOf(megabytes);
  const bytes = 2 * megabytes * MEGABYTE;
  const flags = new SharedArrayBuffer(8);
  const words = new Int32Array(flags);
  const workerData = { library: LIBRARY, shape, flags };
  const workers = Array.from(
    { length: threads - 1 },
    () => new Worker(PROGRAM, { eval: true, workerData, execArgv: [] }),
  );
  const arena = new SharedArena(bytes, { threads });
  await arena.ready;
  const [alone, shared] = [callIn(new Arena(bytes), shape), callIn(arena, shape)];
  const [apartGains, sharedGains]: [number[], number[]] = [[], []];
  // The first turn warms up.
  for (let turn = -1; turn < turns; turn++) {
    words.fill(0);
    const others = workers.map(
      (worker) => new Promise<number>((resolve) => worker.once('message', resolve)),
    );
    for (const worker of workers) worker.postMessage('go');
    while (Atomics.load(words, READY) < workers.length) await new Promise(setImmediate);
    Atomics.store(words, GO, 1);
    const own = rateOf(alone);
    const rates = await Promise.all(others);
    const one = rateOf(alone);
    const together = rateOf(shared);
    if (turn < 0) continue;
    apartGains.push(rates.reduce((sum, rate) => sum + rate, own) / one);
    sharedGains.push(together / one);
  }
  arena.close();
  for (const worker of workers) await worker.terminate();
  return { threads, megabytes, apart: median(apartGains), shared: median(sharedGains) };
}
