import { instantiateKernels, type Kernels, MAX_MEMORY } from './kernels.ts';

/** The most rows that one call of a kernel works on: there is room for as many states. */
export const MAX_ROWS = 4096;

/**
 * The most elements that pass through the scratch at once: 256 KB, which with
 * its source and destination stays in a core's second-level cache. A multiple of
 * the kernels' chunk, so that a row cut into tiles is summed as if it were whole.
 */
export const TILE = 65536;

// Three float64 a state, three a line.
export const STATE = 3;
export const LINE = 3;

// The first 64 bytes stay empty: address 0 means "absent" to the kernels.
const STATES_AT = 64;
const LINES_AT = STATES_AT + MAX_ROWS * STATE * 8;
const WEIGHT_AT = LINES_AT + MAX_ROWS * LINE * 8;
const BIAS_AT = WEIGHT_AT + MAX_ROWS * 4;
const TILE_AT = BIAS_AT + MAX_ROWS * 4;
const SCRATCH = TILE_AT + TILE * 4;

/** The most bytes that a memory can offer beside its scratch. */
export const MAX_SPACE: number = MAX_MEMORY - SCRATCH;

/**
 * One memory, its kernels, and the scratch at its start: states, lines, weights,
 * biases and a tile of data. What lies behind the scratch is an arena's.
 */
export class Memory {
  readonly kernels: Kernels;
  readonly buffer: ArrayBuffer;
  readonly states: Float64Array;
  readonly lines: Float64Array;
  readonly statesAt: number = STATES_AT;
  readonly linesAt: number = LINES_AT;
  /** Where the space behind the scratch begins, in bytes. */
  readonly spaceAt: number = SCRATCH;
  readonly #weight: Float32Array;
  readonly #bias: Float32Array;
  readonly #tile: Float32Array;

  constructor(space: number) {
    const { kernels, buffer } = instantiateKernels(SCRATCH + space);
    this.kernels = kernels;
    this.buffer = buffer;
    this.states = new Float64Array(buffer, STATES_AT, MAX_ROWS * STATE);
    this.lines = new Float64Array(buffer, LINES_AT, MAX_ROWS * LINE);
    this.#weight = new Float32Array(buffer, WEIGHT_AT, MAX_ROWS);
    this.#bias = new Float32Array(buffer, BIAS_AT, MAX_ROWS);
    this.#tile = new Float32Array(buffer, TILE_AT, TILE);
  }

  /** Says whether an array lies in this memory, where kernels can work on it in place. */
  holds(array: Float32Array): boolean {
    return array.buffer === this.buffer;
  }

  /** Returns the address of elements from `start`; those from elsewhere are copied into the tile. */
  load(source: Float32Array, start: number, count: number): number {
    if (this.holds(source)) return source.byteOffset + start * 4;
    copy(this.#tile, source, start, count);
    return TILE_AT;
  }

  /** Returns the address to write elements from `start` to, for {@link store} to bring home. */
  target(destination: Float32Array, start: number): number {
    return this.holds(destination) ? destination.byteOffset + start * 4 : TILE_AT;
  }

  /** Copies from the tile what {@link target} had no place for. */
  store(destination: Float32Array, start: number, count: number): void {
    if (!this.holds(destination)) destination.set(first(this.#tile, count), start);
  }

  /** Returns the address of `count` weights from `start`, or 0 for none. */
  loadWeight(weight: Float32Array | null, start: number, count: number): number {
    if (weight === null) return 0;
    copy(this.#weight, weight, start, count);
    return WEIGHT_AT;
  }

  /** Returns the address of `count` biases from `start`, or 0 for none. */
  loadBias(bias: Float32Array | null, start: number, count: number): number {
    if (bias === null) return 0;
    copy(this.#bias, bias, start, count);
    return BIAS_AT;
  }
}

function copy(target: Float32Array, source: Float32Array, start: number, count: number): void {
  target.set(start === 0 ? first(source, count) : source.subarray(start, start + count));
}

function first(array: Float32Array, count: number): Float32Array {
  return count === array.length ? array : array.subarray(0, count);
}

const arenas = new WeakMap<ArrayBufferLike, Memory>();
let shared: Memory | undefined;

/** Makes a memory with space for tensors that are worked on where they lie. */
export function createSpace(byteLength: number): Memory {
  const memory = new Memory(byteLength);
  arenas.set(memory.buffer, memory);
  return memory;
}

/**
 * Finds the memory to work in: the one that holds the output, else the one that
 * holds the input, else the scratch that all ordinary arrays share.
 */
export function memoryFor(output: Float32Array | null, input: Float32Array): Memory {
  const found = (output && arenas.get(output.buffer)) ?? arenas.get(input.buffer);
  if (found) return found;
  shared ??= new Memory(0);
  return shared;
}
