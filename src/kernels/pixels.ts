import { type Pixels, pixelsText } from './compiled-pixels.ts';
import type { HostMemory } from './kernels.ts';
import { declareModule, instantiate } from './modules.ts';

export type { Pixels as PixelKernels };

const source = /* @__PURE__ */ declareModule(pixelsText);

/** Instantiates the kernels of pictures over a memory that others work in too. */
export function instantiatePixels(memory: HostMemory): Pixels {
  return instantiate(source, memory) as unknown as Pixels;
}
