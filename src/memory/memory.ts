import type { Kernels } from '../kernels/compiled-kernels.ts';
import { createMemory, type Instances, kernelsOver, MAX_MEMORY } from '../kernels/kernels.ts';
import { type Bits, dtypeOf, type Elements } from './elements.ts';
import { type Operand, Selection } from './selection.ts';
import {
  ALIGNMENT,
  COMBINATION,
  F16,
  F32,
  F64,
  LINE,
  MAX_CHANNELS,
  MAX_ELEMENTS,
  MOMENTS,
  TILE_SIZE,
} from './sizes.ts';
import { isContiguous, isOfVectors, part, TILE_SLACK, type Tile, TileScratch } from './tile.ts';

/** The elements that work reads and writes. */
export interface Operands {
  /** Written; null where work only adds to the numbers of channels. */
  readonly output: Operand | null;
  /** Read. */
  readonly input: Operand;
  /** The gradient of the output, read too; null in a forward pass. */
  readonly gradOutput: Operand | null;
}

/** Pieces of work, by index: values, so that memory does not grow with their number. */
export interface Strips<Strip extends Tile> {
  readonly count: number;
  /** Returns the strip of an index from 0 to count - 1. */
  strip(index: number): Strip;
}

/** Work that is cut into strips, each done by a call of a kernel or a few. */
export interface Plan<Strip extends Tile> extends Operands {
  readonly strips: Strips<Strip>;
  /** Whether rows that lie apart are worked on where they lie too, if they are in this memory. */
  readonly takesStrides?: boolean;
  /**
   * Does the work of one strip.
   *
   * @param y the address of the output's elements, which may be x; 0 without an output
   * @param x the address of the input's elements
   * @param g the address of the gradient's elements; 0 without a gradient
   */
  work(memory: Memory, strip: Strip, y: number, x: number, g: number): void;
}

/** A part of the scratch, and its address: an array takes 30 ns to give its own. */
interface Area<Values> {
  readonly values: Values;
  readonly at: number;
}

/** Numbers of each channel, or of each element. */
export type Numbers = Area<Float64Array>;

// Bytes of scratch for each channel: moments and parts; a line and a combination; two sums; eight
// float32 for the kernels of columns.
const CHANNEL_BYTES = (2 * MOMENTS + LINE + COMBINATION + 2) * F64 + 8 * F32;

// For each element: two sums; a weight and a bias. A call touches what it needs of them.
const ELEMENT_BYTES = 2 * F64 + 2 * F32;

// So many values are copied faster one by one than by `set`, which takes 40 ns.
const FEW_VALUES = 16;

// The scratch has as many areas of float64.
const AREAS = 8;

// So many places of elements in a space are listed at once.
const PLACES = TILE_SIZE;

/** Returns the elements of the area of a tile. */
function areaOf(channels: number, tiles: number): number {
  // With threads bits lie behind a tile, so that each may convert its part of them.
  const bits = tiles > 1 ? (tiles * TILE_SIZE) / 2 : 0;
  return Math.max(tiles * TILE_SIZE, channels) + bits + TILE_SLACK;
}

function scratchSize(channels: number, tiles = 1, places = PLACES): number {
  const areas = F32 * (2 * areaOf(channels, tiles) + places);
  const elements = Math.max(MAX_ELEMENTS, channels);
  const numbers = channels * CHANNEL_BYTES + elements * ELEMENT_BYTES + AREAS * ALIGNMENT;
  return ALIGNMENT + Math.ceil((numbers + areas) / ALIGNMENT) * ALIGNMENT;
}

/** The most bytes that a memory can offer beside its scratch. */
export const MAX_SPACE: number = MAX_MEMORY - /* @__PURE__ */ scratchSize(MAX_CHANNELS);

/**
 * One memory, its kernels, and the scratch at its start: numbers for each of so many
 * channels, and two tiles of data. What lies behind the scratch is an arena's.
 */
export class Memory {
  readonly kernels: Kernels;
  /**
   * For kernels that are instantiated at their first use.
   *
   * @internal since declarations can't name the types of WebAssembly
   */
  readonly instances: Instances;
  readonly buffer: ArrayBuffer;
  /** MOMENTS of each channel. */
  readonly moments: Numbers;
  /** Moments that are to be merged into others. */
  readonly parts: Numbers;
  /** A LINE of each channel. */
  readonly lines: Numbers;
  /** A COMBINATION of each channel. */
  readonly combinations: Numbers;
  /** The sum of the gradient of each channel. */
  readonly sums: Numbers;
  /** The sum of the gradient times the normalized input of each channel. */
  readonly products: Numbers;
  /** The sums of each element of the normalized dimensions. */
  readonly elementSums: Numbers;
  /** The products of each element of the normalized dimensions. */
  readonly elementProducts: Numbers;
  /** The address of eight float32 for each column, in which kernels of columns work. */
  readonly columnsAt: number;
  /**
   * The most elements of a tile, which stay in the caches from one kernel to the next: TILE_SIZE, or
   * twice as many for each of several threads.
   */
  readonly tileSize: number;
  /** How many threads may share the work of a kernel. */
  readonly threads: number;
  /** The address of the first byte behind the scratch. */
  readonly spaceAt: number;
  readonly #hasSpace: boolean;
  /** All of this memory. */
  readonly #all: Float32Array;
  readonly #weight: Area<Float32Array>;
  readonly #bias: Area<Float32Array>;
  // Given statistics lie where moments do: there are either.
  readonly #mean: Area<Float32Array>;
  readonly #variance: Area<Float32Array>;
  readonly #tile: TileScratch;
  readonly #gradient: TileScratch;
  readonly #places: Uint32Array;

  /**
   * @param space bytes behind the scratch
   * @param channels how many have numbers at once, a multiple of 16
   * @param create makes the memory itself, of so many bytes
   * @param tiles how many times TILE_SIZE elements a tile may have
   */
  constructor(space: number, channels?: number);
  /** @internal */
  constructor(
    space: number,
    channels: number,
    create: (byteLength: number) => Instances,
    tiles: number,
  );
  constructor(space: number, channels: number = MAX_CHANNELS, create = createMemory, tiles = 1) {
    const places = space > 0 ? PLACES : 0;
    this.spaceAt = scratchSize(channels, tiles, places);
    this.tileSize = tiles * TILE_SIZE;
    this.#hasSpace = space > 0;
    const instances = create(this.spaceAt + space);
    const kernels = kernelsOver(instances);
    this.kernels = kernels;
    this.instances = instances;
    this.threads = instances.threads;
    const { buffer } = instances.memory;
    this.buffer = buffer;
    this.#all = new Float32Array(buffer);
    // The first bytes stay empty: address 0 means "absent" to the kernels.
    let end = ALIGNMENT;
    const area = <Values extends ArrayBufferView>(values: Values): Area<Values> => {
      end += values.byteLength;
      return { values, at: values.byteOffset };
    };
    const numbers = (size: number, count = channels): Numbers => {
      const made = area(new Float64Array(buffer, end, count * size));
      // Kernels that write pairs write one number more.
      end += ALIGNMENT;
      return made;
    };
    const singles = (count: number): Area<Float32Array> =>
      area(new Float32Array(buffer, end, count));
    this.moments = numbers(MOMENTS);
    const singlesOfMoments = (index: number): Area<Float32Array> => {
      const at = this.moments.at + index * channels * F32;
      return { values: new Float32Array(buffer, at, channels), at };
    };
    this.#mean = singlesOfMoments(0);
    this.#variance = singlesOfMoments(1);
    this.parts = numbers(MOMENTS);
    this.lines = numbers(LINE);
    this.combinations = numbers(COMBINATION);
    this.sums = numbers(1);
    this.products = numbers(1);
    const elements = Math.max(MAX_ELEMENTS, channels);
    this.elementSums = numbers(1, elements);
    this.elementProducts = numbers(1, elements);
    this.columnsAt = singles(channels * 8).at;
    this.#weight = singles(elements);
    this.#bias = singles(elements);
    const size = areaOf(channels, tiles);
    this.#tile = new TileScratch(kernels, singles(size).values);
    this.#gradient = new TileScratch(kernels, singles(size).values);
    this.#places = new Uint32Array(buffer, end, places);
  }

  /** The address of TILE_SIZE float32, which are free while nothing is copied to a tile. */
  get tileAt(): number {
    return this.#tile.areaAt;
  }

  /** The address of HALF_TILE float32 that a strip of no more elements leaves free. */
  get spareAt(): number {
    return this.#tile.spareAt;
  }

  /** That of as many more, which a strip of a gradient leaves free too. */
  get otherSpareAt(): number {
    return this.#gradient.spareAt;
  }

  /** Says whether an array lies in this memory as kernels need it, to be worked on in place. */
  holds(array: Operand): array is Float32Array {
    return this.#hasSpace && array instanceof Float32Array && array.buffer === this.buffer;
  }

  /** Says whether an array of any kind lies in this memory. */
  contains(array: { readonly buffer: ArrayBufferLike }): boolean {
    // Reading `.buffer` costs 40 ns, so it is read only where a tensor may lie here.
    return this.#hasSpace && array.buffer === this.buffer;
  }

  /** Says whether all that is read and written lies in this memory. */
  holdsAll({ output, input, gradOutput }: Operands): boolean {
    return (
      this.holds(input) &&
      (output === null || this.holds(output)) &&
      (gradOutput === null || this.holds(gradOutput))
    );
  }

  /**
   * Does a plan, strip by strip. What does not lie in this memory is copied in before a
   * strip's work, and out after it.
   */
  run<Strip extends Tile>(plan: Plan<Strip>): void {
    const { strips, output, input, gradOutput, takesStrides = false } = plan;
    for (let i = 0; i < strips.count; i++) {
      const strip = strips.strip(i);
      const x = this.#load(this.#tile, input, strip, takesStrides);
      const g =
        gradOutput === null ? 0 : this.#load(this.#gradient, gradOutput, strip, takesStrides);
      if (output === null) {
        plan.work(this, strip, 0, x, g);
      } else if (this.#isInPlace(output, strip, takesStrides)) {
        plan.work(this, strip, output.byteOffset + strip.start * F32, x, g);
      } else {
        plan.work(this, strip, this.#tile.at, x, g);
        this.#store(this.#tile, output, strip);
      }
    }
  }

  /** Copies elements to as many of another type. */
  convert(destination: Elements, source: Elements): void {
    for (let start = 0; start < source.length; start += TILE_SIZE) {
      const length = Math.min(TILE_SIZE, source.length - start);
      const tile = rowOf(start, length);
      this.#tile.copyIn(source, tile);
      this.#tile.copyOut(destination, tile);
    }
  }

  /** Returns the address of `count` weights from `start`, each `times` times, or 0 for none. */
  loadWeight(weight: Float32Array | null, start: number, count: number, times = 1): number {
    return this.#loadParameter(this.#weight, weight, start, count, times);
  }

  /** Returns the address of `count` biases from `start`, or 0 for none. */
  loadBias(bias: Float32Array | null, start: number, count: number): number {
    return this.#loadParameter(this.#bias, bias, start, count, 1);
  }

  /** Returns the address of `count` means from `start`, until there are moments. */
  loadMean(mean: Float32Array, start: number, count: number): number {
    return this.#loadParameter(this.#mean, mean, start, count, 1);
  }

  /** Returns the address of `count` variances from `start`, until there are moments. */
  loadVariance(variance: Float32Array, start: number, count: number): number {
    return this.#loadParameter(this.#variance, variance, start, count, 1);
  }

  #loadParameter(
    area: Area<Float32Array>,
    parameter: Float32Array | null,
    start: number,
    count: number,
    times: number,
  ): number {
    if (parameter === null) return 0;
    if (times === 1 && this.holds(parameter)) return parameter.byteOffset + start * F32;
    if (times > 1 || count <= FEW_VALUES) {
      let at = 0;
      for (let i = start; i < start + count; i++) {
        const value = parameter[i] as number;
        for (const end = at + times; at < end; at++) area.values[at] = value;
      }
      return area.at;
    }
    area.values.set(part(parameter, start, count));
    return area.at;
  }

  /** Returns the address of a tile, which is copied into a scratch unless it can be used in place. */
  #load(scratch: TileScratch, source: Operand, tile: Tile, takesStrides: boolean): number {
    if (this.holds(source)) {
      if (takesStrides || isContiguous(tile)) return source.byteOffset + tile.start * F32;
      return this.#copyWithin(scratch, source, tile, false);
    }
    if (this.#holdsBits(source, tile)) {
      return scratch.widen(source, source.byteOffset + tile.start * F16, tile);
    }
    if (this.#holdsPlaces(source)) return this.#copyPlaces(scratch, source, tile, false);
    return scratch.copyIn(source, tile);
  }

  /** Copies a tile out of a scratch. */
  #store(scratch: TileScratch, destination: Operand, tile: Tile): void {
    if (this.holds(destination)) this.#copyWithin(scratch, destination, tile, true);
    else if (this.#holdsBits(destination, tile)) {
      scratch.narrow(destination, destination.byteOffset + tile.start * F16, tile);
    } else if (this.#holdsPlaces(destination)) this.#copyPlaces(scratch, destination, tile, true);
    else scratch.copyOut(destination, tile);
  }

  /** Says whether a tile of bits lies in this memory, to be converted from or to there. */
  #holdsBits(array: Exclude<Operand, Float32Array>, tile: Tile): array is Bits {
    if (!this.#hasSpace || array instanceof Selection || !isOfVectors(tile)) return false;
    return array.buffer === this.buffer;
  }

  /** Says whether an operand is of single float32 that lie in this memory. */
  #holdsPlaces(operand: Operand): operand is Selection {
    return operand instanceof Selection && operand.isOfElements && this.holds(operand.elements);
  }

  #copyPlaces(scratch: TileScratch, selection: Selection, tile: Tile, isOut: boolean): number {
    const { start, rows, length, stride } = tile;
    const [runs, run] = isContiguous(tile) ? [1, rows * length] : [rows, length];
    for (let i = 0; i < runs; i++) {
      const at = scratch.at + i * run * F32;
      selection.copyWithin(this.kernels, this.#places, start + i * stride, run, at, isOut);
    }
    return scratch.at;
  }

  /** Writes 0 into all elements of a selection. */
  clear(selection: Selection): void {
    const isHere: boolean = this.#holdsPlaces(selection);
    if (isHere) selection.copyWithin(this.kernels, this.#places, 0, selection.length, 0, true);
    else selection.clear();
  }

  #copyWithin(scratch: TileScratch, array: Float32Array, tile: Tile, isOut: boolean): number {
    const start = array.byteOffset / F32 + tile.start;
    return scratch.copyWithin(this.#all, { ...tile, start }, isOut);
  }

  #isInPlace(array: Operand, tile: Tile, takesStrides: boolean): array is Float32Array {
    return this.holds(array) && (takesStrides || isContiguous(tile));
  }
}

function rowOf(start: number, length: number): Tile {
  return { start, rows: 1, length, stride: length };
}

// Made with the first arena: before that, no call looks for one.
let arenas: WeakMap<ArrayBufferLike, Memory> | undefined;
let shared: Memory | undefined;

/** Makes a memory with space for tensors that are worked on where they lie. */
export function createSpace(byteLength: number): Memory {
  return useSpace(new Memory(byteLength));
}

/** Lets calls find a memory by what lies in it. */
export function useSpace(memory: Memory): Memory {
  arenas ??= new WeakMap();
  arenas.set(memory.buffer, memory);
  return memory;
}

/**
 * Finds the memory to work in: the first that holds one of the arrays, else the scratch
 * that all ordinary arrays share.
 *
 * @param channels how many have to be known at once; for more than MAX_CHANNELS a
 *   memory is made that goes when the call is done
 */
export function memoryFor(
  channels: number,
  ...arrays: readonly { readonly buffer: ArrayBufferLike }[]
): Memory {
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

/** Copies elements to as many of any type. */
export function copyElements(destination: Elements, source: Elements): void {
  if (dtypeOf(destination) === dtypeOf(source)) destination.set(source);
  else memoryFor(0).convert(destination, source);
}

/** Returns elements as float32: themselves if they are that, or null. */
export function toFloat32(elements: Elements): Float32Array;
export function toFloat32(elements: Elements | null): Float32Array | null;
export function toFloat32(elements: Elements | null): Float32Array | null {
  if (elements === null || elements instanceof Float32Array) return elements;
  const values = new Float32Array(elements.length);
  memoryFor(0).convert(values, elements);
  return values;
}
