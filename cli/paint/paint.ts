import { Arena, type ImageLike } from 'wasm-norm';
import { layOut, type Stores } from './network/layers.ts';
import type { Network } from './network/network.ts';
import { type Canvas, PictureRows, PictureStore } from './network/picture.ts';
import { numbersOf } from './network/styles.ts';
import { MemoryStore, type Store, sizeOf } from './walk/kept.ts';
import { type Pass, walk } from './walk/passes.ts';
import { type Rows, rowSize } from './walk/rows.ts';

/** How a photograph is painted. */
export interface PaintOptions {
  /** The numbers of a style, or of a mixture. */
  readonly style: Float32Array;
  /** From 0, the photograph, to 1, which is the default. */
  readonly strength?: number;
  /**
   * What keeps layers. By default it is an arena that keeps all of them where they take at most
   * 256 MB, 1.4 megapixels, and memory for the small layers of larger pictures.
   */
  readonly stores?: Stores;
}

/** Bytes up to which all layers are kept. */
const MOST_KEPT = 256e6;

/** Bytes by which each layer of an arena may be longer, since they begin at multiples. */
const ALIGNMENT = 64;

/** Returns the elements of each store that is made for a photograph, in their order. */
export function storeSizes(
  network: Network,
  photograph: ImageLike,
  keepsLarge: boolean,
): readonly number[] {
  const sizes: number[] = [];
  const make = (layer: Rows): Store => {
    sizes.push(sizeOf(layer));
    return new MemoryStore(new Float32Array(), rowSize(layer));
  };
  const style = new Float32Array(numbersOf(network));
  const result = { ...photograph, data: new Uint8ClampedArray() };
  planPainting(network, photograph, result, { style, stores: { make, keepsLarge } });
  return sizes;
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
  { style, strength = 1, stores }: PaintOptions,
): readonly Pass[] {
  const picture = new PictureRows(photograph);
  const store = new PictureStore(photograph, result, strength);
  return layOut(network, style, picture, stores ?? chooseStores(network, photograph), store);
}

function chooseStores(network: Network, photograph: ImageLike): Stores | Arena {
  const sizes = storeSizes(network, photograph, true);
  const bytes = sizes.reduce((sum, size) => sum + 4 * size + ALIGNMENT, 0);
  return bytes <= MOST_KEPT ? new Arena(bytes) : IN_MEMORY;
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

const IN_MEMORY: Stores = {
  make: (layer) => new MemoryStore(new Float32Array(sizeOf(layer)), rowSize(layer)),
  keepsLarge: false,
};
