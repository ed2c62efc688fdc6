import { instantiateKernels, type Kernels, MAX_MEMORY } from '../kernels/kernels.ts';
import {
  ALIGNMENT,
  COMBINATION,
  DOUBLE,
  LINE,
  MAX_CHANNELS,
  PAGE,
  SINGLE,
  STATE,
  TILE,
} from './sizes.ts';
import { type Block, part, Tile } from './tile.ts';

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
