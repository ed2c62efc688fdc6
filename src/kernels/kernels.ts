import type { Kernels } from './compiled-kernels.ts';
import { compiledOf, createInstances, type Instances } from './modules.ts';
import { kernelsSource } from './sources.ts';

export { type Instances, MAX_MEMORY } from './modules.ts';
export type { Kernels };

/** Makes a memory of their own for kernels. It never grows. */
export function createMemory(byteLength: number): Instances {
  compiledOf(kernelsSource); // before the memory, so that a host says what it lacks
  return createInstances(byteLength);
}

/** Returns the kernels over a memory. */
export function kernelsOver(instances: Instances): Kernels {
  return instances.exportsOf(kernelsSource) as unknown as Kernels;
}
