import type { Rows } from './rows.ts';

/** The sum of two layers of the same sizes: what a residual block ends with. */
export class Sum implements Rows {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly unit: number;
  readonly #a: Rows;
  readonly #b: Rows;

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
    const sum = this.#b.read(from, to);
    const added = this.#a.read(from, to);
    for (let i = 0; i < sum.length; i++) {
      sum[i] = (sum[i] as number) + (added[i] as number);
    }
    return sum;
  }
}
