// Prints how many threads a shared arena has, and why not more: without and with a file for workers.
import { SharedArena } from './node_modules/wasm-norm/dist/index.js';

const found = [];
for (const workerUrl of [undefined, 'node_modules/wasm-norm/dist/worker.js']) {
  const arena = new SharedArena(1024, { threads: 3, workerUrl });
  await arena.ready;
  found.push([arena.threads, arena.reason]);
}
console.log(JSON.stringify(found));
