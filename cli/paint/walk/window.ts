import { type Rows, rowSize } from './rows.ts';

/** How a layer is continued beyond its edges. */
export interface Padding {
  /** The rows and columns on each side. */
  readonly size: number;
  /** Mirrored at the edge pixels, which come once, or the edge pixels repeated. */
  readonly edge: 'mirrored' | 'repeated';
}

/**
 * The rows of a padded layer that a convolution needs at once. It goes downwards: rows that it
 * holds already are moved, and not found again.
 */
export class Window {
  readonly #input: Rows;
  readonly #padding: Padding;
  readonly #data: Float32Array;
  readonly #rectify: ((rows: Float32Array) => void) | null;
  /** The padded rows that it holds. */
  #from = 0;
  #to = 0;

  /**
   * @param data of at least {@link Window.sizeFor} elements
   * @param rectify what rows go through while they are in the cache
   */
  constructor(
    input: Rows,
    padding: Padding,
    data: Float32Array,
    rectify: ((rows: Float32Array) => void) | null = null,
  ) {
    this.#input = input;
    this.#padding = padding;
    this.#data = data;
    this.#rectify = rectify;
  }

  /** The elements that it takes to hold so many rows. */
  static sizeFor(input: Rows, padding: Padding, rows: number): number {
    return (rows + input.unit) * Window.rowSize(input, padding);
  }

  /** The elements of a padded row. */
  static rowSize({ width, channels }: Rows, { size }: Padding): number {
    return (width + 2 * size) * channels;
  }

  /**
   * Makes it hold padded rows, the first of which is the first in the data.
   *
   * @param from row 0 is the first of the layer itself
   */
  hold(from: number, to: number): void {
    const { height, unit } = this.#input;
    const rowSize = Window.rowSize(this.#input, this.#padding);
    const isNear = from >= this.#from && from <= this.#to;
    if (isNear) {
      this.#data.copyWithin(0, (from - this.#from) * rowSize, (this.#to - this.#from) * rowSize);
    }
    const held = isNear ? this.#to : from;
    this.#from = from;
    this.#to = Math.max(held, to);
    if (held >= to) return;

    const first = Math.max(0, held);
    const last = Math.min(height, Math.ceil(to / unit) * unit);
    if (last > first) this.#copyRows(first, last);
    for (let row = held; row < 0; row++) this.#copyRow(row);
    // Rows below the last one of the layer, and those only.
    for (let row = Math.max(held, height); row < to; row++) this.#copyRow(row);
    this.#to = Math.max(to, last);
  }

  /** Copies rows of the layer, with their padding at the left and right. */
  #copyRows(first: number, last: number): void {
    const { channels, width } = this.#input;
    const { size, edge } = this.#padding;
    const length = rowSize(this.#input);
    const rows = this.#input.read(first, last);
    const data = this.#data;
    let at = this.#at(first) + size * channels;
    for (let row = 0; row < last - first; row++) {
      data.set(rows.subarray(row * length, (row + 1) * length), at);
      for (let i = 1; i <= size; i++) {
        const inside = edge === 'mirrored' ? i : 0;
        const left = at + inside * channels;
        data.copyWithin(at - i * channels, left, left + channels);
        const right = at + (width - 1 - inside) * channels;
        data.copyWithin(at + (width - 1 + i) * channels, right, right + channels);
      }
      at += Window.rowSize(this.#input, this.#padding);
    }
    this.#rectify?.(data.subarray(this.#at(first), this.#at(last)));
  }

  /** Copies a row beyond the edges from one that the window holds. */
  #copyRow(row: number): void {
    const { height } = this.#input;
    const isAbove = row < 0;
    const edge = isAbove ? 0 : height - 1;
    const mirrored = this.#padding.edge === 'mirrored' ? 2 * edge - row : edge;
    const from = this.#at(mirrored);
    this.#data.copyWithin(this.#at(row), from, from + Window.rowSize(this.#input, this.#padding));
  }

  #at(row: number): number {
    return (row - this.#from) * Window.rowSize(this.#input, this.#padding);
  }
}
