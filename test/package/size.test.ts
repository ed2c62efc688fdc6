import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { bundle, gzippedSize } from '../../scripts/bundle-size.ts';
import * as api from '../../src/index.ts';
import { kernelsText } from '../../src/kernels/compiled-kernels.ts';
import { pixelsText } from '../../src/kernels/compiled-pixels.ts';
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
const withoutPictures = `export { ${Object.keys(api)
  .filter((name) => !PICTURES.includes(name))
  .join(', ')} } from 'wasm-norm'`;

// Bytes that 811a2b8 took, and what has been granted since: first to plans and their strips,
// to "did you mean", and to what a console shows of an arena; then to dtypes, to tensors as
// parameters, to 16-bit tensors of any size, to refusals that name files and prefixes, to
// float64 where float32 can't hold the numbers on the way to a result, to kernels that
// take many small samples a call, and to hosts that lack what others have; to tensors of 16
// bits, to checkpoints that are opened, to folding and RevIN, and to channels and rows of few elements.
const BUDGET = {
  instanceNorm: 16_269 + 300 + 4_550 + 1_000 + 700,
  withoutPictures: 23_747 + 1_000 + 6_750 + 4_800 + 750,
};

test('the module has at most 24,000 bytes', () => {
  const { length } = readFileSync(`${root}/dist/kernels.wasm`);
  expect(length).toBeGreaterThan(0);
  expect(length).toBeLessThanOrEqual(24_000);
});

test('the module of pictures has at most 14,000 bytes', () => {
  const { length } = readFileSync(`${root}/dist/pixels.wasm`);
  expect(length).toBeGreaterThan(0);
  expect(length).toBeLessThanOrEqual(14_000);
});

test.each([
  ['kernels', kernelsText],
  ['pixels', pixelsText],
])('the text of %s decodes to the module', (name, text) => {
  const module = readFileSync(`${root}/dist/${name}.wasm`);
  expect(decodeBytes(text)).toEqual(new Uint8Array(module));
});

describe('a bundle, with the module and the loader inside and gzipped,', () => {
  test('holds both modules', () => {
    const text = Buffer.from(bundle(everything, 'default')).toString();
    expect(text).toContain(JSON.stringify(kernelsText));
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
    for (const word of ['oklab', 'toPlanes', 'contentMask']) expect(text).not.toContain(word);
  });

  test(`of instanceNorm alone takes at most ${BUDGET.instanceNorm} bytes`, () => {
    expect(gzippedSize(instanceNorm)).toBeLessThanOrEqual(BUDGET.instanceNorm);
  });

  test(`of everything but pictures takes at most ${BUDGET.withoutPictures} bytes`, () => {
    expect(gzippedSize(withoutPictures)).toBeLessThanOrEqual(BUDGET.withoutPictures);
  });

  test('takes at most 10,000 bytes more with pictures, and the module of theirs', () => {
    expect(gzippedSize(everything) - gzippedSize(withoutPictures)).toBeLessThanOrEqual(10_000);
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
