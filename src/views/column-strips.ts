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
const MAX_BATCH_ROWS = 32;

const MAX_BATCH_WIDTH = 16;

// Of a batch so many columns at once: pieces of 4 KB are worth a copy. Not 1024, or the
// elements of a column would share few places in the first-level cache.
const BATCH_COLUMNS = 1008;

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
 * Says whether a batch has few rows, of channels that are not wider than the rows are many:
 * else the kernels of rows are faster.
 */
export function isSmallBatch(rows: number, width: number): boolean {
  return rows <= MAX_BATCH_ROWS && width > 0 && width <= Math.min(rows, MAX_BATCH_WIDTH);
}

/** Consecutive samples of few rows. */
export interface Samples {
  /** The first sample. */
  readonly first: number;
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  /** After so many columns weight and bias begin again; a multiple of `columns`. */
  readonly period: number;
}

/** Samples cut into strips of whole ones. */
export class SampleStrips implements Strips<ColumnStrip> {
  readonly count: number;
  readonly #samples: Samples;
  // To these a sample is a row of so many channels.
  readonly #strips: GroupStrips;

  constructor(samples: Samples) {
    const { count, rows, columns, period } = samples;
    const fits = Math.floor(Math.min(TILE_SIZE / rows, MAX_CHANNELS) / columns);
    this.#samples = samples;
    this.#strips = new GroupStrips({ count, groupSize: columns, length: rows, period }, fits);
    this.count = this.#strips.count;
  }

  strip(index: number): ColumnStrip {
    const { first: firstSample, columns, period } = this.#samples;
    const { start, rows, length, stride, first, channels } = this.#strips.strip(index);
    const channel = (firstSample + first) * columns;
    return {
      start,
      rows,
      length,
      stride,
      samples: rows,
      columns,
      first: channel,
      channel: channel % period,
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
    this.#rows = rows;
    this.#channels = channels;
    this.#width = width;
    this.#step = Math.floor(BATCH_COLUMNS / width);
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
      columns: length,
      first,
      channel: first,
      channels,
    };
  }
}
