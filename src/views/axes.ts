import type { Strips } from '../memory/memory.ts';
import { MAX_CHANNELS, TILE_SIZE } from '../memory/sizes.ts';
import type { Tile } from '../memory/tile.ts';
import { sizeOf } from '../tensor/shape.ts';

// Columns are taken so many at a time where a tile holds more.
const COLUMN_UNIT = 16;

/** Dimensions of a tensor, the elements of which are taken together in each place of the others. */
export class AxesView {
  /** How many places the other dimensions have: each is a row of the elements. */
  readonly rows: number;
  /** The elements of the dimensions. */
  readonly length: number;
  /** How many times the dimensions follow each other, where they lie together; else 0. */
  readonly samples: number;
  /** How far their elements lie apart then. */
  readonly apart: number;
  readonly #kept: Dimensions;
  readonly #taken: Dimensions;

  /** @param axes the dimensions, in the order of the elements of a row, the last one fastest */
  constructor(shape: readonly number[], axes: readonly number[]) {
    const others = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    this.#kept = new Dimensions(shape, others);
    this.#taken = new Dimensions(shape, axes);
    this.rows = this.#kept.size;
    this.length = this.#taken.size;
    const first = axes[0] ?? shape.length;
    const isBlock = axes.every((axis, i) => axis === first + i);
    this.samples = isBlock ? sizeOf(shape.slice(0, first)) : 0;
    this.apart = sizeOf(shape.slice(first + axes.length));
  }

  /** Whether the rows lie as they are, one after the other. */
  get isTrailing(): boolean {
    return this.samples === this.rows;
  }

  /** Returns where a row begins. */
  startOf(row: number): number {
    return this.#kept.placeOf(row);
  }

  /** Returns where the elements of a row lie from its start. */
  offsets(): Float64Array {
    return Float64Array.from({ length: this.length }, (_, i) => this.#taken.placeOf(i));
  }
}

/** Some dimensions of a tensor, as if it had no others. */
class Dimensions {
  readonly size: number;
  readonly #sizes: readonly number[];
  readonly #strides: readonly number[];

  constructor(shape: readonly number[], axes: readonly number[]) {
    this.#sizes = axes.map((axis) => shape[axis] as number);
    this.#strides = axes.map((axis) => sizeOf(shape.slice(axis + 1)));
    this.size = sizeOf(this.#sizes);
  }

  /** Returns where an element lies in the tensor. */
  placeOf(index: number): number {
    let place = 0;
    let rest = index;
    for (let i = this.#sizes.length - 1; i >= 0; i--) {
      const size = this.#sizes[i] as number;
      place += (rest % size) * (this.#strides[i] as number);
      rest = Math.floor(rest / size);
    }
    return place;
  }
}

/** Columns of a matrix, all of its rows. */
export interface ColumnsTile extends Tile {
  /** The first column, counted over all samples. */
  readonly first: number;
}

/** The columns of matrices of `length` rows and `apart` columns, cut into tiles. */
export class ColumnsOfSamples implements Strips<ColumnsTile> {
  readonly count: number;
  readonly #view: AxesView;
  /** Columns in a tile. */
  readonly width: number;
  readonly #tilesOfSample: number;

  /** @param most the elements of a tile */
  constructor(view: AxesView, most: number = TILE_SIZE) {
    const { samples, length, apart } = view;
    const fits = Math.min(apart, MAX_CHANNELS, Math.floor(most / Math.max(1, length)));
    this.#view = view;
    this.width = fits > COLUMN_UNIT && fits < apart ? fits - (fits % COLUMN_UNIT) : fits;
    this.#tilesOfSample = Math.ceil(apart / this.width);
    this.count = samples * length * apart === 0 ? 0 : samples * this.#tilesOfSample;
  }

  strip(index: number): ColumnsTile {
    const { length, apart } = this.#view;
    const sample = Math.floor(index / this.#tilesOfSample);
    const column = (index % this.#tilesOfSample) * this.width;
    return {
      start: sample * length * apart + column,
      rows: length,
      length: Math.min(this.width, apart - column),
      stride: apart,
      first: sample * apart + column,
    };
  }
}
