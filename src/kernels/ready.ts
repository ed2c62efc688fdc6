import { compileAsync, instantiate, instantiateSync } from '#host';
import { MAX_PAGES, type Source, type Stock, sources, useStock } from './modules.ts';

// How many memories wait for a user. Each takes address space and 0.1 ms, and nearly no memory.
const WAITING = 8;

let store: Store | undefined;

/**
 * Compiles the library's WebAssembly asynchronously. Only a host that refuses to do it at once
 * needs this: the main thread of Chrome before 115. There everything is synchronous after it, as
 * it is elsewhere without it.
 *
 * Such a host makes no new memory at once either, so eight wait for their users: arenas, the
 * first call, and calls with more than 4096 channels. Between tasks as many wait again.
 *
 * @throws Error where the host has no WebAssembly, or none with SIMD.
 * @example
 * await ready();
 * const y = instanceNorm(x);
 */
export async function ready(): Promise<void> {
  for (const source of sources) source.compiled ??= await compileAsync(source.text);
  if (store === undefined) {
    if (sources.every(instantiatesAtOnce)) return;
    store = new Store();
    useStock(store);
  }
  await store.fill();
}

function instantiatesAtOnce({ compiled }: Source): boolean {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  try {
    instantiateSync(compiled as WebAssembly.Module, { env: { memory } });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Memories without a page, and the instances over them. */
class Store implements Stock {
  readonly #waiting: WebAssembly.Memory[] = [];
  readonly #instances = new WeakMap<WebAssembly.Memory, Map<Source, WebAssembly.Instance>>();
  #filling: Promise<void> | undefined;

  /** Makes as many memories as may wait. */
  fill(): Promise<void> {
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = undefined;
    });
    return this.#filling;
  }

  async #fill(): Promise<void> {
    while (this.#waiting.length < WAITING) {
      const memory = new WebAssembly.Memory({ initial: 0, maximum: MAX_PAGES });
      const instances = new Map<Source, WebAssembly.Instance>();
      for (const source of sources) {
        const { instance } = await instantiate(source.compiled as WebAssembly.Module, {
          env: { memory },
        });
        instances.set(source, instance);
      }
      this.#instances.set(memory, instances);
      this.#waiting.push(memory);
    }
  }

  takeMemory(pages: number): WebAssembly.Memory {
    const memory = this.#waiting.at(-1);
    if (memory === undefined) {
      throw new Error(
        `wasm-norm: this host makes memories only between tasks, ${WAITING} at a time: \`await ready()\` before you need more.`,
      );
    }
    // It has no view yet that this could detach.
    memory.grow(pages);
    this.#waiting.pop();
    // Whatever goes wrong here, the next `ready` says.
    this.fill().catch(() => {});
    return memory;
  }

  instanceOf(source: Source, memory: WebAssembly.Memory): WebAssembly.Instance {
    const instance = this.#instances.get(memory)?.get(source);
    if (instance === undefined) {
      throw new Error(
        'wasm-norm: a part of the library was loaded after `ready()`: await it once more.',
      );
    }
    return instance;
  }
}
