import type { Vectors } from './compiled-vectors.ts';
import type { Instances } from './modules.ts';
import { vectorsSource } from './sources.ts';

export type { Vectors as VectorKernels };

/** Returns the kernels of vectors and their norms over a memory that others work in too. */
export function vectorsOver(instances: Instances): Vectors {
  return instances.exportsOf(vectorsSource) as unknown as Vectors;
}
