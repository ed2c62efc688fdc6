// The thread's side of paint-on-threads.ts: it does its share of each pass when it is told.

import { parentPort, workerData } from 'node:worker_threads';
import { loadNetwork } from './load-network.ts';
import { Part, type Shared, type TileResult } from './part.ts';

/** What a worker is started with. */
export interface PainterStart {
  readonly shared: Shared;
  readonly index: number;
  readonly parts: number;
}

/** What a worker is told: of the pass before the results of all threads, none before the first. */
export type ToPainter = readonly TileResult[];

const { shared, index, parts } = workerData as PainterStart;
const part = new Part(await loadNetwork(), shared, index, parts);
let done = 0;

parentPort?.on('message', (results: ToPainter) => {
  const before = part.passes[done - 1];
  if (before) part.end(before, results);
  const pass = part.passes[done++];
  if (pass) parentPort?.postMessage(part.run(pass));
});
