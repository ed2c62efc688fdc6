// Memory for large pictures that all threads work on. Only a page that is cross-origin isolated has
// such memory; elsewhere one thread works.

import { type Image, type ImageLike, SharedArena } from 'wasm-norm';

// Pixels from which threads save more time than it takes to start them.
const LARGE = 1e6;

/** A picture, and what is needed to restyle it. */
export interface HeldPicture {
  readonly picture: ImageLike;
  /** Where its results go. */
  readonly out: Image;
  /** Where both lie; null where one thread works on them. */
  readonly arena: SharedArena | null;
  /** The results as browsers take them: no canvas takes shared memory. */
  readonly shown: ImageData;
}

/** Memory for one picture and its result. */
export class PictureMemory {
  #arena: SharedArena | null = null;

  /** Starts threads for a picture of so many pixels. Ends those that a small picture does not need. */
  async prepare(pixels: number): Promise<void> {
    const bytes = 2 * 4 * (pixels + 16); // the arena rounds up to 64 bytes
    const capacity = this.#arena?.capacity ?? 0;
    const isLarge = globalThis.crossOriginIsolated && pixels >= LARGE;
    // An arena is kept for the next picture, unless that leaves more than three quarters idle.
    if (isLarge && bytes <= capacity && capacity <= 4 * bytes) return;
    this.#arena?.close();
    const arena = isLarge ? makeArena(bytes) : null;
    this.#arena = arena;
    await arena?.ready;
    // A policy may forbid threads, and another picture may have closed this arena meanwhile.
    if (arena?.threads === 1 && this.#arena === arena) this.#arena = null;
  }

  /** Holds a picture, which takes the place of the one before. */
  hold(drawn: ImageData): HeldPicture {
    const { width, height } = drawn;
    const arena = this.#arena;
    if (!arena) {
      const shown = new ImageData(width, height);
      return { picture: drawn, out: shown, arena, shown };
    }
    arena.reset();
    const picture = arena.image(width, height);
    picture.data.set(drawn.data);
    return { picture, out: arena.image(width, height), arena, shown: drawn };
  }
}

/** Makes an arena; null where the browser does not give so much memory. */
function makeArena(bytes: number): SharedArena | null {
  try {
    return new SharedArena(bytes);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/**
 * Returns a picture for reading: a copy in the place of another's results, where threads work on
 * it, if it fits there.
 */
export function inPlaceOfResult(drawn: ImageData, { out, arena }: HeldPicture): ImageLike {
  const { data, width, height } = drawn;
  if (!arena || data.length > out.data.length) return drawn;
  const copy = out.data.subarray(0, data.length);
  copy.set(data);
  return { data: copy, width, height };
}
