import { compile, instantiateSync } from '#host';

export const PAGE = 65536;
// One page less than 4 GiB, so that a pointer that walks to the end does not wrap to 0.
export const MAX_PAGES = 65535;

/** The largest memory that a module can be instantiated over, in bytes. */
export const MAX_MEMORY: number = MAX_PAGES * PAGE;

/** A module of the library, which is compiled when it is first used, or ahead by `ready`. */
export interface Source {
  readonly text: string;
  /** The module that it calls, over the same memory. */
  readonly called?: Source | undefined;
  compiled?: WebAssembly.Module;
  /** The same for shared memories. */
  compiledShared?: WebAssembly.Module;
}

/** What makes memories and instances where the host makes no instance at once. */
export interface Stock {
  /** Gives a memory over which every module was instantiated. */
  take(pages: number): Instances;
  /** Says that a module was not. */
  refuse(): never;
}

/** The modules of a program: those alone whose users were not dropped by its bundler. */
export const sources: Source[] = [];

let stock: Stock | undefined;

/** Says whether memories and instances come from a stock, since the host makes none at once. */
export function hasStock(): boolean {
  return stock !== undefined;
}

/**
 * Declares a module. Calls are marked as pure, so that a bundler drops one that nobody uses.
 *
 * @param called the module that it imports as `kernels`
 */
export function declareModule(text: string, called?: Source): Source {
  const source = { text, called };
  sources.push(source);
  return source;
}

/** Takes memories and instances from a stock from now on. */
export function useStock(made: Stock): void {
  stock = made;
}

/** A memory, and the instances of modules over it. */
export class Instances {
  /** How many threads the work of kernels is dealt out to. */
  readonly threads: number = 1;
  readonly memory: WebAssembly.Memory;
  readonly #exports = new Map<Source, WebAssembly.Exports>();

  constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
  }

  /** Returns the exports of a module, which is instantiated when they are first asked for. */
  exportsOf(source: Source): WebAssembly.Exports {
    const found = this.#exports.get(source);
    if (found) return found;
    if (stock) stock.refuse();
    return this.add(
      source,
      instantiateSync(this.moduleOf(source), this.importsOf(source)).instance,
    );
  }

  /** Returns the compiled module that is instantiated. */
  protected moduleOf(source: Source): WebAssembly.Module {
    return compiledOf(source);
  }

  importsOf({ called }: Source): WebAssembly.Imports {
    const env = { memory: this.memory };
    return called ? { env, kernels: this.exportsOf(called) } : { env };
  }

  /** Adds an instance of a module over this memory, and returns its exports. */
  add(source: Source, { exports }: WebAssembly.Instance): WebAssembly.Exports {
    // The loader's own exports object costs 12 ns a call, these cost 3.
    this.#exports.set(source, exports);
    return exports;
  }
}

/** Makes a memory that never grows, so that no view of it is ever detached. */
export function createInstances(byteLength: number): Instances {
  const pages = Math.ceil(byteLength / PAGE);
  return stock
    ? stock.take(pages)
    : new Instances(new WebAssembly.Memory({ initial: pages, maximum: pages }));
}

/**
 * Compiles a module, unless that was done before.
 *
 * @throws Error where the host lacks something, or compiles only asynchronously.
 */
export function compiledOf(source: Source): WebAssembly.Module {
  source.compiled ??= compile(source.text);
  return source.compiled;
}
