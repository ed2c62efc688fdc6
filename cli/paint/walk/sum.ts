import { KernelMemory, wholeVectors } from '../kernels/kernel-memory.ts';
import type { Rows } from './rows.ts';

/** The sum of two layers of the same sizes: what a residual block ends with. */
export class Sum implements Rows {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly unit: number;
  readonly #a: Rows;
  readonly #b: Rows;
  #place: Place | null = null;

  constructor(a: Rows, b: Rows) {
    this.height = a.height;
    this.width = a.width;
    this.channels = a.channels;
    this.unit = Math.max(a.unit, b.unit);
    this.#a = a;
    this.#b = b;
  }

  work(): number {
    return this.#a.work() + this.#b.work();
  }

  read(from: number, to: number): Float32Array {
    const added = this.#b.read(from, to);
    const { length } = added;
    const { kernels, sum, other } = this.#reserve(length);
    other.set(added);
    sum.set(this.#a.read(from, to));
    kernels.add(sum.byteOffset, other.byteOffset, wholeVectors(length));
    return sum.subarray(0, length);
  }

  #reserve(size: number): Place {
    if (this.#place === null || this.#place.sum.length < size) {
      const memory = new KernelMemory([size, size]);
      const [sum, other] = [memory.take(size), memory.take(size)];
      this.#place = { kernels: memory.kernels, sum, other };
    }
    return this.#place;
  }
}

interface Place {
  readonly kernels: KernelMemory['kernels'];
  readonly sum: Float32Array;
  readonly other: Float32Array;
}
