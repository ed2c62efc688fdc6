import type { Convolution } from '../convolutions/convolution.ts';
import { KernelMemory } from '../kernels/kernel-memory.ts';
import type { Rows } from './rows.ts';
import { type Padding, Window } from './window.ts';

/** Elements that are convolved at once, unless a step has more: they stay in a core's cache. */
const ELEMENTS = 65536;

/** A layer after a convolution, and after ReLU before that where it is asked for. */
export class Convolved implements Rows {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly unit: number;
  readonly #input: Rows;
  readonly #convolution: Convolution;
  readonly #rectifies: boolean;
  /** The steps that are done at once. */
  readonly #steps: number;
  #place: Place | null = null;

  /** @param rectifies whether values below 0 of the layer before count as 0 */
  constructor(input: Rows, convolution: Convolution, rectifies = false) {
    const { outputs, gives, step, padding } = convolution;
    this.height = convolution.sizeOf(input.height);
    this.width = convolution.sizeOf(input.width);
    this.channels = outputs;
    this.unit = gives;
    this.#input = input;
    this.#convolution = convolution;
    this.#rectifies = rectifies;
    const taken = step * (input.width + 2 * padding) * input.channels;
    const given = gives * this.width * outputs;
    this.#steps = Math.max(1, Math.floor(ELEMENTS / Math.max(taken, given)));
  }

  work(): number {
    return this.height * this.width * this.#convolution.products + this.#input.work();
  }

  read(from: number, to: number): Float32Array {
    const { gives, step, height, padding } = this.#convolution;
    const first = Math.floor(from / gives);
    const last = Math.ceil(to / gives);
    const rowSize = this.width * this.channels;
    const place = this.#reserve((last - first) * gives * rowSize);
    const { window, x, y, weights, scratch, kernels } = place;
    const inputRow = 4 * Window.rowSize(this.#input, this.#padding);
    for (let done = first; done < last; done += this.#steps) {
      const end = Math.min(last, done + this.#steps);
      window.hold(done * step - padding, (end - 1) * step - padding + height);
      for (let i = done; i < end; i++) {
        const addresses = {
          y: y.byteOffset + 4 * (i - first) * gives * rowSize,
          x: x.byteOffset + (i - done) * step * inputRow,
          weights: weights.byteOffset,
          scratch: scratch.byteOffset,
        };
        this.#convolution.run(kernels, addresses, this.#input.width);
      }
    }
    const skipped = from - first * gives;
    return y.subarray(skipped * rowSize, (skipped + to - from) * rowSize);
  }

  get #padding(): Padding {
    const { padding, edge } = this.#convolution;
    return { size: padding, edge };
  }

  /** Makes the memory, which is made anew where more rows are read at once than before. */
  #reserve(size: number): Place {
    if (this.#place !== null && this.#place.y.length >= size) return this.#place;
    const { weights, step, height } = this.#convolution;
    const rows = (this.#steps - 1) * step + height;
    const windowSize = Window.sizeFor(this.#input, this.#padding, rows);
    const scratchSize = this.#convolution.scratch(this.#input.width);
    const memory = new KernelMemory([weights.length, windowSize, scratchSize, size]);
    const weightsAt = memory.take(weights.length);
    weightsAt.set(weights);
    const x = memory.take(windowSize);
    const { kernels } = memory;
    const rectify = this.#rectifies
      ? (rows: Float32Array) => kernels.rectify(rows.byteOffset, rows.length)
      : null;
    const window = new Window(this.#input, this.#padding, x, rectify);
    const scratch = memory.take(scratchSize);
    const y = memory.take(size);
    this.#place = { kernels, weights: weightsAt, window, x, scratch, y };
    return this.#place;
  }
}

/** Where a convolution works. */
interface Place {
  readonly kernels: KernelMemory['kernels'];
  readonly weights: Float32Array;
  readonly window: Window;
  readonly x: Float32Array;
  readonly scratch: Float32Array;
  readonly y: Float32Array;
}
