import type { Memory } from '../memory/memory.ts';
import { COMBINATION, LINE, STATE, TILE } from '../memory/sizes.ts';
import type { Block } from '../memory/tile.ts';
import type { View } from './view.ts';

const DOUBLE = 8;
const SINGLE = 4;

// Fewer channels than this are folded: four rows are seen as one of four times the
// channels, so that every vector is full and a row is long enough to be worth a loop.
const MANY = 16;
const FOLD = 4;

/** Each channel is a column: rows of `channels` elements, `stride` apart from each other. */
export class ColumnView implements View {
  readonly channels: number;
  readonly #start: number;
  readonly #rows: number;
  readonly #stride: number;
  readonly #fold: number;

  constructor(start: number, rows: number, channels: number, stride: number) {
    this.channels = channels;
    this.#start = start;
    this.#rows = rows;
    this.#stride = stride;
    this.#fold = channels < MANY ? FOLD : 1;
  }

  addMoments(memory: Memory, input: Float32Array, wide = false): void {
    const { kernels, states, statesAt, columnsAt } = memory;
    const { channels } = this;
    const folded = channels * this.#fold;
    states.fill(0, channels * STATE, folded * STATE);
    this.#forEachTile((tile) => {
      const x = memory.load(input, tile);
      this.#forEachPart(tile.rows, (rows, columns, offset) => {
        if (wide) kernels.addColumnMomentsF64(statesAt, x + offset, rows, columns);
        else kernels.addColumnMoments(statesAt, x + offset, rows, columns, columnsAt);
      });
    });
    const others = statesAt + channels * STATE * DOUBLE;
    kernels.mergeMoments(statesAt, others, folded - channels, 1, channels);
  }

  apply(memory: Memory, output: Float32Array, input: Float32Array): void {
    const { kernels, linesAt, columnsAt } = memory;
    this.#repeat(memory.lines, LINE);
    this.#forEachTile((tile) => {
      const x = memory.load(input, tile);
      const y = memory.target(output, tile);
      this.#forEachPart(tile.rows, (rows, columns, offset) => {
        kernels.applyColumns(y + offset, x + offset, linesAt, rows, columns, columnsAt);
      });
      memory.store(output, tile);
    });
  }

  addGradientSums(memory: Memory, gradOutput: Float32Array, input: Float32Array): void {
    const { kernels, sums, products, sumsAt, productsAt, linesAt, columnsAt } = memory;
    this.#repeat(memory.lines, LINE);
    const folded = this.channels * this.#fold;
    sums.fill(0, this.channels, folded);
    products.fill(0, this.channels, folded);
    this.#forEachTile((tile) => {
      const x = memory.load(input, tile);
      const g = memory.loadGradient(gradOutput, tile);
      this.#forEachPart(tile.rows, (rows, columns, offset) => {
        kernels.addColumnGradientSums(
          sumsAt,
          productsAt,
          g + offset,
          x + offset,
          linesAt,
          rows,
          columns,
          columnsAt,
        );
      });
    });
    for (let i = this.channels; i < folded; i++) {
      (sums[i % this.channels] as number) += sums[i] as number;
      (products[i % this.channels] as number) += products[i] as number;
    }
  }

  combine(
    memory: Memory,
    gradInput: Float32Array,
    gradOutput: Float32Array,
    input: Float32Array,
  ): void {
    const { kernels, linesAt, combinationsAt, columnsAt } = memory;
    this.#repeat(memory.lines, LINE);
    this.#repeat(memory.combinations, COMBINATION);
    this.#forEachTile((tile) => {
      const x = memory.load(input, tile);
      const g = memory.loadGradient(gradOutput, tile);
      const dx = memory.target(gradInput, tile);
      this.#forEachPart(tile.rows, (rows, columns, offset) => {
        kernels.combineColumns(
          dx + offset,
          g + offset,
          x + offset,
          linesAt,
          combinationsAt,
          rows,
          columns,
          columnsAt,
        );
      });
      memory.store(gradInput, tile);
    });
  }

  /** Repeats the first channels' numbers for those they are folded with. */
  #repeat(numbers: Float64Array, size: number): void {
    const end = this.channels * size;
    for (let fold = 1; fold < this.#fold; fold++) numbers.copyWithin(fold * end, 0, end);
  }

  #forEachTile(work: (tile: Block) => void): void {
    const { channels } = this;
    const stride = this.#stride;
    const fits = Math.max(1, Math.floor(TILE / channels));
    const capacity = fits - (fits % this.#fold);
    for (let row = 0; row < this.#rows; row += capacity) {
      const rows = Math.min(capacity, this.#rows - row);
      work({ start: this.#start + row * stride, rows, length: channels, stride });
    }
  }

  /** Calls `work` with rows that are folded, and with those that are left. */
  #forEachPart(rows: number, work: (rows: number, columns: number, offset: number) => void): void {
    const { channels } = this;
    const left = rows % this.#fold;
    const whole = rows - left;
    if (whole > 0) work(whole / this.#fold, channels * this.#fold, 0);
    if (left > 0) work(left, channels, whole * channels * SINGLE);
  }
}
