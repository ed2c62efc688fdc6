// The service with the platform's image service, as miniflare simulates it: by sharp, which resizes
// and converts, but does not turn a picture as EXIF says.

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { ImageLike } from '../../src/index.ts';
import { decode, encodeJpeg, encodePng } from '../support/codecs.ts';
import { expectRefused, sendForm } from './requests.ts';

interface Miniflare {
  readonly ready: Promise<URL>;
  dispose(): Promise<void>;
}

const tools = createRequire(new URL('../../examples/edge-worker/tools/', import.meta.url));
const { Miniflare } = tools('miniflare') as { Miniflare: new (options: object) => Miniflare };

let simulation: Miniflare;
let url: string;

beforeAll(async () => {
  const folder = inject('folder');
  const wasm = readdirSync(folder).filter((name) => name.endsWith('.wasm'));
  const worker = {
    type: 'ESModule',
    path: 'worker.js',
    contents: readFileSync(`${folder}/worker.js`),
  };
  const modules = wasm.map((name) => ({
    type: 'CompiledWasm',
    path: name,
    contents: readFileSync(`${folder}/${name}`),
  }));
  simulation = new Miniflare({
    modules: [worker, ...modules],
    images: { binding: 'IMAGES' },
    compatibilityDate: '2026-04-01',
    host: '127.0.0.1',
  });
  url = (await simulation.ready).origin;
}, 60_000);

afterAll(() => simulation.dispose());

/** Makes a picture whose left half is red, and whose right half is blue. */
function halves(width: number, height: number): ImageLike {
  const data = new Uint8Array(4 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    data.set(pixel % width < width / 2 ? [200, 40, 30, 255] : [20, 30, 200, 255], 4 * pixel);
  }
  return { data, width, height };
}

const style = await encodePng(halves(8, 8));

/** Decodes a picture by the service, and makes it no larger than is allowed. */
async function decoded(content: Uint8Array<ArrayBuffer>): Promise<ImageLike> {
  const response = await sendForm({ content, style, strength: '0' }, url);
  expect(response.status, await response.clone().text()).toBe(200);
  return decode(new Uint8Array(await response.arrayBuffer()));
}

test.each([
  ['JPEG', (picture: ImageLike) => encodeJpeg(picture, 80)],
  ['PNG', encodePng],
])('a %s of a phone is made smaller by the image service', async (_, encode) => {
  const { data, width, height } = await decoded(await encode(halves(2000, 1500)));
  expect([width, height]).toEqual([1181, 886]);
  const row = 4 * width * 400;
  for (const [column, colour] of [
    [100, [200, 40, 30]],
    [1000, [20, 30, 200]],
  ] as const) {
    for (const [channel, byte] of colour.entries()) {
      const found = data[row + 4 * column + channel] as number;
      expect(Math.abs(found - byte)).toBeLessThan(4);
    }
  }
});

test('a GIF is converted by the image service', async () => {
  // One pixel of red, as the specification of GIF89a lays it out.
  const gif = [
    ...Buffer.from('GIF89a'),
    ...[1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 0],
    ...[0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b],
  ];
  expect([...(await decoded(Uint8Array.from(gif))).data]).toEqual([255, 0, 0, 255]);
});

test('what the image service does not take is refused in its words', async () => {
  const gif = new Uint8Array(Buffer.from('GIF89a, and no more'));
  const response = await sendForm({ content: gif, style }, url);
  await expectRefused(response, 400, 'content', 'content: the image service does not take it: ');
});

test('a page of HTML is refused without it', async () => {
  const page = new Uint8Array(Buffer.from('<!doctype html>'));
  await expectRefused(
    await sendForm({ content: page, style }, url),
    415,
    'content',
    'an HTML page',
  );
});
