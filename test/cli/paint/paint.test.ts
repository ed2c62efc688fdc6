import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Arena, readSafetensors } from 'wasm-norm';
import { layOut } from '../../../cli/paint/network/layers.ts';
import { type Network, readNetwork } from '../../../cli/paint/network/network.ts';
import { mixStyles } from '../../../cli/paint/network/styles.ts';
import { paint } from '../../../cli/paint/paint.ts';
import { MemoryStore, sizeOf } from '../../../cli/paint/walk/kept.ts';
import { walk } from '../../../cli/paint/walk/passes.ts';
import type { Rows } from '../../../cli/paint/walk/rows.ts';

import { largestDifference, layerOf, planesOf } from '../../support/layers.ts';
import { randomPicture } from '../../support/pictures.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const network: Network = readNetwork(
  readFileSync(join(ROOT, 'cli/paint/style-network.safetensors')),
);
const reference = readSafetensors(
  readFileSync(join(ROOT, 'test/fixtures/style-network-reference.safetensors')),
);

/** Returns a tensor of the reference. */
function floats(key: string) {
  const tensor = reference[key];
  if (!(tensor?.data instanceof Float32Array)) throw new Error(`no ${key}`);
  return { shape: tensor.shape, data: tensor.data };
}

const styleOf = (name: string) => mixStyles(network, { [name]: 1 });

/** What keeps which layers. */
type Keeps = 'arena' | 'all' | 'small';

/** Paints a layer, from -1 to 1, and returns the colours. */
function coloursOf(picture: Rows, style: Float32Array, keeps: Keeps): Float32Array {
  const make = (layer: Rows) =>
    new MemoryStore(new Float32Array(sizeOf(layer)), layer.width * layer.channels);
  const stores = keeps === 'arena' ? new Arena(2 ** 24) : { make, keepsLarge: keeps === 'all' };
  const result = new Float32Array(sizeOf(picture));
  const store = new MemoryStore(result, picture.width * picture.channels);
  for (const _ of walk(layOut(network, style, picture, stores, store)));
  return result;
}

describe('the network', () => {
  test.each([
    ['great-wave', styleOf('great-wave')],
    ['starry-night', styleOf('starry-night')],
    ['mixed', mixStyles(network, { 'great-wave': 3, 'starry-night': 3 })],
  ])('gives what PyTorch gives: %s', (name, style) => {
    const { shape, data } = floats('input');
    const picture = layerOf({ shape, data: data.map((value) => 2 * value - 1) });
    const expected = floats(`output.${name}`).data;
    for (const keeps of ['arena', 'all', 'small'] as const) {
      const colours = planesOf(coloursOf(picture, style, keeps), 3);
      expect(largestDifference(colours, expected)).toBeLessThan(2e-5);
    }
  });

  test('knows the style in each of its 15 normalizations', () => {
    const photograph = randomPicture(16, 16, 1);
    const style = styleOf('scream');
    const other = styleOf('water-lilies');
    const before = paint(network, photograph, { style });
    let at = 0;
    expect(network.layers).toHaveLength(15);
    for (const { name, channels } of network.layers) {
      const changed = style.slice();
      changed.set(other.subarray(at, at + 2 * channels), at);
      at += 2 * channels;
      const after = paint(network, photograph, { style: changed });
      expect(largestDifference(after.data, before.data), name).toBeGreaterThan(0);
    }
    expect(at).toBe(style.length);
  });
});

describe('a photograph of any size', () => {
  test.each([
    [1, 1],
    [3, 2],
    [9, 7],
    [8, 160],
    [255, 21],
  ])('%i x %i comes out in its size, with its alpha', (width, height) => {
    const photograph = randomPicture(width, height, 2);
    const painted = paint(network, photograph, { style: styleOf('metzinger') });
    expect([painted.width, painted.height]).toEqual([width, height]);
    const alphas = (data: Uint8ClampedArray) => data.filter((_, i) => i % 4 === 3);
    expect(alphas(painted.data)).toEqual(alphas(photograph.data));
  });

  test('is continued as in a mirror where its sides are no multiples of 4', () => {
    const { width, height, data } = randomPicture(14, 11, 3);
    const mirrored = { width: 16, height: 12, data: new Uint8ClampedArray(4 * 16 * 12) };
    for (let y = 0; y < 12; y++) {
      for (let x = 0; x < 16; x++) {
        const from = 4 * (Math.min(y, 20 - y) * width + Math.min(x, 26 - x));
        mirrored.data.set(data.subarray(from, from + 4), 4 * (16 * y + x));
      }
    }
    const style = styleOf('adele');
    const painted = paint(network, { width, height, data }, { style });
    const whole = paint(network, mirrored, { style });
    for (let y = 0; y < height; y++) {
      const expected = whole.data.subarray(4 * 16 * y, 4 * (16 * y + width));
      expect(painted.data.subarray(4 * width * y, 4 * width * (y + 1))).toEqual(expected);
    }
  });

  test('is the photograph at a strength of 0, and halfway at a half', () => {
    const photograph = randomPicture(20, 12, 4);
    const style = styleOf('great-wave');
    const at = (strength: number) => paint(network, photograph, { style, strength }).data;
    expect(at(0)).toEqual(photograph.data);
    const halfway = at(1).map((value, i) => (value + (photograph.data[i] as number)) / 2);
    expect(largestDifference(at(0.5), halfway)).toBeLessThanOrEqual(1);
  });
});
