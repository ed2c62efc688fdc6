import type { ImageLike } from 'wasm-norm';
import { keptSize, layOut } from './network/layers.ts';
import type { Network } from './network/network.ts';
import { type Canvas, PictureRows, PictureStore } from './network/picture.ts';
import { MemoryStore, type Store, sizeOf } from './walk/kept.ts';
import { type Pass, walk } from './walk/passes.ts';
import { type Rows, rowSize } from './walk/rows.ts';

/** How a photograph is painted. */
export interface PaintOptions {
  /** The numbers of a style, or of a mixture. */
  readonly style: Float32Array;
  /** From 0, the photograph, to 1, which is the default. */
  readonly strength?: number;
  /** Makes what keeps layers; in memory by default. */
  readonly makeStore?: (layer: Rows) => Store;
  /** Whether the large layers are kept too: by default where all take at most 256 MB. */
  readonly keepsLarge?: boolean;
}

/** Bytes up to which all layers are kept. */
const MOST_KEPT = 256e6;

/** Bytes that layers take which are kept whatever their size. */
export function bytesKept(photograph: ImageLike): number {
  return 4 * keptSize(new PictureRows(photograph), false);
}

/**
 * Returns what is to be done to paint a photograph, in order.
 *
 * @param result of the photograph's size
 */
export function planPainting(
  network: Network,
  photograph: ImageLike,
  result: Canvas,
  { style, strength = 1, makeStore = inMemory, keepsLarge }: PaintOptions,
): readonly Pass[] {
  const picture = new PictureRows(photograph);
  const stores = {
    make: makeStore,
    keepsLarge: keepsLarge ?? 4 * keptSize(picture, true) <= MOST_KEPT,
  };
  const store = new PictureStore(photograph, result, strength);
  return layOut(network, style, picture, stores, store);
}

/**
 * Paints a photograph tile by tile, and yields the share that is done after each: a caller may look
 * at messages in between, or leave it there.
 *
 * @param photograph of any size
 * @returns RGBA bytes of its size, with its alpha
 */
export function* paintInSteps(
  network: Network,
  photograph: ImageLike,
  options: PaintOptions,
): Generator<number, Canvas> {
  const { width, height } = photograph;
  const result = { data: new Uint8ClampedArray(4 * width * height), width, height };
  yield* walk(planPainting(network, photograph, result, options));
  return result;
}

/** Paints a photograph of any size. */
export function paint(network: Network, photograph: ImageLike, options: PaintOptions): Canvas {
  const steps = paintInSteps(network, photograph, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

function inMemory(layer: Rows): Store {
  return new MemoryStore(new Float32Array(sizeOf(layer)), rowSize(layer));
}
