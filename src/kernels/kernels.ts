import type { Kernels } from './compiled-kernels.ts';
import { compiledOf, createInstances, type Instances } from './modules.ts';
import { kernelsSource } from './sources.ts';

export { type Instances, MAX_MEMORY } from './modules.ts';
export type { Kernels };

/** Instantiates the kernels over a memory of their own that never grows. */
export function instantiateKernels(byteLength: number): {
  kernels: Kernels;
  instances: Instances;
} {
  compiledOf(kernelsSource); // before the memory, so that a host says what it lacks
  const instances = createInstances(byteLength);
  return { kernels: instances.exportsOf(kernelsSource) as unknown as Kernels, instances };
}
