// A page with nothing but script tags: the library is the global wasmNorm.
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

function addScript(src) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement('script'), { src });
    script.addEventListener('load', resolve);
    script.addEventListener('error', () => reject(new Error(`no ${src}`)));
    document.head.append(script);
  });
}
