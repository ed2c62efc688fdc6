import { compileShared } from '#host';
import type { Kernel } from './control.ts';
import { hasStock, Instances, PAGE, type Source, sources } from './modules.ts';
import type { SharedModule } from './worker.ts';

export { workerText } from './compiled-worker.ts';

/** Kernels by the names of a module's exports. */
export type NamedKernels = Record<string, Kernel>;

/** Makes of the kernels of a module others, which deal their work out to threads. */
export type Dealer = (shared: SharedInstances, kernels: NamedKernels) => NamedKernels;

/** Says why kernels can't work in a shared memory here; null where they can. */
export function whyNotShared(): string | null {
  if (compileShared === null) return 'this host has no threads';
  if (typeof SharedArrayBuffer === 'undefined') {
    return 'the page is not cross-origin isolated, which the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp make it';
  }
  return hasStock() ? 'this host compiles WebAssembly only asynchronously' : null;
}

/** A shared memory, and the instances of modules over it, whose kernels are dealt out to threads. */
export class SharedInstances extends Instances {
  override readonly threads: number;
  /** What the workers of this memory instantiate. */
  readonly modules: readonly SharedModule[];
  /** The kernels of all modules for the calling thread, in the order of the workers. */
  readonly kernels: readonly Kernel[];
  readonly #names: readonly string[];
  readonly #own: OwnInstances;
  readonly #dealer: Dealer;
  readonly #dealt = new Map<Source, NamedKernels>();

  /** @throws RangeError where the host does not give so much memory. */
  constructor(byteLength: number, threads: number, dealer: Dealer) {
    const pages = Math.ceil(byteLength / PAGE);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    super(memory);
    this.threads = threads;
    this.#own = new OwnInstances(memory);
    this.#dealer = dealer;
    this.modules = sources.map((source) => ({
      module: sharedModuleOf(source),
      called: source.called ? sources.indexOf(source.called) : -1,
    }));
    // Those of modules that are declared later have no number, and are not dealt out.
    this.kernels = sources.flatMap((source) => Object.values(this.#kernelsOf(source)));
    this.#names = sources.flatMap((source) => Object.keys(this.#kernelsOf(source)));
  }

  override exportsOf(source: Source): WebAssembly.Exports {
    const found = this.#dealt.get(source);
    if (found) return found;
    const dealt = this.#dealer(this, this.#kernelsOf(source));
    this.#dealt.set(source, dealt);
    return dealt;
  }

  /** Returns the number by which all threads know a kernel; -1 where they don't. */
  numberOf(name: string): number {
    return this.#names.indexOf(name);
  }

  #kernelsOf(source: Source): NamedKernels {
    return this.#own.exportsOf(source) as NamedKernels;
  }
}

/** The instances of the calling thread, which call each other directly. */
class OwnInstances extends Instances {
  protected override moduleOf(source: Source): WebAssembly.Module {
    return sharedModuleOf(source);
  }
}

function sharedModuleOf(source: Source): WebAssembly.Module {
  source.compiledShared ??= (compileShared as (text: string) => WebAssembly.Module)(source.text);
  return source.compiledShared;
}
