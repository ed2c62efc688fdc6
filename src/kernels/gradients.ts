import type { Gradients } from './compiled-gradients.ts';
import type { Instances } from './modules.ts';
import { gradientsSource } from './sources.ts';

export type { Gradients as GradientKernels };

/** Returns the kernels of gradients over a memory that others work in too. */
export function gradientsOver(instances: Instances): Gradients {
  return instances.exportsOf(gradientsSource) as unknown as Gradients;
}
