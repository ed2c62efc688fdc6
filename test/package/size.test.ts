import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { bundle, gzippedSize } from '../../scripts/bundle-size.ts';
import * as api from '../../src/index.ts';
import { gradientsText } from '../../src/kernels/compiled-gradients.ts';
import { kernelsText } from '../../src/kernels/compiled-kernels.ts';
import { pixelsText } from '../../src/kernels/compiled-pixels.ts';
import { vectorsText } from '../../src/kernels/compiled-vectors.ts';
import { decodeBytes } from '../../src/kernels/decode-bytes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
// Only these bring the code for pictures.
const PICTURES = [
  'ImageMoments',
  'imageMoments',
  'imageToTensor',
  'restyle',
  'tensorToImage',
  'tissueMask',
];

const everything = "export * from 'wasm-norm'";
const instanceNorm = "export { instanceNorm } from 'wasm-norm'";
const exporting = (names: readonly string[]) => `export { ${names.join(', ')} } from 'wasm-norm'`;
const withoutThreads = exporting(Object.keys(api).filter((name) => name !== 'SharedArena'));
const withoutPictures = exporting(
  Object.keys(api).filter((name) => name !== 'SharedArena' && !PICTURES.includes(name)),
);

// What is reached, rounded up by about 1 %. A change that adds more says in its commit what users
// get for it. The name of a module here is that of its file in dist/.
const MODULES = { kernels: 17_310, gradients: 17_150, vectors: 2_510, pixels: 9_260 };
const BUNDLES = { instanceNorm: 24_100, withoutPictures: 52_290, pictures: 9_930, threads: 8_520 };

test.each(Object.entries(MODULES))('the module %s has at most %i bytes', (name, most) => {
  const { length } = readFileSync(`${root}/dist/${name}.wasm`);
  expect(length).toBeGreaterThan(0);
  expect(length).toBeLessThanOrEqual(most);
});

test.each([
  ['kernels', kernelsText],
  ['gradients', gradientsText],
  ['vectors', vectorsText],
  ['pixels', pixelsText],
])('the text of %s decodes to the module', (name, text) => {
  const module = readFileSync(`${root}/dist/${name}.wasm`);
  expect(decodeBytes(text)).toEqual(new Uint8Array(module));
});

describe('a bundle, with the module and the loader inside and gzipped,', () => {
  test('holds all modules', () => {
    const text = Buffer.from(bundle(everything, 'default')).toString();
    expect(text).toContain(JSON.stringify(kernelsText));
    expect(text).toContain(JSON.stringify(gradientsText));
    expect(text).toContain(JSON.stringify(vectorsText));
    expect(text).toContain(JSON.stringify(pixelsText));
  });

  test.each([
    ['instanceNorm', instanceNorm],
    ['everything but pictures', withoutPictures],
  ])('of %s has nothing of pictures', (_, program) => {
    const text = Buffer.from(bundle(program, 'default')).toString();
    expect(text).not.toContain(JSON.stringify(pixelsText));
    const edge = Buffer.from(bundle(program, 'workerd')).toString();
    expect(edge).toContain('kernels.wasm');
    expect(edge).not.toContain('pixels.wasm');
    for (const word of ['oklab', 'toPlanes', 'strength']) expect(text).not.toContain(word);
  });

  test.each([
    ['instanceNorm', instanceNorm],
    ['restyle', "export { restyle } from 'wasm-norm'"],
  ])('of %s has nothing of gradients and of vectors', (_, program) => {
    const text = Buffer.from(bundle(program, 'default')).toString();
    expect(text).toContain(JSON.stringify(kernelsText));
    expect(text).not.toContain(JSON.stringify(gradientsText));
    const edge = Buffer.from(bundle(program, 'workerd')).toString();
    expect(edge).not.toContain('gradients.wasm');
    expect(text).not.toContain('combineRows');
    expect(text).not.toContain(JSON.stringify(vectorsText));
    expect(edge).not.toContain('vectors.wasm');
  });

  test(`of instanceNorm alone takes at most ${BUNDLES.instanceNorm} bytes`, () => {
    expect(gzippedSize(instanceNorm)).toBeLessThanOrEqual(BUNDLES.instanceNorm);
  });

  test(`of everything but pictures takes at most ${BUNDLES.withoutPictures} bytes`, () => {
    expect(gzippedSize(withoutPictures)).toBeLessThanOrEqual(BUNDLES.withoutPictures);
  });

  test(`takes at most ${BUNDLES.pictures} bytes more with pictures`, () => {
    const more = gzippedSize(withoutThreads) - gzippedSize(withoutPictures);
    expect(more).toBeLessThanOrEqual(BUNDLES.pictures);
  });

  test(`takes at most ${BUNDLES.threads} bytes more with threads`, () => {
    const more = gzippedSize(everything) - gzippedSize(withoutThreads);
    expect(more).toBeLessThanOrEqual(BUNDLES.threads);
  });

  test('has nothing of threads without SharedArena', () => {
    const text = Buffer.from(bundle(withoutThreads, 'default')).toString();
    for (const word of ['SharedArray', 'Atomics', 'worker_threads', 'Cross-Origin', 'shared:']) {
      expect(text).not.toContain(word);
    }
  });
});

test('a program that only reads checkpoints carries no kernels: 4,200 bytes', () => {
  expect(gzippedSize("export { readSafetensors } from 'wasm-norm'")).toBeLessThanOrEqual(4_200);
});

test('instanceNorm alone takes less than 55 % of the JavaScript of everything', () => {
  const whole = bundle(everything, 'workerd').length;
  expect(whole).toBeGreaterThan(0);
  expect(bundle(instanceNorm, 'workerd').length).toBeLessThan(0.55 * whole);
});
