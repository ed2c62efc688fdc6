import type { Strips } from '../memory/memory.ts';
import { MAX_CHANNELS, MAX_ELEMENTS } from '../memory/sizes.ts';
import type { Tile } from '../memory/tile.ts';

/** Contiguous rows with moments of their own, each of `groupSize` channels of `length` elements. */
export interface Rows {
  readonly count: number;
  readonly groupSize: number;
  readonly length: number;
  /** After so many channels weight and bias begin again; a multiple of groupSize. */
  readonly period: number;
}

/** A run of consecutive rows that a kernel takes at once. */
export interface GroupStrip extends Tile {
  /** The first row. */
  readonly first: number;
  /** The first row's first channel, counted from the start of a period. */
  readonly channel: number;
  /** How many channels have a weight of their own: all of a period, or some within one. */
  readonly channels: number;
}

/**
 * Says whether the scratch holds a row, and the weights of one.
 *
 * @param most the elements of a tile; Infinity where rows are worked on where they lie
 */
export function fitsScratch({ groupSize, length }: Rows, most: number): boolean {
  const weights = length === 1 ? MAX_ELEMENTS : MAX_CHANNELS;
  return groupSize <= weights && groupSize * length <= most;
}

/** Returns how many rows the scratch holds at most, of those that fit it. */
export function capacityOf({ groupSize, length }: Rows, most: number): number {
  return Math.min(MAX_CHANNELS, Math.floor(most / (groupSize * length)));
}

/** Rows cut into strips: of whole periods where they fit, else of rows within a period. */
export class GroupStrips implements Strips<GroupStrip> {
  readonly count: number;
  readonly #rows: Rows;
  /** How many rows are cut at once: all, or those of a period. */
  readonly #run: number;
  /** Rows in a strip. */
  readonly #step: number;
  readonly #stripsOfRun: number;

  /** @param capacity how many rows a strip may have, at least 1 */
  constructor(rows: Rows, capacity: number) {
    const { count, groupSize, period } = rows;
    const rowsOfPeriod = period / groupSize;
    const weights = groupSize > MAX_CHANNELS ? MAX_ELEMENTS : MAX_CHANNELS;
    const takesPeriods = period <= weights && rowsOfPeriod <= capacity;
    this.#rows = rows;
    // One sample with a length may be less than a period.
    this.#run = takesPeriods ? count : Math.min(count, rowsOfPeriod);
    this.#step = takesPeriods
      ? capacity - (capacity % rowsOfPeriod)
      : Math.min(capacity, Math.floor(weights / groupSize));
    this.#stripsOfRun = Math.ceil(this.#run / this.#step);
    this.count = count === 0 ? 0 : (count / this.#run) * this.#stripsOfRun;
  }

  strip(index: number): GroupStrip {
    const { groupSize, length, period } = this.#rows;
    const run = Math.floor(index / this.#stripsOfRun);
    const done = (index % this.#stripsOfRun) * this.#step;
    const first = run * this.#run + done;
    const rows = Math.min(this.#step, this.#run - done);
    const size = groupSize * length;
    return {
      start: first * size,
      rows,
      length: size,
      stride: size,
      first,
      channel: (first * groupSize) % period,
      channels: Math.min(rows * groupSize, period),
    };
  }
}

/** A piece of a row whose elements have weights of their own. */
export interface Piece extends Tile {
  /** The piece's first element, counted from the start of the row. */
  readonly element: number;
}

/** A row cut into pieces, of as many elements as have weights in the scratch, or of others. */
export class Pieces implements Strips<Piece> {
  readonly count: number;
  readonly #start: number;
  readonly #length: number;
  readonly #most: number;

  /**
   * @param start the first element of the row
   * @param most the elements of a piece
   */
  constructor(start: number, length: number, most: number = MAX_ELEMENTS) {
    this.#start = start;
    this.#length = length;
    this.#most = most;
    this.count = Math.ceil(length / most);
  }

  strip(index: number): Piece {
    const element = index * this.#most;
    const length = Math.min(this.#most, this.#length - element);
    return { start: this.#start + element, rows: 1, length, stride: length, element };
  }
}
