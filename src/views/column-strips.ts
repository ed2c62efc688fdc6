import type { Strips } from '../memory/memory.ts';
import { MAX_CHANNELS, TILE_SIZE } from '../memory/sizes.ts';
import type { Tile } from '../memory/tile.ts';
import { GroupStrips } from './strips.ts';

// Columns of up to so many rows are summed in float64 in any case, and samples of more
// elements are as fast one by one.
const MAX_SAMPLE_ROWS = 256;
const MAX_SAMPLE_ELEMENTS = 2048;

// The kernels of columns in float32 take 25 ns for each column as a whole: as much as these
// save with so many rows.
const MAX_BATCH_ROWS = 128;

const MAX_BATCH_WIDTH = 64;

// Of a row of a batch so many elements at once: pieces of 4 KB are worth a copy. Less by a line
// of the cache than a multiple of its size, or the elements of a column would share few places
// in the first-level cache.
const MAX_PIECE = 1024;
const PIECE_UNIT = 64;
const PIECE_LESS = 16;

// Up to these lengths a row is faster in float64, beside another, than alone: rows of 49 take
// 0.94 of the time backward, and 1.2 forward.
const MAX_SHORT_ROW = 32;
const MAX_SHORT_ROW_BACKWARD = 56;

/** Columns of few rows that a kernel takes at once. */
export interface ColumnStrip extends Tile {
  readonly samples: number;
  /** The columns of a sample. */
  readonly columns: number;
  /** The first channel, counted over all samples. */
  readonly first: number;
  /** The first channel, counted from the start of a period. */
  readonly channel: number;
  /** How many channels have a weight of their own. */
  readonly channels: number;
}

/** Says whether a sample is so small that a kernel takes many at once. */
export function isSmallSample(rows: number, columns: number): boolean {
  const size = rows * columns;
  return rows <= MAX_SAMPLE_ROWS && size <= MAX_SAMPLE_ELEMENTS && size > 0;
}

/**
 * Says whether a batch has few rows, of channels that are narrow beside them: else the kernels
 * of rows are faster. A channel of `width` elements a row costs 4 ns for each of them, and for
 * each row 25 ns more as a row than as columns.
 */
export function isSmallBatch(rows: number, width: number): boolean {
  const isNarrow = width <= MAX_BATCH_WIDTH && width * width <= MAX_BATCH_WIDTH * rows;
  return rows <= MAX_BATCH_ROWS && isNarrow && rows * width > 0;
}

/** Says whether a row is so short that it is a column to a kernel, which takes two at a time. */
export function isShortRow(length: number, backward: boolean): boolean {
  return length > 1 && length <= (backward ? MAX_SHORT_ROW_BACKWARD : MAX_SHORT_ROW);
}

/** Consecutive samples of columns of few elements. */
export interface Samples {
  /** The first element. */
  readonly start: number;
  /** The first sample. */
  readonly first: number;
  readonly count: number;
  /** The columns of a sample, which are not parted; 1 where each has all its elements in a row. */
  readonly columns: number;
  /** The elements of a column. */
  readonly length: number;
  /** From the first element of a sample to that of the next. */
  readonly stride: number;
  /** After so many columns weight and bias begin again: a multiple of `columns`, 0 for none. */
  readonly period: number;
}

/** Samples cut into strips of whole ones. To a kernel, those of one column are one sample. */
export class SampleStrips implements Strips<ColumnStrip> {
  readonly count: number;
  readonly #samples: Samples;
  // To these a sample is a row of so many channels.
  readonly #strips: GroupStrips;

  constructor(samples: Samples) {
    const { count, columns, length, period } = samples;
    const fits = Math.floor(Math.min(TILE_SIZE / length, MAX_CHANNELS) / columns);
    this.#samples = samples;
    this.#strips = new GroupStrips(
      { count, groupSize: columns, length, period: period || columns },
      fits,
    );
    this.count = this.#strips.count;
  }

  strip(index: number): ColumnStrip {
    const { start, first: firstSample, columns, stride, period } = this.#samples;
    const { rows, length, first, channels } = this.#strips.strip(index);
    const channel = (firstSample + first) * columns;
    const together = period === 0 ? rows : channels;
    const taken = columns === 1 ? together : columns;
    return {
      start: start + first * stride,
      rows,
      length,
      stride,
      samples: (rows * columns) / taken,
      columns: taken,
      first: channel,
      channel: channel % (period || columns),
      channels,
    };
  }
}

/** The channels of a batch of few rows cut into strips, each channel of `width` columns. */
export class BatchStrips implements Strips<ColumnStrip> {
  readonly count: number;
  readonly #rows: number;
  readonly #channels: number;
  readonly #width: number;
  /** Channels in a strip. */
  readonly #step: number;

  constructor(rows: number, channels: number, width: number) {
    const fits = Math.min(MAX_PIECE, Math.floor(TILE_SIZE / rows));
    const piece = fits - (fits % PIECE_UNIT) - PIECE_LESS;
    this.#rows = rows;
    this.#channels = channels;
    this.#width = width;
    this.#step = Math.floor(piece / width);
    this.count = Math.ceil(channels / this.#step);
  }

  strip(index: number): ColumnStrip {
    const width = this.#width;
    const first = index * this.#step;
    const channels = Math.min(this.#step, this.#channels - first);
    const length = channels * width;
    return {
      start: first * width,
      rows: this.#rows,
      length,
      stride: this.#channels * width,
      samples: 1,
      columns: channels,
      first,
      channel: first,
      channels,
    };
  }
}
