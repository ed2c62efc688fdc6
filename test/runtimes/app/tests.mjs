import { run } from './run.mjs';

console.log(
  await run(
    () => import('wasm-norm'),
    () => import('./tests.js'),
  ),
);
