// A thread's part of a painting. All threads lay the same layers out over the same stores, and each
// does its share of the tiles of every pass.

import { join } from 'node:path';
import { ChannelMoments, type ChannelMomentsJSON, type ImageLike } from 'wasm-norm';
import type { Network } from '../../paint/network/network.ts';
import { planPainting } from '../../paint/paint.ts';
import { MemoryStore, type Store, sizeOf } from '../../paint/walk/kept.ts';
import type { Pass } from '../../paint/walk/passes.ts';
import { type Rows, rowSize } from '../../paint/walk/rows.ts';
import { FileStore } from './file-store.ts';

/** What all threads share. */
export interface Shared {
  readonly width: number;
  readonly height: number;
  /** RGBA bytes. */
  readonly photograph: SharedArrayBuffer;
  readonly result: SharedArrayBuffer;
  readonly style: readonly number[];
  readonly strength: number;
  /** A folder for files that keep layers, or the memory that does. */
  readonly kept: string | readonly SharedArrayBuffer[];
  /** Whether large layers are kept too. */
  readonly keepsLarge: boolean;
}

/** What came of a tile; it is sent to other threads. */
export type TileResult = ChannelMomentsJSON | null;

/** A share of a painting's tiles. */
export class Part {
  readonly passes: readonly Pass[];
  readonly #files: FileStore[] = [];
  readonly #index: number;
  readonly #parts: number;

  constructor(network: Network, shared: Shared, index: number, parts: number) {
    const { width, height, style, strength, kept, keepsLarge } = shared;
    const photograph: ImageLike = { data: new Uint8Array(shared.photograph), width, height };
    const result = { data: new Uint8ClampedArray(shared.result), width, height };
    let stores = 0;
    const make = (layer: Rows): Store => {
      const place = stores++;
      if (typeof kept !== 'string') {
        const memory = kept[place];
        if (memory === undefined) throw new Error(`there is no memory for layer ${place}`);
        return new MemoryStore(new Float32Array(memory, 0, sizeOf(layer)), rowSize(layer));
      }
      const file = new FileStore(join(kept, String(place)), rowSize(layer));
      this.#files.push(file);
      return file;
    };
    this.passes = planPainting(network, photograph, result, {
      style: Float32Array.from(style),
      strength,
      stores: { make, keepsLarge },
    });
    this.#index = index;
    this.#parts = parts;
  }

  /** Does its share of a pass. */
  run(pass: Pass): readonly TileResult[] {
    const boundary = (index: number) => Math.floor((index * pass.tiles) / this.#parts);
    const results: TileResult[] = [];
    for (let tile = boundary(this.#index); tile < boundary(this.#index + 1); tile++) {
      results.push(pass.run(tile)?.toJSON() ?? null);
    }
    return results;
  }

  /** Ends a pass with what came of all tiles. */
  end(pass: Pass, results: readonly TileResult[]): void {
    pass.end(results.map((json) => json && ChannelMoments.fromJSON(json)));
  }

  /** Lets go of files. */
  close(): void {
    for (const file of this.#files) file.close();
  }
}
