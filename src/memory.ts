import { instantiateKernels, type Kernels, MAX_MEMORY } from './kernels.ts';

/** The most channels that have a state, a line, ... at once. */
export const MAX_CHANNELS = 4096;

/**
 * The most elements that pass through the scratch at once: 256 KB, which with
 * its source and destination stays in a core's second-level cache. A multiple of
 * the kernels' chunks, so that a row cut into tiles is summed as if it were whole.
 */
export const TILE = 65536;

/** Float64 of a state: count, mean, sum of squared deviations, rest of the mean. */
export const STATE = 4;
/** Float64 of a line: mean, scale, shift. */
export const LINE = 3;
/** Float64 of a combination: of the gradient, of the normalized input, and a constant. */
export const COMBINATION = 3;

const DOUBLE = 8;
const SINGLE = 4;
const ALIGNMENT = 64;
const PAGE = 4096;

// Bytes of scratch for each channel: states and parts; a line and a combination;
// two sums, and two for elements; six float32 for the kernels of columns; a weight
// and a bias.
const CHANNEL = (2 * STATE + LINE + COMBINATION + 4) * DOUBLE + (6 + 2) * SINGLE;

function scratchSize(channels: number): number {
  const tiles = 2 * (SINGLE * Math.max(TILE, channels) + PAGE);
  return ALIGNMENT + Math.ceil((channels * CHANNEL + tiles) / ALIGNMENT) * ALIGNMENT;
}

/** The most bytes that a memory can offer beside its scratch. */
export const MAX_SPACE: number = MAX_MEMORY - scratchSize(MAX_CHANNELS);

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

/**
 * One memory, its kernels, and the scratch at its start: numbers for each of so
 * many channels, and two tiles of data. What lies behind the scratch is an
 * arena's.
 */
export class Memory {
  readonly kernels: Kernels;
  readonly buffer: ArrayBuffer;
  readonly states: Float64Array;
  /** States on their way to be merged. */
  readonly parts: Float64Array;
  readonly lines: Float64Array;
  readonly combinations: Float64Array;
  /** The sums of the gradient, channel by channel. */
  readonly sums: Float64Array;
  /** The sums of the gradient times the normalized input. */
  readonly products: Float64Array;
  /** Both again, element by element of a layer normalization. */
  readonly elementSums: Float64Array;
  readonly elementProducts: Float64Array;
  // Their addresses: an array takes 30 ns to give its own.
  readonly statesAt: number;
  readonly partsAt: number;
  readonly linesAt: number;
  readonly combinationsAt: number;
  readonly sumsAt: number;
  readonly productsAt: number;
  readonly elementSumsAt: number;
  readonly elementProductsAt: number;
  /** Where the kernels of columns work in. */
  readonly columnsAt: number;
  /** The first byte behind the scratch. */
  readonly spaceAt: number;
  readonly #hasSpace: boolean;
  readonly #weight: Float32Array;
  readonly #weightAt: number;
  readonly #bias: Float32Array;
  readonly #biasAt: number;
  readonly #tile: Tile;
  readonly #gradient: Tile;

  /**
   * @param space bytes behind the scratch
   * @param channels a multiple of 16
   */
  constructor(space: number, channels: number = MAX_CHANNELS) {
    this.spaceAt = scratchSize(channels);
    this.#hasSpace = space > 0;
    const { kernels, buffer } = instantiateKernels(this.spaceAt + space);
    this.kernels = kernels;
    this.buffer = buffer;
    // The first bytes stay empty: address 0 means "absent" to the kernels.
    let end = ALIGNMENT;
    const doubles = (count: number): Float64Array => {
      const area = new Float64Array(buffer, end, count);
      end += area.byteLength;
      return area;
    };
    const singles = (count: number): Float32Array => {
      const area = new Float32Array(buffer, end, count);
      end += area.byteLength;
      return area;
    };
    this.states = doubles(channels * STATE);
    this.parts = doubles(channels * STATE);
    this.lines = doubles(channels * LINE);
    this.combinations = doubles(channels * COMBINATION);
    this.sums = doubles(channels);
    this.products = doubles(channels);
    this.elementSums = doubles(channels);
    this.elementProducts = doubles(channels);
    this.columnsAt = singles(channels * 6).byteOffset;
    this.#weight = singles(channels);
    this.#bias = singles(channels);
    const tile = Math.max(TILE, channels) + PAGE / SINGLE;
    this.#tile = new Tile(singles(tile));
    this.#gradient = new Tile(singles(tile));
    this.statesAt = this.states.byteOffset;
    this.partsAt = this.parts.byteOffset;
    this.linesAt = this.lines.byteOffset;
    this.combinationsAt = this.combinations.byteOffset;
    this.sumsAt = this.sums.byteOffset;
    this.productsAt = this.products.byteOffset;
    this.elementSumsAt = this.elementSums.byteOffset;
    this.elementProductsAt = this.elementProducts.byteOffset;
    this.#weightAt = this.#weight.byteOffset;
    this.#biasAt = this.#bias.byteOffset;
  }

  /** Says whether an array lies in this memory, where kernels can work on it in place. */
  holds(array: Float32Array): boolean {
    // Asked for only where it may be so: an array takes 40 ns to give its buffer.
    return this.#hasSpace && array.buffer === this.buffer;
  }

  /** Returns the address of a block, copied into the tile unless it can be used where it lies. */
  load(source: Float32Array, block: Block): number {
    if (this.#usableInPlace(source, block)) return source.byteOffset + block.start * SINGLE;
    this.#tile.place(source, block);
    this.#tile.copyIn(source, block);
    return this.#tile.at;
  }

  /** Returns the address of a block of the gradient, likewise. */
  loadGradient(source: Float32Array, block: Block): number {
    if (this.#usableInPlace(source, block)) return source.byteOffset + block.start * SINGLE;
    this.#gradient.place(source, block);
    this.#gradient.copyIn(source, block);
    return this.#gradient.at;
  }

  /** Returns the address to write a block to, for {@link store} to bring home. */
  target(destination: Float32Array, block: Block): number {
    return this.#usableInPlace(destination, block)
      ? destination.byteOffset + block.start * SINGLE
      : this.#tile.at;
  }

  /** Copies home from the tile what {@link target} had no place for. */
  store(destination: Float32Array, block: Block): void {
    if (!this.#usableInPlace(destination, block)) this.#tile.copyOut(destination, block);
  }

  /** Returns the address of `count` weights from `start`, or 0 for none. */
  loadWeight(weight: Float32Array | null, start: number, count: number): number {
    return this.#loadParameter(this.#weight, this.#weightAt, weight, start, count);
  }

  /** Returns the address of `count` biases from `start`, or 0 for none. */
  loadBias(bias: Float32Array | null, start: number, count: number): number {
    return this.#loadParameter(this.#bias, this.#biasAt, bias, start, count);
  }

  #loadParameter(
    area: Float32Array,
    areaAt: number,
    values: Float32Array | null,
    start: number,
    count: number,
  ): number {
    if (values === null) return 0;
    if (this.holds(values)) return values.byteOffset + start * SINGLE;
    area.set(part(values, start, count));
    return areaAt;
  }

  #usableInPlace(array: Float32Array, { rows, length, stride }: Block): boolean {
    return this.holds(array) && (stride === length || rows === 1);
  }
}

/** Scratch for one block on its way in and out. */
class Tile {
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

function part(array: Float32Array, start: number, count: number): Float32Array {
  return count === array.length ? array : array.subarray(start, start + count);
}

// Made with the first of them: without any, no call looks for one.
let arenas: WeakMap<ArrayBufferLike, Memory> | undefined;
let shared: Memory | undefined;

/** Makes a memory with space for tensors that are worked on where they lie. */
export function createSpace(byteLength: number): Memory {
  const memory = new Memory(byteLength);
  arenas ??= new WeakMap();
  arenas.set(memory.buffer, memory);
  return memory;
}

/**
 * Finds the memory to work in: the first that holds one of the arrays, else the
 * scratch that all ordinary arrays share.
 *
 * @param channels how many have to be known at once; for more than
 *   MAX_CHANNELS a memory is made that goes when the call is done
 */
export function memoryFor(channels: number, ...arrays: readonly Float32Array[]): Memory {
  if (channels > MAX_CHANNELS) return new Memory(0, Math.ceil(channels / 16) * 16);
  if (arenas) {
    for (const array of arrays) {
      const memory = arenas.get(array.buffer);
      if (memory) return memory;
    }
  }
  shared ??= new Memory(0);
  return shared;
}
