import { instanceNorm } from 'wasm-norm';
import type { NormalizationOptions } from './normalized.ts';
import { type Rows, rowSize } from './rows.ts';

/**
 * A layer that is kept whole, and normalized in its place: for pictures whose layers all fit in
 * memory it is the fastest.
 */
export class WholeNormalized implements Rows {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly unit: number = 1;
  readonly #input: Rows;
  readonly #data: Float32Array;
  readonly #options: NormalizationOptions;

  /** @param data of at least as many elements as the layer, an arena's best */
  constructor(input: Rows, data: Float32Array, options: NormalizationOptions) {
    this.height = input.height;
    this.width = input.width;
    this.channels = input.channels;
    this.#input = input;
    this.#data = data.subarray(0, input.height * rowSize(input));
    this.#options = options;
  }

  /** The layer before. */
  get input(): Rows {
    return this.#input;
  }

  /** It is found in a pass of its own. */
  work(): number {
    return 0;
  }

  /** Finds rows of the layer before. */
  find(from: number, to: number): null {
    this.#data.set(this.#input.read(from, to), from * rowSize(this));
    return null;
  }

  /** Normalizes all of them. */
  normalize(): void {
    const { height, width, channels } = this;
    const x = { data: this.#data, shape: [1, height, width, channels] };
    instanceNorm(x, { ...this.#options, layout: 'nhwc', out: x });
  }

  read(from: number, to: number): Float32Array {
    return this.#data.subarray(from * rowSize(this), to * rowSize(this));
  }
}
