// Paints the reference picture, and prints how far it is from PyTorch's and a digest of its bits.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Arena, readSafetensors } from 'wasm-norm';
import { layOut } from '../../../cli/paint/network/layers.ts';
import { readNetwork } from '../../../cli/paint/network/network.ts';
import { mixStyles } from '../../../cli/paint/network/styles.ts';
import { MemoryStore, sizeOf } from '../../../cli/paint/walk/kept.ts';
import { walk } from '../../../cli/paint/walk/passes.ts';
import { largestDifference, layerOf, planesOf } from '../../support/layers.ts';

const network = readNetwork(readFileSync('style-network.safetensors'));
const reference = readSafetensors(readFileSync('reference.safetensors'));

function floats(key: string) {
  const tensor = reference[key];
  if (!(tensor?.data instanceof Float32Array)) throw new Error(`no ${key}`);
  return { shape: tensor.shape, data: tensor.data };
}

const { shape, data } = floats('input');
const picture = layerOf({ shape, data: data.map((value) => 2 * value - 1) });
const found = ['great-wave', 'starry-night'].map((name) => {
  const result = new Float32Array(sizeOf(picture));
  const store = new MemoryStore(result, picture.width * picture.channels);
  const style = mixStyles(network, { [name]: 1 });
  for (const _ of walk(layOut(network, style, picture, new Arena(2 ** 24), store)));
  const error = largestDifference(planesOf(result, 3), floats(`output.${name}`).data);
  return {
    error,
    digest: createHash('sha256').update(new Uint8Array(result.buffer)).digest('hex'),
  };
});
console.log(JSON.stringify(found));
