import { Convolved } from '../walk/convolved.ts';
import { Kept, type Store } from '../walk/kept.ts';
import { Normalized } from '../walk/normalized.ts';
import { gathering, keeping, type Pass } from '../walk/passes.ts';
import type { Rows } from '../walk/rows.ts';
import { Sum } from '../walk/sum.ts';
import { BLOCKS, type Network } from './network.ts';

/** What keeps layers. The first and the last ones are the largest, and need not be kept. */
export interface Stores {
  /** Makes a store for a layer, or for several of one size that are kept one after the other. */
  make(layer: Rows): Store;
  /** Whether layers of a half and of the whole size are kept too; otherwise found anew. */
  readonly keepsLarge: boolean;
}

/**
 * Lays the network out over a picture.
 *
 * @param style of each normalized layer its weights, then its biases
 * @param result where the colours go
 * @returns what is to be done, in order
 */
export function layOut(
  network: Network,
  style: Float32Array,
  picture: Rows,
  stores: Stores,
  result: Store,
): readonly Pass[] {
  const { convolutions, layers, eps } = network;
  const passes: Pass[] = [];
  let place = 0;
  let layer = 0;

  const convolved = (name: string, input: Rows): Rows => {
    const convolution = convolutions.get(name);
    if (convolution === undefined) throw new Error(`the network has no ${name}`);
    return new Convolved(input, convolution);
  };
  const normalized = (rows: Rows, rectifies: boolean): Normalized => {
    const channels = layers[layer++]?.channels ?? 0;
    const weight = style.subarray(place, place + channels);
    const bias = style.subarray(place + channels, place + 2 * channels);
    place += 2 * channels;
    return new Normalized(rows, { weight, bias, eps, rectifies });
  };
  const add = (rows: Rows, store: Store | null, rectifies = true): Normalized => {
    const kept = store === null ? null : new Kept(rows, store);
    const norm = normalized(kept ?? rows, rectifies);
    passes.push(gathering(norm, kept));
    return norm;
  };
  const large = (rows: Rows) => (stores.keepsLarge ? stores.make(rows) : null);
  const addLarge = (name: string, input: Rows): Normalized => {
    const rows = convolved(name, input);
    return add(rows, large(rows));
  };

  const down2 = addLarge('down2', addLarge('down1', picture));
  const small = convolved('down3', down2);
  const [blockStore, firstStore, secondStore] = [0, 1, 2].map(() => stores.make(small)) as [
    Store,
    Store,
    Store,
  ];
  let x = new Kept(add(small, secondStore), blockStore);
  passes.push(keeping(x));
  for (let i = 1; i <= BLOCKS; i++) {
    const a = add(convolved(`res${i}.a`, x), firstStore);
    const b = add(convolved(`res${i}.b`, a), secondStore, false);
    // In its own place: each row of the sum is found from that row alone.
    x = new Kept(new Sum(x, b), blockStore);
    passes.push(keeping(x));
  }
  const up2 = addLarge('up2', addLarge('up1', x));
  passes.push(keeping(new Kept(convolved('out', up2), result)));
  return passes;
}

/** The float32 that a picture's layers take where all are kept, or the small ones only. */
export function keptSize(picture: Rows, keepsLarge: boolean): number {
  const pixels = picture.height * picture.width;
  const small = (3 * 80 * pixels) / 16;
  return keepsLarge ? small + 2 * (16 * pixels + (32 * pixels) / 4) : small;
}
