import { type PixelKernels, pixelsOver } from '../kernels/pixels.ts';
import { type Memory, memoryFor } from '../memory/memory.ts';
import { ALIGNMENT } from '../memory/sizes.ts';

/** The kernels take a multiple of so many pixels. */
const GROUP = 16;

/** Pixels that pass through the scratch at once: with what is made of them, 256 KB. */
export const TILE = 16384;

/** Tiles that are cut together for several threads. */
const TILES_AT_ONCE = 2048;

const PAGE = 4096;

/** Consecutive pixels that a kernel takes at once. */
export interface Cut {
  readonly start: number;
  readonly count: number;
  /** The count, rounded up to what kernels take. Pixels that fill up have an alpha of 0. */
  readonly filled: number;
}

/**
 * Cuts a picture. The cuts are the same wherever it lies, so sums in float64 are too. Where the
 * pixels are no multiple of what kernels take, the last are a cut of their own.
 */
function* cutsOf(pixels: number, most: number): Generator<Cut, void> {
  for (let start = 0; start < pixels; ) {
    const left = Math.min(most, pixels - start);
    const count = left < GROUP ? left : left - (left % GROUP);
    yield { start, count, filled: Math.ceil(count / GROUP) * GROUP };
    start += count;
  }
}

/** A part of the scratch through which the elements of cuts pass. */
class Passage {
  readonly #memory: Memory;
  readonly #all: Uint8Array;
  readonly #areaAt: number;

  /** @param areaAt the address of a page more than a cut takes */
  constructor(memory: Memory, all: Uint8Array, areaAt: number) {
    this.#memory = memory;
    this.#all = all;
    this.#areaAt = areaAt;
  }

  /**
   * Returns the address of a cut's elements: where they lie, or where they were copied to.
   *
   * @param size bytes of a pixel
   */
  load(array: Uint8Array, { start, count, filled }: Cut, size: number): number {
    if (this.#isInPlace(array, count, filled)) return array.byteOffset + start * size;
    const at = this.placeFor(array, start * size);
    this.copyIn(array, start * size, count * size, at);
    this.#all.fill(0, at + count * size, at + filled * size);
    return at;
  }

  /** Returns the address at which a cut's elements are to be written; see `store`. */
  place(array: Uint8Array, { start, count, filled }: Cut, size: number): number {
    if (this.#isInPlace(array, count, filled)) return array.byteOffset + start * size;
    return this.placeFor(array, start * size);
  }

  /** Copies a cut's elements out of an address, unless they were written where they belong. */
  store(array: Uint8Array, { start, count, filled }: Cut, size: number, at: number): void {
    if (this.#isInPlace(array, count, filled)) return;
    this.copyOut(array, start * size, count * size, at);
  }

  /** Copies bytes to an address. */
  copyIn(array: Uint8Array, start: number, length: number, at: number): void {
    this.#all.set(array.subarray(start, start + length), at);
  }

  /** Copies bytes out of an address. */
  copyOut(array: Uint8Array, start: number, length: number, at: number): void {
    array.set(this.#all.subarray(at, at + length), start);
  }

  /**
   * Returns an address half a page away from where the elements lie in their page: between
   * addresses that differ by little but the page some processors copy at half the speed.
   */
  placeFor(array: Uint8Array, start: number): number {
    const offset = array.byteOffset + start - this.#areaAt + PAGE / 2;
    return this.#areaAt + (offset & (PAGE - ALIGNMENT));
  }

  #isInPlace(array: Uint8Array, count: number, filled: number): boolean {
    return count === filled && this.#memory.contains(array);
  }
}

// Bytes of the areas at the start of the scratch.
const TABLES = 3 * 256 * 16;
const CODES = 1664 * 4;
const SPACE = 24 * 16;
const SUMS = 128;

/**
 * The kernels of pictures over a memory, and the scratch of that memory as they use it. Nothing
 * in it outlives a call, so they may use what the other kernels use.
 */
export class PixelMemory {
  readonly kernels: PixelKernels;
  readonly memory: Memory;
  /** The address of tables by bytes. */
  readonly tablesAt: number = ALIGNMENT;
  /** The address of the codes of light. */
  readonly codesAt: number = this.tablesAt + TABLES;
  /** The address of the coefficients of a space. */
  readonly spaceAt: number = this.codesAt + CODES;
  /** The address of what kernels sum. */
  readonly sumsAt: number = this.spaceAt + SPACE;
  /** The address of the scratch of kernels. */
  readonly scratchAt: number = this.sumsAt + SUMS;
  /** For what is read. */
  readonly input: Passage;
  /** For what is written. */
  readonly output: Passage;
  /** For masks. */
  readonly mask: Passage;
  /** The address of sums of each of many tiles, where nothing else is written. */
  readonly tileSumsAt: number;
  /** Pixels of the largest cut that passes through a scratch. */
  readonly #most: number;
  /** The address of a cut of pixels between two kernels. */
  readonly betweenAt: number;
  readonly #all: Uint8Array;

  constructor(memory: Memory) {
    this.kernels = pixelsOver(memory.instances);
    this.memory = memory;
    this.#all = new Uint8Array(memory.buffer);
    const { threads, tileSize } = memory;
    this.#most = threads > 1 ? tileSize : TILE;
    let end = this.scratchAt + PAGE;
    const area = (bytes: number): number => {
      const at = end;
      end += bytes + PAGE;
      return at;
    };
    this.input = new Passage(memory, this.#all, area(TILE * 12));
    this.tileSumsAt = area(Math.max(TILE * 12, this.#most));
    this.output = new Passage(memory, this.#all, this.tileSumsAt);
    this.mask = new Passage(memory, this.#all, area(this.#most));
    this.betweenAt = area(this.#most * 8);
  }

  /**
   * Cuts pixels: as many at once as a tile holds, or many more for threads.
   *
   * @param arrays all that is read and written, where more than a tile may be taken at once
   */
  cuts(pixels: number, ...arrays: readonly ArrayBufferView[]): Generator<Cut, void> {
    return cutsOf(pixels, this.#isShared(arrays) ? TILES_AT_ONCE * TILE : TILE);
  }

  /**
   * Cuts pixels of which a byte each passes through the scratch, or what is between two kernels.
   *
   * @param arrays what else is read and written
   */
  cutsOfPassing(pixels: number, ...arrays: readonly ArrayBufferView[]): Generator<Cut, void> {
    return cutsOf(pixels, this.#isShared(arrays) ? this.#most : TILE);
  }

  /** Says whether threads share work on arrays. */
  #isShared(arrays: readonly ArrayBufferView[]): boolean {
    const { memory } = this;
    return memory.threads > 1 && arrays.every((array) => memory.contains(array));
  }

  /** Copies numbers to an address. */
  write(at: number, values: ArrayBufferView): void {
    this.#all.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
  }
}

/** Finds the memory to work in: the first that holds one of the arrays, else the common scratch. */
export function pixelMemoryFor(...arrays: readonly ArrayBufferView[]): PixelMemory {
  return new PixelMemory(memoryFor(0, ...arrays));
}
