import { ALIGNMENT, PAGE, SINGLE } from './sizes.ts';

/**
 * A rectangle of a tensor's elements: rows of `length`, `stride` apart from each
 * other. At most TILE elements, unless they are worked on where they lie.
 */
export interface Block {
  readonly start: number;
  readonly rows: number;
  readonly length: number;
  readonly stride: number;
}

/** Scratch for one block on its way in and out. */
export class Tile {
  readonly #area: Float32Array;
  readonly #areaAt: number;
  /** The element of the area at which the block begins. */
  #start = 0;
  /** The last block there that was copied out whole: a view takes longer to make than 50 elements to copy. */
  #view: Float32Array;

  /** @param area a page longer than the largest block */
  constructor(area: Float32Array) {
    this.#area = area;
    this.#areaAt = area.byteOffset;
    this.#view = area;
  }

  get at(): number {
    return this.#areaAt + this.#start * SINGLE;
  }

  /**
   * Places a block half a page away from where it lies in its own page. Some processors
   * copy at half the speed, or a tenth, between addresses that are nearly the same but for
   * the page: there a load looks as if it read what a store has just written. (A large
   * array begins at the start of a page, or a few bytes after.)
   */
  place(array: Float32Array, { start }: Block): void {
    const offset = array.byteOffset + start * SINGLE - this.#areaAt + PAGE / 2;
    const element = (offset & (PAGE - ALIGNMENT)) / SINGLE;
    if (element !== this.#start) this.#view = this.#area;
    this.#start = element;
  }

  copyIn(source: Float32Array, { start, rows, length, stride }: Block): void {
    if (stride === length) {
      this.#area.set(part(source, start, rows * length), this.#start);
      return;
    }
    for (let row = 0; row < rows; row++) {
      this.#area.set(part(source, start + row * stride, length), this.#start + row * length);
    }
  }

  copyOut(destination: Float32Array, { start, rows, length, stride }: Block): void {
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
}

export function part(array: Float32Array, start: number, count: number): Float32Array {
  return count === array.length ? array : array.subarray(start, start + count);
}
