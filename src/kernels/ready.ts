import { compileAsync, instantiate } from '#host';
import { Instances, MAX_PAGES, type Stock, sources, useStock } from './modules.ts';

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
 * import { instanceNorm, ready, Tensor } from 'wasm-norm';
 *
 * await ready();
 * const y = instanceNorm(new Tensor(Float32Array.of(1, 2, 3, 4), [1, 1, 4]));
 */
export async function ready(): Promise<void> {
  for (const source of sources) source.compiled ??= await compileAsync(source.text);
  if (store === undefined) {
    if (instantiatesAtOnce()) return;
    store = new Store();
    useStock(store);
  }
  await store.fill();
}

function instantiatesAtOnce(): boolean {
  const instances = new Instances(new WebAssembly.Memory({ initial: 1, maximum: 1 }));
  try {
    for (const source of sources) instances.exportsOf(source);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Memories without a page, with every module over them. */
class Store implements Stock {
  readonly #waiting: Instances[] = [];
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
      const instances = new Instances(memory);
      for (const source of sources) {
        const compiled = source.compiled as WebAssembly.Module;
        const { instance } = await instantiate(compiled, instances.importsOf(source));
        instances.add(source, instance);
      }
      this.#waiting.push(instances);
    }
  }

  take(pages: number): Instances {
    const instances = this.#waiting.at(-1);
    if (instances === undefined) {
      throw new Error(
        `wasm-norm: this host makes memories only between tasks, ${WAITING} at a time: \`await ready()\` before you need more.`,
      );
    }
    // It has no view yet that this could detach.
    instances.memory.grow(pages);
    this.#waiting.pop();
    // Whatever goes wrong here, the next `ready` says.
    this.fill().catch(() => {});
    return instances;
  }

  refuse(): never {
    throw new Error(
      'wasm-norm: a part of the library was loaded after `ready()`: await it once more.',
    );
  }
}
