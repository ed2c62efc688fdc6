// A page with nothing but script tags: the library is the global wasmNorm.
import { addScript } from './add-script.mjs';
import { run } from './run.mjs';

const line = await run(
  async () => {
    await addScript('node_modules/wasm-norm/dist/wasm-norm.min.js');
    return globalThis.wasmNorm;
  },
  async () => {
    await addScript('bits-of-global.js');
    return globalThis.bits;
  },
);
console.log(line);
