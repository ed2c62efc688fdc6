import type { Pixels } from './compiled-pixels.ts';
import type { Instances } from './modules.ts';
import { pixelsSource } from './sources.ts';

export type { Pixels as PixelKernels };

/** Returns the kernels of pictures over a memory that others work in too. */
export function pixelsOver(instances: Instances): Pixels {
  return instances.exportsOf(pixelsSource) as unknown as Pixels;
}
