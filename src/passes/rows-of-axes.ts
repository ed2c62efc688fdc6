import type { Elements } from '../memory/elements.ts';
import { TILE_SIZE } from '../memory/sizes.ts';
import { part } from '../memory/tile.ts';
import type { AxesView } from '../views/axes.ts';

/**
 * The rows of a view, copied one tile after the other. A tile has as many rows as TILE_SIZE
 * elements hold, at least one.
 */
export class RowsOfAxes<Values extends Elements | Uint8Array = Elements> {
  readonly tiles: number;
  readonly rowsOfTile: number;
  readonly #view: AxesView;
  readonly #elements: Values;
  readonly #area: Values;
  readonly #offsets: Float64Array;

  /** @param elements those of the whole tensor */
  constructor(view: AxesView, elements: Values) {
    const { rows, length } = view;
    const Own = elements.constructor as new (length: number) => Values;
    this.rowsOfTile = Math.max(1, Math.min(rows, Math.floor(TILE_SIZE / Math.max(1, length))));
    this.tiles = length === 0 ? 0 : Math.ceil(rows / this.rowsOfTile);
    this.#view = view;
    this.#elements = elements;
    this.#area = new Own(this.tiles === 0 ? 0 : this.rowsOfTile * length);
    this.#offsets = view.offsets();
  }

  /** Returns how many rows a tile has. */
  rowsOf(tile: number): number {
    return Math.min(this.rowsOfTile, this.#view.rows - tile * this.rowsOfTile);
  }

  /** Returns where a tile's rows lie one after the other. */
  area(tile: number): Values {
    return part(this.#area, 0, this.rowsOf(tile) * this.#view.length);
  }

  /** Copies a tile from the tensor, and returns it. */
  copyIn(tile: number): Values {
    const area = this.area(tile);
    const starts = this.#startsOf(tile);
    const offsets = this.#offsets;
    const elements = this.#elements;
    // Rows may lie closer together than the elements of one.
    for (let i = 0; i < offsets.length; i++) {
      const offset = offsets[i] as number;
      let at = i;
      for (let row = 0; row < starts.length; row++, at += offsets.length) {
        area[at] = elements[(starts[row] as number) + offset] as number;
      }
    }
    return area;
  }

  /** Copies a tile back to where its elements lie in the tensor. */
  copyOut(tile: number): void {
    const area = this.area(tile);
    const starts = this.#startsOf(tile);
    const offsets = this.#offsets;
    const elements = this.#elements;
    for (let i = 0; i < offsets.length; i++) {
      const offset = offsets[i] as number;
      let at = i;
      for (let row = 0; row < starts.length; row++, at += offsets.length) {
        elements[(starts[row] as number) + offset] = area[at] as number;
      }
    }
  }

  #startsOf(tile: number): Float64Array {
    const first = tile * this.rowsOfTile;
    const starts = new Float64Array(this.rowsOf(tile));
    for (let row = 0; row < starts.length; row++) starts[row] = this.#view.startOf(first + row);
    return starts;
  }
}

/** A mask of rows, or of the elements of a tensor, for one tile after the other. */
export class MasksOfAxes {
  readonly #mask: Uint8Array;
  readonly #rows: RowsOfAxes<Uint8Array>;
  readonly #isOfRows: boolean;

  constructor(view: AxesView, mask: Uint8Array) {
    this.#mask = mask;
    this.#rows = new RowsOfAxes(view, mask);
    this.#isOfRows = mask.length === view.rows;
  }

  /** Returns the mask of the rows of a tile, or of their elements. */
  ofTile(tile: number): Uint8Array {
    if (!this.#isOfRows) return this.#rows.copyIn(tile);
    const first = tile * this.#rows.rowsOfTile;
    return this.#mask.subarray(first, first + this.#rows.rowsOf(tile));
  }
}
