// A page that imports the library by its address.
import { addScript } from './add-script.mjs';
import { run } from './run.mjs';

const line = await run(
  async () => {
    globalThis.wasmNorm = await import('./node_modules/wasm-norm/dist/index.js');
    return globalThis.wasmNorm;
  },
  async () => {
    await addScript('bits-of-global.js');
    return globalThis.bits;
  },
);
console.log(line);
