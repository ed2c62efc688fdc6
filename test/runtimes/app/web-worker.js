// A classic worker: the library is the global wasmNorm.
import('./run.mjs').then(async ({ run }) => {
  const line = await run(
    async () => {
      importScripts('node_modules/wasm-norm/dist/wasm-norm.min.js');
      return globalThis.wasmNorm;
    },
    async () => {
      importScripts('bits-of-global.js');
      return globalThis.bits;
    },
  );
  postMessage(line);
});
