import { KernelMemory, wholeVectors } from '../kernels/kernel-memory.ts';
import type { Rows } from './rows.ts';

/** A layer whose values below 0 are 0: ReLU. */
export class Rectified implements Rows {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly unit: number;
  readonly #input: Rows;
  #place: Place | null = null;

  constructor(input: Rows) {
    this.height = input.height;
    this.width = input.width;
    this.channels = input.channels;
    this.unit = input.unit;
    this.#input = input;
  }

  work(): number {
    return this.#input.work();
  }

  read(from: number, to: number): Float32Array {
    const given = this.#input.read(from, to);
    const { kernels, rows } = this.#reserve(given.length);
    rows.set(given);
    kernels.rectify(rows.byteOffset, wholeVectors(given.length));
    return rows.subarray(0, given.length);
  }

  #reserve(size: number): Place {
    if (this.#place === null || this.#place.rows.length < size) {
      const memory = new KernelMemory([size]);
      this.#place = { kernels: memory.kernels, rows: memory.take(size) };
    }
    return this.#place;
  }
}

interface Place {
  readonly kernels: KernelMemory['kernels'];
  readonly rows: Float32Array;
}
