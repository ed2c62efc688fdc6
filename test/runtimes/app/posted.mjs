// A page that posts what it finds, for browsers that nobody drives. Before `ready` it tries a call,
// and posts what that was refused with as `refusal`.
import { addScript } from './add-script.mjs';
import { run } from './run.mjs';

const tick = () => new Promise((resolve) => setTimeout(resolve));

async function find() {
  const library = await import('./node_modules/wasm-norm/dist/index.js');
  const refusal = refusalOf(() => new library.Arena(64));
  const line = await run(
    async () => {
      await library.ready();
      globalThis.wasmNorm = library;
      return library;
    },
    async () => {
      await addScript('bits-of-global.js');
      return globalThis.bits;
    },
  );
  await useArenas(library);
  return JSON.stringify({ ...JSON.parse(line), refusal });
}

function refusalOf(use) {
  try {
    use();
    return null;
  } catch (error) {
    return error.message;
  }
}

/** Makes arenas of many sizes, of which such a browser has a few at once. */
async function useArenas({ Arena, instanceNorm, Tensor }) {
  const shape = [2, 3, 16];
  const data = Float32Array.from({ length: 96 }, (_, i) => (i * 37) % 11);
  const expected = instanceNorm(new Tensor(data, shape)).data;
  for (let size = 4096; size < 2 ** 26; size *= 1.5) {
    const arena = new Arena(Math.floor(size));
    const x = arena.tensor(new Tensor(data, shape));
    const y = instanceNorm(x, { out: x }).data;
    if (y.join() !== expected.join()) throw new Error(`an arena of ${size} bytes gives ${y}`);
    await tick();
  }
}

const body = await find().catch(String);
await fetch('posted', { method: 'POST', body });
