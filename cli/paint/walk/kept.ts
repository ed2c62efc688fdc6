import { type Rows, rowSize } from './rows.ts';

/** Where rows are kept. */
export interface Store {
  /** Keeps rows from `row` on. */
  write(row: number, rows: Float32Array): void;
  /** Returns kept rows; what it returns is valid until the next call. */
  read(from: number, to: number): Float32Array;
}

/** A layer that is found once, and kept. */
export class Kept implements Rows {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly #input: Rows;
  readonly #store: Store;
  #isWhole = false;

  constructor(input: Rows, store: Store) {
    this.height = input.height;
    this.width = input.width;
    this.channels = input.channels;
    this.#input = input;
    this.#store = store;
  }

  get unit(): number {
    return this.#isWhole ? 1 : this.#input.unit;
  }

  /** The layer that is kept. */
  get input(): Rows {
    return this.#input;
  }

  /** It is found in a pass of its own. */
  work(): number {
    return 0;
  }

  /** Says that all rows were read once, here or by another thread into the same store. */
  end(): void {
    this.#isWhole = true;
  }

  read(from: number, to: number): Float32Array {
    if (this.#isWhole) return this.#store.read(from, to);
    const rows = this.#input.read(from, to);
    this.#store.write(from, rows);
    return rows;
  }
}

/** Keeps rows in memory. */
export class MemoryStore implements Store {
  readonly data: Float32Array;
  readonly #rowSize: number;

  /** @param data of at least as many elements as all rows */
  constructor(data: Float32Array, rowSize: number) {
    this.data = data;
    this.#rowSize = rowSize;
  }

  write(row: number, rows: Float32Array): void {
    this.data.set(rows, row * this.#rowSize);
  }

  read(from: number, to: number): Float32Array {
    return this.data.subarray(from * this.#rowSize, to * this.#rowSize);
  }
}

/** Returns the elements of all rows of a layer. */
export function sizeOf(rows: Rows): number {
  return rows.height * rowSize(rows);
}
