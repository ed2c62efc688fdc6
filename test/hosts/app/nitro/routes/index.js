import { run } from '../../run.mjs';

export default defineEventHandler(() =>
  run(
    () => import('wasm-norm'),
    () => import('../../bits.js'),
  ),
);
