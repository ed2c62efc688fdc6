import { expose } from 'comlink';
import { restyle } from 'wasm-norm';
import { Studio } from './studio.ts';

expose(new Studio());

// While the first photograph is fetched: the engine compiles at the first calls,
// which would double the time of the first preview and more. Transparent pixels would be passed
// over.
const blank = { data: new Uint8ClampedArray(4 * 256 * 256).fill(255), width: 256, height: 256 };
for (const space of ['rgb', 'oklab'] as const) {
  for (let call = 0; call < 3; call++) restyle(blank, blank, { space });
}
