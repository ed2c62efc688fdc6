import type { Kernels } from '../kernels/compiled-kernels.ts';
import type { Elements } from './elements.ts';
import { F32, TILE_SIZE } from './sizes.ts';

// So many places are listed at a time, in 1 MB: those of a picture of 512 x 512. The mask of a
// longer row is gone through again for each of its channels.
const MAX_LISTED = 4 * TILE_SIZE;

// So many elements side by side are copied faster by `set`, which needs a view, than one by one.
const MIN_BLOCK = 32;

/** Elements of a tensor, or those that a mask holds of them. */
export type Operand = Elements | Selection;

/** The places that a mask holds, or those that it does not, in order. */
export class Places {
  /** How many there are. */
  readonly count: number;
  /** Some of them, side by side. */
  readonly list: Uint32Array;
  readonly #mask: Uint8Array;
  readonly #flip: number;
  readonly #run: number;
  readonly #gap: number;
  /** The index of the first that is listed. */
  #first = 0;
  #listed = 0;
  /** The byte of the mask behind those that are listed. */
  #next = 0;

  /**
   * @param mask 0 or 1 for each place
   * @param held which of the two is listed
   * @param run after so many bytes of the mask the next place is `gap` farther
   */
  constructor(mask: Uint8Array, held: 0 | 1 = 1, run: number = mask.length, gap = 0) {
    this.#mask = mask;
    this.#flip = 1 - held;
    this.#run = run;
    this.#gap = gap;
    let count = 0;
    for (let i = 0; i < mask.length; i++) count += (mask[i] as number) ^ this.#flip;
    this.count = count;
    this.list = new Uint32Array(Math.min(count, MAX_LISTED));
  }

  /** Returns the place of an index below `count`. */
  place(index: number): number {
    return this.list[this.find(index)] as number;
  }

  /** Lists the place of an index below `count`, and returns where in the list it is. */
  find(index: number): number {
    if (index < this.#first) {
      this.#first = 0;
      this.#listed = 0;
      this.#next = 0;
    }
    while (index >= this.#first + this.#listed) this.#listMore();
    return index - this.#first;
  }

  /** How many are in the list from one on. */
  listedFrom(at: number): number {
    return this.#listed - at;
  }

  #listMore(): void {
    const { list } = this;
    const mask = this.#mask;
    const flip = this.#flip;
    let at = this.#next;
    let listed = 0;
    while (listed < list.length && at < mask.length) {
      const runs = Math.floor(at / this.#run);
      const end = Math.min((runs + 1) * this.#run, mask.length);
      const before = runs * this.#gap;
      // Without a branch, which a random mask makes 6 times as slow.
      for (; listed < list.length && at < end; at++) {
        list[listed] = before + at;
        listed += (mask[at] as number) ^ flip;
      }
    }
    this.#first += this.#listed;
    this.#listed = listed;
    this.#next = at;
  }
}

/** Where the places of a mask lie in a tensor. */
export interface Spread {
  /** The elements of a place, which lie side by side. */
  readonly unit: number;
  /** How often all places occur. */
  readonly rows: number;
  /** From the first element of a row to that of the next. */
  readonly stride: number;
}

/** The elements at some places, as if there were no others between them. */
export class Selection {
  readonly elements: Elements;
  readonly length: number;
  readonly #places: Places;
  readonly #spread: Spread;

  constructor(elements: Elements, places: Places, spread: Spread) {
    this.elements = elements;
    this.length = spread.rows * places.count * spread.unit;
    this.#places = places;
    this.#spread = spread;
  }

  get buffer(): ArrayBufferLike {
    return this.elements.buffer;
  }

  /** Copies `count` elements from `start` to an area, or if `isOut` from there. */
  copy(start: number, count: number, area: Values, at: number, isOut: boolean): void {
    const { elements } = this;
    const { unit, stride } = this.#spread;
    const places = this.#places;
    const { list } = places;
    for (let done = 0; done < count; ) {
      const left = count - done;
      const within = (start + done) % unit;
      const place = (start + done - within) / unit;
      const row = Math.floor(place / places.count);
      const first = places.find(place - row * places.count);
      const most = Math.min(places.listedFrom(first), Math.ceil((within + left) / unit));
      const last = first + most - 1;
      const isBlock = (list[last] as number) - (list[first] as number) === most - 1;
      const there = row * stride + (list[first] as number) * unit + within;
      const here = at + done;
      if (isBlock || unit >= MIN_BLOCK) {
        const size = Math.min((isBlock ? most * unit : unit) - within, left);
        if (isOut) elements.set(area.subarray(here, here + size), there);
        else area.set(elements.subarray(there, there + size), here);
        done += size;
      } else if (unit === 1) {
        if (isOut) scatter(elements, area, here, list, first, last, row * stride);
        else gather(area, here, elements, list, first, last, row * stride);
        done += most;
      } else {
        let skipped = within;
        for (let i = first; i <= last; i++) {
          const element = row * stride + (list[i] as number) * unit;
          const end = Math.min(unit, skipped + count - done);
          if (isOut) {
            for (let j = skipped; j < end; j++) elements[element + j] = area[at + done++] as number;
          } else {
            for (let j = skipped; j < end; j++) area[at + done++] = elements[element + j] as number;
          }
          skipped = 0;
        }
      }
    }
  }

  /** Whether places are elements, which kernels copy where they lie in their memory. */
  get isOfElements(): boolean {
    return this.#spread.unit === 1;
  }

  /**
   * Copies `count` elements from `start` to float32 at an address of the same memory, or if `isOut`
   * from there; from the address 0 zeros.
   *
   * @param list an area of the memory for places
   */
  copyWithin(
    { gather, scatter }: Kernels,
    list: Uint32Array,
    start: number,
    count: number,
    at: number,
    isOut: boolean,
  ): void {
    const { byteOffset } = this.elements;
    const { stride } = this.#spread;
    const places = this.#places;
    for (let done = 0; done < count; ) {
      const row = Math.floor((start + done) / places.count);
      const first = places.find(start + done - row * places.count);
      const length = Math.min(places.listedFrom(first), list.length, count - done);
      const rows = length === places.count ? Math.floor((count - done) / length) : 1;
      list.set(places.list.subarray(first, first + length));
      const there = byteOffset + row * stride * F32;
      const here = at === 0 ? 0 : at + done * F32;
      if (isOut) scatter(there, here, list.byteOffset, rows, length, stride);
      else gather(here, there, list.byteOffset, rows, length, stride);
      done += rows * length;
    }
  }

  /** Writes 0 into all elements. */
  clear(): void {
    const zeros = new Float32Array(Math.min(TILE_SIZE, this.length));
    for (let done = 0; done < this.length; done += zeros.length) {
      this.copy(done, Math.min(zeros.length, this.length - done), zeros, 0, true);
    }
  }
}

type Values = Float32Array | Uint16Array;

// Loops of their own are compiled to 1.3 to 2 ns for an element, where one for places of any size
// takes 3 to 4.5.

function gather(
  area: Values,
  at: number,
  elements: Values,
  list: Uint32Array,
  first: number,
  last: number,
  start: number,
): void {
  let to = at;
  for (let i = first; i <= last; i++) area[to++] = elements[start + (list[i] as number)] as number;
}

function scatter(
  elements: Values,
  area: Values,
  at: number,
  list: Uint32Array,
  first: number,
  last: number,
  start: number,
): void {
  let from = at;
  for (let i = first; i <= last; i++)
    elements[start + (list[i] as number)] = area[from++] as number;
}
