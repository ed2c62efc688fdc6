import { ChannelMoments } from 'wasm-norm';
import type { Kept } from './kept.ts';
import type { Normalized } from './normalized.ts';
import { type Rows, rowSize } from './rows.ts';
import type { WholeNormalized } from './whole.ts';

/** Elements of a tile, unless a row has more. */
const ELEMENTS = 65536;

/**
 * Goes through a layer once, tile by tile: a tile is some rows of it, as wide as the picture.
 * Tiles depend on the size of the layer alone, so results do not depend on who does which.
 */
export interface Pass {
  readonly tiles: number;
  /** The multiply-adds of the pass. */
  readonly work: number;
  /** Does a tile. Tiles of one thread go downwards. */
  run(tile: number): ChannelMoments | null;
  /** Ends the pass, once all tiles were done, here or elsewhere, with what came of each. */
  end(results: readonly (ChannelMoments | null)[]): void;
}

/** Gathers the moments of a layer that is normalized, and keeps its rows if they are to be kept. */
export function gathering(layer: Normalized, kept: Kept | null = null): Pass {
  return {
    ...tilesOf(layer.input, (from, to) => layer.gather(from, to)),
    work: (kept?.input ?? layer.input).work(),
    end(results) {
      const moments = new ChannelMoments(layer.channels);
      for (const result of results) if (result) moments.merge(result);
      layer.settle(moments);
      kept?.end();
    },
  };
}

/** Finds the rows of a layer, and keeps them. */
export function keeping(kept: Kept): Pass {
  const find = (from: number, to: number) => {
    kept.read(from, to);
    return null;
  };
  return { ...tilesOf(kept, find), work: kept.input.work(), end: () => kept.end() };
}

/** Finds the rows of a layer that is kept whole, and normalizes them in their place. */
export function normalizing(layer: WholeNormalized): Pass {
  return {
    ...tilesOf(layer.input, (from, to) => layer.find(from, to)),
    work: layer.input.work(),
    end: () => layer.normalize(),
  };
}

function tilesOf(
  rows: Rows,
  find: (from: number, to: number) => ChannelMoments | null,
): Pick<Pass, 'tiles' | 'run'> {
  const { unit, height } = rows;
  const most = Math.floor(ELEMENTS / rowSize(rows) / unit) * unit;
  const size = Math.max(unit, most);
  return {
    tiles: Math.ceil(height / size),
    run: (tile) => find(tile * size, Math.min(height, (tile + 1) * size)),
  };
}

/** Does passes one after the other in this thread, and yields the share of the work that is done. */
export function* walk(passes: readonly Pass[]): Generator<number, void> {
  const total = passes.reduce((sum, { work }) => sum + work, 0);
  let done = 0;
  for (const pass of passes) {
    const share = pass.work / total;
    const results: (ChannelMoments | null)[] = [];
    for (let tile = 0; tile < pass.tiles; tile++) {
      results.push(pass.run(tile));
      yield done + (share * (tile + 1)) / pass.tiles;
    }
    pass.end(results);
    done += share;
  }
}
