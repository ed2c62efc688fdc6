import { type Kernels, kernelsText } from './compiled-kernels.ts';
import { compiledOf, createMemory, declareModule, instantiate } from './modules.ts';

export { MAX_MEMORY } from './modules.ts';
export type { Kernels };

const source = /* @__PURE__ */ declareModule(kernelsText);

/** The host's handle of a memory, over which other kernels can be instantiated too. */
export type HostMemory = WebAssembly.Memory;

/** Instantiates the kernels over a memory of their own that never grows. */
export function instantiateKernels(byteLength: number): { kernels: Kernels; memory: HostMemory } {
  compiledOf(source); // before the memory, so that a host says what it lacks
  const memory = createMemory(byteLength);
  return { kernels: instantiate(source, memory) as unknown as Kernels, memory };
}
