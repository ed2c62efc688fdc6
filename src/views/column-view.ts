import type { Memory, Operands, Plan, Strips } from '../memory/memory.ts';
import type { Operand } from '../memory/selection.ts';
import { F32, TILE_SIZE } from '../memory/sizes.ts';
import type { Tile } from '../memory/tile.ts';
import type { Operation, View } from './view.ts';

// Fewer channels than this are folded: four rows are seen as one of four times the
// channels, so that every vector is full and a row is long enough to be worth a loop.
const FEW_CHANNELS = 16;
const FOLD = 4;

/** Where the columns of channels lie: in rows of `channels` elements, `stride` apart. */
interface ColumnPlaces {
  readonly start: number;
  readonly rows: number;
  readonly channels: number;
  readonly stride: number;
}

/** Each channel is a column of a matrix. */
export class ColumnView implements View {
  readonly channels: number;
  readonly fold: number;
  readonly #places: ColumnPlaces;

  constructor(places: ColumnPlaces) {
    this.channels = places.channels;
    this.fold = places.channels < FEW_CHANNELS ? FOLD : 1;
    this.#places = places;
  }

  run(memory: Memory, operation: Operation, operands: Operands): void {
    const { channels, stride } = this.#places;
    // What need not be copied need not be cut: kernels sum the rows of TILE_SIZE elements together.
    const fits = stride === channels || (operation.takesStrides && this.fold === 1);
    const inPlace = fits && memory.holdsAll(operands);
    const most = inPlace ? Infinity : memory.tileSize;
    memory.run(new ColumnPlan(this.#places, this.fold, operation, operands, most));
  }
}

/** Does an operation on strips of rows: on those that can be folded, then on the rest. */
class ColumnPlan implements Plan<Tile> {
  readonly output: Operand | null;
  readonly input: Operand;
  readonly gradOutput: Operand | null;
  readonly strips: ColumnStrips;
  readonly takesStrides: boolean;
  readonly #fold: number;
  readonly #operation: Operation;

  constructor(
    places: ColumnPlaces,
    fold: number,
    operation: Operation,
    { output, input, gradOutput }: Operands,
    most: number,
  ) {
    this.output = output;
    this.input = input;
    this.gradOutput = gradOutput;
    this.strips = new ColumnStrips(places, fold, most);
    this.takesStrides = most === Infinity;
    this.#fold = fold;
    this.#operation = operation;
  }

  work(memory: Memory, tile: Tile, y: number, x: number, g: number): void {
    const { start, rows, length } = tile;
    const fold = this.#fold;
    const operation = this.#operation;
    if (this.takesStrides && fold === 1) {
      operation.columns(memory, tile, y, x, g);
      return;
    }
    const columns = length * fold;
    const left = rows % fold;
    const folded = rows - left;
    const packed = { start, rows: folded / fold, length: columns, stride: columns };
    if (folded > 0) operation.columns(memory, packed, y, x, g);
    if (left > 0) {
      const offset = folded * length * F32;
      const rest = { start: start + folded * length, rows: left, length, stride: length };
      operation.columns(memory, rest, y + offset, x + offset, g + offset);
    }
  }
}

/**
 * Strips of as many rows as a tile holds, in each TILE_SIZE elements of it a multiple of the fold.
 */
class ColumnStrips implements Strips<Tile> {
  readonly count: number;
  readonly #places: ColumnPlaces;
  /** Rows in a strip. */
  readonly #step: number;

  /** @param most the elements of a tile */
  constructor(places: ColumnPlaces, fold: number, most: number) {
    const fits = Math.max(1, Math.floor(TILE_SIZE / places.channels));
    const step = (fits - (fits % fold)) * Math.floor(most / TILE_SIZE);
    this.#places = places;
    this.#step = Math.max(1, Math.min(places.rows, step));
    this.count = Math.ceil(places.rows / this.#step);
  }

  strip(index: number): Tile {
    const { start, rows, channels, stride } = this.#places;
    const first = index * this.#step;
    return {
      start: start + first * stride,
      rows: Math.min(this.#step, rows - first),
      length: channels,
      stride,
    };
  }
}
