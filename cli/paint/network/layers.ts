import type { Arena } from 'wasm-norm';
import { Convolved } from '../walk/convolved.ts';
import { Kept, MemoryStore, type Store, sizeOf } from '../walk/kept.ts';
import { Normalized } from '../walk/normalized.ts';
import { gathering, keeping, normalizing, type Pass } from '../walk/passes.ts';
import { Rectified } from '../walk/rectified.ts';
import { type Rows, rowSize } from '../walk/rows.ts';
import { Sum } from '../walk/sum.ts';
import { WholeNormalized } from '../walk/whole.ts';
import { BLOCKS, type Network } from './network.ts';

/** What keeps layers. */
export interface Stores {
  /** Makes a store for a layer, or for several of one size that are kept one after the other. */
  make(layer: Rows): Store;
  /** Whether the layers of the picture's size and half of it are kept too, or found anew. */
  readonly keepsLarge: boolean;
}

/**
 * Lays the network out over a picture.
 *
 * @param style of each normalized layer its weights, then its biases
 * @param stores where layers are kept; in an arena all are kept, and normalized there
 * @param result where the colours go
 * @returns what is to be done, in order
 */
export function layOut(
  { convolutions, layers, eps }: Network,
  style: Float32Array,
  picture: Rows,
  stores: Stores | Arena,
  result: Store,
): readonly Pass[] {
  const passes: Pass[] = [];
  let place = 0;
  let layer = 0;

  const make = (rows: Rows): Store =>
    'keepsLarge' in stores
      ? stores.make(rows)
      : new MemoryStore(stores.tensor([sizeOf(rows)]).data, rowSize(rows));
  const makeLarge = (rows: Rows) =>
    'keepsLarge' in stores && !stores.keepsLarge ? null : make(rows);
  const convolved = (name: string, input: Rows, rectifies: boolean): Rows => {
    const convolution = convolutions.get(name);
    if (convolution === undefined) throw new Error(`the network has no ${name}`);
    return new Convolved(input, convolution, rectifies);
  };
  const normalized = (rows: Rows, store: Store | null): Rows => {
    const channels = layers[layer++]?.channels ?? 0;
    const weight = style.subarray(place, place + channels);
    const bias = style.subarray(place + channels, place + 2 * channels);
    place += 2 * channels;
    const options = { weight, bias, eps };
    if (!('keepsLarge' in stores) && store instanceof MemoryStore) {
      const whole = new WholeNormalized(rows, store.data, options);
      passes.push(normalizing(whole));
      return whole;
    }
    const kept = store === null ? null : new Kept(rows, store);
    const norm = new Normalized(kept ?? rows, options);
    passes.push(gathering(norm, kept));
    return norm;
  };

  const first = convolved('down1', picture, false);
  const wholeStore = makeLarge(first);
  const second = convolved('down2', normalized(first, wholeStore), true);
  const halfStore = makeLarge(second);
  const third = convolved('down3', normalized(second, halfStore), true);
  const [blockStore, firstStore, secondStore] = [make(third), make(third), make(third)];
  let x = new Kept(new Rectified(normalized(third, secondStore)), blockStore);
  passes.push(keeping(x));
  for (let i = 1; i <= BLOCKS; i++) {
    const a = normalized(convolved(`res${i}.a`, x, false), firstStore);
    const b = normalized(convolved(`res${i}.b`, a, true), secondStore);
    // In its own place: each row of the sum is found from that row alone.
    x = new Kept(new Sum(x, b), blockStore);
    passes.push(keeping(x));
  }
  // The layers of these sizes on the way down are not needed any more.
  const up1 = normalized(convolved('up1', x, false), halfStore);
  const up2 = normalized(convolved('up2', up1, true), wholeStore);
  passes.push(keeping(new Kept(convolved('out', up2, true), result)));
  return passes;
}
