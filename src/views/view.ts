import type { Memory, Operands } from '../memory/memory.ts';
import type { Tile } from '../memory/tile.ts';

/** Rows that a kernel takes at once, each a channel. */
export interface RowStrip extends Tile {
  /** The channel of the first row. */
  readonly channel: number;
  /** After so many rows the channels begin again with the first. */
  readonly period: number;
  /** How many elements lie between the last channel of a sample and the first of the next. */
  readonly gap: number;
}

/** What is done with a view: a call of one kernel for rows, and of another for columns. */
export interface Operation {
  rows(memory: Memory, strip: RowStrip, y: number, x: number, g: number): void;
  /** Whether the rows of columns may lie apart. */
  readonly takesStrides: boolean;
  columns(memory: Memory, tile: Tile, y: number, x: number, g: number): void;
}

/**
 * Elements of a tensor, seen channel by channel. Each of the channels has moments, a
 * line, two sums and a combination of its own in the memory, at the same index.
 */
export interface View {
  /** At most MAX_CHANNELS. */
  readonly channels: number;
  /**
   * How many sets of numbers each channel has, one set of all channels after another: a
   * kernel of columns sees this many rows as one of so many times the channels.
   */
  readonly fold: number;
  /** Does an operation on its elements. */
  run(memory: Memory, operation: Operation, operands: Operands): void;
}

/** Repeats the numbers of a view's channels, `size` for each, for each set that it folds. */
export function repeatFolded(numbers: Float64Array, size: number, { channels, fold }: View): void {
  const end = channels * size;
  for (let set = 1; set < fold; set++) numbers.copyWithin(set * end, 0, end);
}
