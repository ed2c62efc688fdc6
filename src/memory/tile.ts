import type { Kernels } from '../kernels/compiled-kernels.ts';
import { Bfloat16Bits, type Bits } from './elements.ts';
import { type Operand, Selection } from './selection.ts';
import { ALIGNMENT, F16, F32, HALF_TILE } from './sizes.ts';

/** Bytes of a page of memory. */
const PAGE = 4096;

/** At most so many elements may lie anywhere. */
const FEW_ELEMENTS = 128;

/** Elements of 16 bits in a vector. */
const VECTOR = 8;

/** Elements that a {@link TileScratch} needs beyond those of its largest tile. */
export const TILE_SLACK: number = PAGE / F32;

/**
 * A rectangle of a tensor's elements: `rows` of `length`, each `stride` after the one
 * before. It has as many elements as a memory's tile at most, unless it is worked on where it lies.
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

/** Says whether bits of a tile can be converted where they lie, which kernels do by whole vectors. */
export function isOfVectors(tile: Tile): boolean {
  return isContiguous(tile) && (tile.rows * tile.length) % VECTOR === 0;
}

/**
 * Memory that holds one tile while the kernels work on it. Elements of 16 bits become float32
 * as they are copied in, and are rounded as they are copied out.
 */
export class TileScratch {
  readonly #kernels: Kernels;
  readonly #area: Float32Array;
  /** The same memory as bits. */
  readonly #bits: Uint16Array;
  readonly #areaAt: number;
  /** The element of the area at which the tile begins. */
  #start = 0;
  /**
   * The tile as it was copied out last, for one of the same size and place: making a view
   * takes longer than copying 50 elements.
   */
  #view: Float32Array;

  /**
   * @param area TILE_SLACK elements more than the largest tile has; and where bits are not to be
   *   converted in place, as many more as they take
   */
  constructor(kernels: Kernels, area: Float32Array) {
    this.#kernels = kernels;
    this.#area = area;
    this.#bits = new Uint16Array(area.buffer, area.byteOffset, 2 * area.length);
    this.#areaAt = area.byteOffset;
    this.#view = area;
  }

  /** The address of the tile. */
  get at(): number {
    return this.#areaAt + this.#start * F32;
  }

  /** The address of TILE_SIZE float32, those of the tile among them. */
  get areaAt(): number {
    return this.#areaAt;
  }

  /** The address of HALF_TILE float32 behind a tile of no more elements. */
  get spareAt(): number {
    return this.#areaAt + (HALF_TILE + TILE_SLACK) * F32;
  }

  /** Copies a tile in, and returns its address. */
  copyIn(source: Operand, tile: Tile): number {
    if (!(source instanceof Float32Array)) return this.#copyOther(source, tile);
    this.#place(source, tile);
    const { start, length, stride } = tile;
    copyRows(this.#area, this.#start, length, source, start, stride, tile);
    return this.at;
  }

  /** Copies the tile out, after which it is spoilt if the destination is of 16 bits. */
  copyOut(destination: Operand, tile: Tile): void {
    if (!(destination instanceof Float32Array)) {
      this.#copyOtherOut(destination, tile);
      return;
    }
    const { start, rows, length, stride } = tile;
    if (stride !== length) {
      copyRows(destination, start, stride, this.#area, this.#start, length, tile);
      return;
    }
    const count = rows * length;
    if (this.#view.length !== count) this.#view = part(this.#area, this.#start, count);
    destination.set(this.#view, start);
  }

  #copyOther(source: Exclude<Operand, Float32Array>, tile: Tile): number {
    const elements = source instanceof Selection ? source.elements : source;
    if (!(elements instanceof Float32Array)) return this.#widen(source, elements, tile);
    copyTile(source, tile, this.#area, this.#start, false);
    return this.at;
  }

  #copyOtherOut(destination: Exclude<Operand, Float32Array>, tile: Tile): void {
    const elements = destination instanceof Selection ? destination.elements : destination;
    if (!(elements instanceof Float32Array)) this.#narrow(destination, elements, tile);
    else copyTile(destination, tile, this.#area, this.#start, true);
  }

  /**
   * Copies bits to the end of the area, and widens them from there. In an area that is as large as
   * the tile these are its second half:
   *
   *     [ . . . . . . . . | 0 1 2 3 4 5 6 7 ]     the bits
   *     [   0   1   2   3 | 4 5 6 7 . . . . ]     after four of them
   *     [   0   1   2   3 |   4   5   6   7 ]
   */
  #widen(source: Operand, elements: Bits, tile: Tile): number {
    const from = this.#endOf(tile.rows * tile.length);
    copyTile(source, tile, this.#bits, from, false);
    return this.widen(elements, this.#areaAt + from * F16, tile);
  }

  /** Widens bits at an address to the tile; returns its address. */
  widen(elements: Bits, bits: number, { rows, length }: Tile): number {
    this.#kernels.widen(this.at, bits, rows * length, elements instanceof Bfloat16Bits);
    return this.at;
  }

  /**
   * Rounds the tile into the end of the area, or where it reaches that into its own first half,
   * and copies the bits out.
   */
  #narrow(destination: Operand, elements: Bits, tile: Tile): void {
    const count = tile.rows * tile.length;
    const start = 2 * this.#start;
    const end = this.#endOf(count);
    const to = end < start + 2 * count ? start : end;
    this.narrow(elements, this.#areaAt + to * F16, tile);
    copyTile(destination, tile, this.#bits, to, true);
  }

  /** Rounds the tile to bits at an address. */
  narrow(elements: Bits, bits: number, { rows, length }: Tile): void {
    this.#kernels.narrow(bits, this.at, rows * length, elements instanceof Bfloat16Bits);
  }

  /** Returns the place of so many bits at the end of the area. Kernels convert whole vectors. */
  #endOf(count: number): number {
    return this.#bits.length - Math.ceil(count / VECTOR) * VECTOR;
  }

  /**
   * Copies a tile of the same memory in or out, without making views; returns its address.
   *
   * @param all the memory, in which `start` is counted
   */
  copyWithin(all: Float32Array, tile: Tile, isOut: boolean): number {
    if (!isOut) this.#place(all, tile);
    let there = tile.start;
    let here = this.at / F32;
    for (let row = 0; row < tile.rows; row++) {
      const [to, from] = isOut ? [there, here] : [here, there];
      all.copyWithin(to, from, from + tile.length);
      there += tile.stride;
      here += tile.length;
    }
    return this.at;
  }

  /**
   * Places a tile half a page away from where it lies in its own page. Some processors
   * copy at half the speed, or a tenth, between addresses that differ by little but the
   * page: a load there looks as if it read what a store has just written. (A large array
   * begins at the start of a page, or a few bytes after.)
   */
  #place(array: Float32Array, { start, rows, length }: Tile): void {
    // To ask a few elements for their place takes longer than a wrong place.
    if (rows * length <= FEW_ELEMENTS) return;
    const offset = array.byteOffset + start * F32 - this.#areaAt + PAGE / 2;
    const element = (offset & (PAGE - ALIGNMENT)) / F32;
    if (element !== this.#start) this.#view = this.#area;
    this.#start = element;
  }
}

/** Copies a tile to an area, or if `isOut` from there. */
function copyTile(
  operand: Operand,
  tile: Tile,
  area: Float32Array | Uint16Array,
  at: number,
  isOut: boolean,
): void {
  const { start, rows, length, stride } = tile;
  if (!(operand instanceof Selection)) {
    if (isOut) copyRows(operand, start, stride, area, at, length, tile);
    else copyRows(area, at, length, operand, start, stride, tile);
    return;
  }
  const [runs, run] = isContiguous(tile) ? [1, rows * length] : [rows, length];
  for (let i = 0; i < runs; i++) {
    operand.copy(start + i * stride, run, area, at + i * run, isOut);
  }
}

/** Copies rows. The strides are the same where both places are contiguous. */
function copyRows<Values extends Float32Array | Uint16Array>(
  target: Values,
  to: number,
  toStride: number,
  source: Values,
  from: number,
  fromStride: number,
  { rows, length }: Tile,
): void {
  const isOneRow = toStride === fromStride;
  const count = isOneRow ? rows * length : length;
  for (let row = 0; row < (isOneRow ? 1 : rows); row++) {
    target.set(part(source, from + row * fromStride, count), to + row * toStride);
  }
}

/** Returns a part of an array; the array itself where that is all of it. */
export function part<Values extends Float32Array | Float64Array | Uint8Array | Uint16Array>(
  array: Values,
  start: number,
  count: number,
): Values {
  // `subarray` makes an array of the same class.
  return count === array.length ? array : (array.subarray(start, start + count) as Values);
}
