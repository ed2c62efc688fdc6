import { run } from './run.mjs';

export default {
  async test() {
    console.log(
      await run(
        () => import('wasm-norm'),
        () => import('./bits.js'),
      ),
    );
  },
};
