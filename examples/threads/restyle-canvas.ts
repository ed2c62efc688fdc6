// A picture on all cores, in a page that is isolated: see docs/threads.md.

import { type ImageMoments, restyle, SharedArena } from 'wasm-norm';

export function makeArena(bytes: number): SharedArena {
  // Workers from the page's own origin, should its policy allow none from a text.
  return new SharedArena(bytes, { workerUrl: '/assets/wasm-norm-worker.js' });
}

/** Restyles what a canvas shows. */
export function restyleCanvas(
  arena: SharedArena,
  context: CanvasRenderingContext2D,
  style: ImageMoments,
): void {
  const { width, height } = context.canvas;
  const image = arena.image(width, height);
  image.data.set(context.getImageData(0, 0, width, height).data);
  restyle(image, style, { out: image });
  context.putImageData(new ImageData(image.data.slice(), width, height), 0, 0);
  arena.reset();
}
