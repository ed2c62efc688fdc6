import { compile, instantiateSync } from '#host';

const PAGE = 65536;
// One page less than 4 GiB, so that a pointer that walks to the end does not wrap to 0.
export const MAX_PAGES = 65535;

/** The largest memory that a module can be instantiated over, in bytes. */
export const MAX_MEMORY: number = MAX_PAGES * PAGE;

/** A module of the library, which is compiled when it is first used, or ahead by `ready`. */
export interface Source {
  readonly text: string;
  compiled?: WebAssembly.Module;
}

/** What makes memories and instances where the host makes no instance at once. */
export interface Stock {
  /** Gives a memory over which every module was instantiated. */
  takeMemory(pages: number): WebAssembly.Memory;
  /** Gives the instance that was made over such a memory. */
  instanceOf(source: Source, memory: WebAssembly.Memory): WebAssembly.Instance;
}

/** The modules of a program: those alone whose users were not dropped by its bundler. */
export const sources: Source[] = [];

let stock: Stock | undefined;

/** Declares a module. Calls are marked as pure, so that a bundler drops one that nobody uses. */
export function declareModule(text: string): Source {
  const source = { text };
  sources.push(source);
  return source;
}

/** Takes memories and instances from a stock from now on. */
export function useStock(made: Stock): void {
  stock = made;
}

/** Makes a memory that never grows, so that no view of it is ever detached. */
export function createMemory(byteLength: number): WebAssembly.Memory {
  const pages = Math.ceil(byteLength / PAGE);
  return stock
    ? stock.takeMemory(pages)
    : new WebAssembly.Memory({ initial: pages, maximum: pages });
}

/** Instantiates a module over a memory that {@link createMemory} made, and returns its exports. */
export function instantiate(source: Source, memory: WebAssembly.Memory): WebAssembly.Exports {
  if (stock) return stock.instanceOf(source, memory).exports;
  // The loader's own exports object costs 12 ns a call, these cost 3.
  return instantiateSync(compiledOf(source), { env: { memory } }).instance.exports;
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
