import type { ImageLike } from 'wasm-norm';
import { keptSize, layOut } from './network/layers.ts';
import type { Network } from './network/network.ts';
import { PictureRows, PictureStore } from './network/picture.ts';
import { MemoryStore, type Store, sizeOf } from './walk/kept.ts';
import { walk } from './walk/passes.ts';
import { type Rows, rowSize } from './walk/rows.ts';

/** How a photograph is painted. */
export interface PaintOptions {
  /** The numbers of a style, or of a mixture. */
  readonly style: Float32Array;
  /** From 0, the photograph, to 1, which is the default. */
  readonly strength?: number;
  /** Makes what keeps layers; in memory by default. */
  readonly makeStore?: (layer: Rows) => Store;
  /** Whether the large layers are kept too: by default where all take less than 256 MB. */
  readonly keepsLarge?: boolean;
}

/** RGBA bytes of the photograph's size, with its alpha. */
export interface Painting {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Bytes up to which all layers are kept. */
const MOST_KEPT = 256e6;

/**
 * Paints a photograph tile by tile, and yields the share that is done after each: a caller may look
 * at messages in between, or leave it there.
 *
 * @param photograph of any size
 */
export function* paintInSteps(
  network: Network,
  photograph: ImageLike,
  { style, strength = 1, makeStore = inMemory, keepsLarge }: PaintOptions,
): Generator<number, Painting> {
  const picture = new PictureRows(photograph);
  const result = new PictureStore(photograph, strength);
  const stores = {
    make: makeStore,
    keepsLarge: keepsLarge ?? 4 * keptSize(picture, true) <= MOST_KEPT,
  };
  yield* walk(layOut(network, style, picture, stores, result));
  return result.image;
}

/** Paints a photograph of any size. */
export function paint(network: Network, photograph: ImageLike, options: PaintOptions): Painting {
  const steps = paintInSteps(network, photograph, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

function inMemory(layer: Rows): Store {
  return new MemoryStore(new Float32Array(sizeOf(layer)), rowSize(layer));
}
