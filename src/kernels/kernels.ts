import { compile, instantiateSync } from '#host';
import { type Kernels, kernelsText } from './compiled-kernels.ts';

export type { Kernels };

const PAGE = 65536;
// One page less than 4 GiB, so that a pointer that walks to the end does not wrap to 0.
const MAX_PAGES = 65535;

/** The largest memory that kernels can be instantiated over, in bytes. */
export const MAX_MEMORY: number = MAX_PAGES * PAGE;

let compiled: WebAssembly.Module | undefined;

/**
 * Instantiates the kernels over a memory of their own that never grows, so that
 * no view of it is ever detached.
 */
export function instantiateKernels(byteLength: number): { kernels: Kernels; buffer: ArrayBuffer } {
  compiled ??= compile(kernelsText);
  const pages = Math.ceil(byteLength / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { instance } = instantiateSync(compiled, { env: { memory } });
  // The loader's own exports object costs 12 ns a call, these cost 3.
  return { kernels: instance.exports as unknown as Kernels, buffer: memory.buffer };
}
