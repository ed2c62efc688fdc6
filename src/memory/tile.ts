import { ALIGNMENT, F32 } from './sizes.ts';

/** Bytes of a page of memory. */
const PAGE = 4096;

/** Elements that a {@link TileScratch} needs beyond those of its largest tile. */
export const TILE_SLACK: number = PAGE / F32;

/**
 * A rectangle of a tensor's elements: `rows` of `length`, each `stride` after the one
 * before. It has at most TILE_SIZE elements, unless it is worked on where it lies.
 */
export interface Tile {
  readonly start: number;
  readonly rows: number;
  readonly length: number;
  readonly stride: number;
}

/** Says whether a tile's elements lie side by side. */
export function isContiguous({ rows, length, stride }: Tile): boolean {
  return stride === length || rows === 1;
}

/** Memory that holds one tile while the kernels work on it. */
export class TileScratch {
  readonly #area: Float32Array;
  readonly #areaAt: number;
  /** The element of the area at which the tile begins. */
  #start = 0;
  /**
   * The tile as it was copied out last, for one of the same size and place: making a view
   * takes longer than copying 50 elements.
   */
  #view: Float32Array;

  /** @param area TILE_SLACK elements more than the largest tile has */
  constructor(area: Float32Array) {
    this.#area = area;
    this.#areaAt = area.byteOffset;
    this.#view = area;
  }

  /** The address of the tile. */
  get at(): number {
    return this.#areaAt + this.#start * F32;
  }

  /** Copies a tile in, and returns its address. */
  copyIn(source: Float32Array, tile: Tile): number {
    this.#place(source, tile);
    const { start, rows, length, stride } = tile;
    if (stride === length) {
      this.#area.set(part(source, start, rows * length), this.#start);
    } else {
      for (let row = 0; row < rows; row++) {
        this.#area.set(part(source, start + row * stride, length), this.#start + row * length);
      }
    }
    return this.at;
  }

  /** Copies the tile out. */
  copyOut(destination: Float32Array, { start, rows, length, stride }: Tile): void {
    if (stride === length) {
      const count = rows * length;
      if (this.#view.length !== count) this.#view = part(this.#area, this.#start, count);
      destination.set(this.#view, start);
      return;
    }
    for (let row = 0; row < rows; row++) {
      destination.set(part(this.#area, this.#start + row * length, length), start + row * stride);
    }
  }

  /**
   * Places a tile half a page away from where it lies in its own page. Some processors
   * copy at half the speed, or a tenth, between addresses that differ by little but the
   * page: a load there looks as if it read what a store has just written. (A large array
   * begins at the start of a page, or a few bytes after.)
   */
  #place(array: Float32Array, { start }: Tile): void {
    const offset = array.byteOffset + start * F32 - this.#areaAt + PAGE / 2;
    const element = (offset & (PAGE - ALIGNMENT)) / F32;
    if (element !== this.#start) this.#view = this.#area;
    this.#start = element;
  }
}

/** Returns a part of an array; the array itself where that is all of it. */
export function part(array: Float32Array, start: number, count: number): Float32Array {
  return count === array.length ? array : array.subarray(start, start + count);
}
