import { type Kernels, kernelsText } from './compiled-kernels.ts';
import { compiledOf, createMemory, declareModule, instantiate } from './modules.ts';

export { MAX_MEMORY } from './modules.ts';
export type { Kernels };

const source = /* @__PURE__ */ declareModule(kernelsText);

/** Instantiates the kernels over a memory of their own that never grows. */
export function instantiateKernels(byteLength: number): { kernels: Kernels; buffer: ArrayBuffer } {
  compiledOf(source); // before the memory, so that a host says what it lacks
  const memory = createMemory(byteLength);
  return { kernels: instantiate(source, memory) as unknown as Kernels, buffer: memory.buffer };
}
