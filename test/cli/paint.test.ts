import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { ImageLike } from 'wasm-norm';
import { CREDITS } from '../../cli/paint/network/credits.ts';
import { readNetwork } from '../../cli/paint/network/network.ts';
import { mixStyles, writeStyle } from '../../cli/paint/network/styles.ts';
import { paint } from '../../cli/paint/paint.ts';
import { asBytes, readPicture } from '../../cli/src/pictures/read-picture.ts';
import { PHOTOS, type Run, runHere, wasmNorm } from '../support/command-line.ts';
import { largestDifference } from '../support/layers.ts';
import { randomPicture } from '../support/pictures.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const run = (...args: string[]): Promise<Run> => runHere(folder.path, 'paint', ...args);

const WEIGHTS = fileURLToPath(
  new URL('../../cli/paint/style-network.safetensors', import.meta.url),
);
const network = readNetwork(readFileSync(WEIGHTS));
const place = (name: string) => join(folder.path, name);

async function read(name: string): Promise<ImageLike> {
  return asBytes((await readPicture(place(name))).image);
}

/** Writes a picture of noise, and returns it. */
async function write(name: string, width: number, height: number): Promise<ImageLike> {
  const picture = randomPicture(width, height, width);
  await sharp(picture.data, { raw: { width, height, channels: 4 } }).toFile(place(name));
  return picture;
}

function expectSame(actual: ImageLike, expected: ImageLike): void {
  expect([actual.width, actual.height]).toEqual([expected.width, expected.height]);
  expect(Buffer.from(actual.data).equals(Buffer.from(expected.data))).toBe(true);
}

describe('wasm-norm paint PHOTO --style STYLE --out RESULT', () => {
  it('writes what the network paints, in the size of the photograph', async () => {
    const photograph = await write('odd.png', 37, 22);
    const { stdout, stderr, status } = await run('odd.png', '--style', 'scream', '--out', 'r.png');
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout).toMatch(/^r\.png: 37 x 22, \d+ KB\n$/);
    const style = mixStyles(network, { scream: 1 });
    expectSame(await read('r.png'), paint(network, photograph, { style }));
  });

  it('mixes styles by the ratio of their numbers', async () => {
    const photograph = await write('photo.png', 16, 16);
    await run('photo.png', '--blend', 'starry-night=3, great-wave=1', '--out', 'mixed.png');
    const style = mixStyles(network, { 'starry-night': 0.75, 'great-wave': 0.25 });
    expectSame(await read('mixed.png'), paint(network, photograph, { style }));
  });

  it('takes a style of one', async () => {
    const photograph = await write('photo.png', 16, 16);
    const style = mixStyles(network, { adele: 1, metzinger: 2 });
    writeFileSync(place('own.safetensors'), writeStyle(network, style));
    await run('photo.png', '--style', 'own.safetensors', '--out', 'own.png');
    expectSame(await read('own.png'), paint(network, photograph, { style }));
  });

  it('paints larger strokes on a smaller picture, and mixes with the photograph itself', async () => {
    const photograph = await write('photo.png', 48, 32);
    const { status } = await run(
      'photo.png',
      '--style',
      'adele',
      '--stroke',
      '3',
      '--out',
      's.png',
    );
    expect(status).toBe(0);
    const large = await read('s.png');
    expect([large.width, large.height]).toEqual([48, 32]);
    await run('photo.png', '--style=adele', '--stroke=3', '--strength=0', '--out', 'zero.png');
    expectSame(await read('zero.png'), photograph);
  });

  it('paints a folder, its structure kept', async () => {
    mkdirSync(place('photos/below'), { recursive: true });
    await write('photos/photo.png', 16, 16);
    await write('photos/below/other.png', 12, 12);
    const { stdout } = await run('photos', '--style', 'water-lilies');
    expect(stdout).toMatch(/^2 of 2 pictures, \d+ KB, in places beside them\n$/);
    expect((await read('photos-painted/photo.png')).width).toBe(16);
    expect((await read('photos-painted/below/other.png')).width).toBe(12);
  });

  it('gives the same bits on any number of threads', async () => {
    const photograph = join(PHOTOS, 'coffee.jpg');
    await sharp(photograph).resize(514, 514).png().toFile(place('large.png'));
    for (const count of ['1', '3']) {
      const args = ['large.png', '--style=adele', '--threads', count, '--out', `${count}.png`];
      expect(wasmNorm(folder.path, 'paint', ...args).stderr).toBe('');
    }
    const [one, three] = [await read('1.png'), await read('3.png')];
    expectSame(three, one);
    const style = mixStyles(network, { adele: 1 });
    // All layers kept, and normalized whole.
    const whole = paint(network, await read('large.png'), { style });
    expect(largestDifference(one.data, whole.data)).toBeLessThanOrEqual(1);
  });

  it('paints all styles on a sheet', async () => {
    await write('photo.png', 16, 24);
    const { stdout } = await run('photo.png', '--sheet', 'sheet.png', '--stroke', '32');
    expect(stdout).toMatch(/^sheet\.png: 1 x 8 paintings, 1572 x 202\n$/);
    expect(
      largestDifference((await read('sheet.png')).data.subarray(0, 4), [255, 255, 255, 255]),
    ).toBe(0);
  });

  it('lists its styles, painters and works', async () => {
    const { stdout } = await run('--styles');
    expect(Object.keys(CREDITS)).toEqual([...network.styles.keys()]);
    expect(stdout.trim().split('\n')).toHaveLength(8);
    expect(stdout).toContain('great-wave            Katsushika Hokusai, The Great Wave');
  });
});

describe('it refuses', () => {
  it.each([
    [['p.png'], 'expected --style or --blend, got none; --styles lists the styles'],
    [['p.png', '--style=adele', '--blend=adele=1'], 'expected --style or --blend, got both'],
    [['p.png', '--style', 'great-wav'], "there is no style 'great-wav'; did you mean great-wave?"],
    [['p.png', '--style', 'cubism'], "there is no style 'cubism'; --styles lists them"],
    [['p.png', '--blend', 'adele'], "expected NAME=NUMBER of at least 0, got 'adele'"],
    [['p.png', '--blend', 'adele=-1'], "expected NAME=NUMBER of at least 0, got 'adele=-1'"],
    [['p.png', '--blend', 'adele=0'], "expected a number above 0, got 'adele=0'"],
    [['p.png', '--blend', 'adele=1,adele=2'], 'adele comes twice'],
    [['p.png', '--style', 'none.safetensors'], 'cannot be read: no such file'],
    [['p.png', '--style=adele', '--stroke=0'], "expected a number from 0.25 to 32, got '0'"],
    [['p.png', '--sheet=s.png', '--style=adele'], '--sheet: takes no --style'],
    [['p.png', '--sheet=s.txt'], 'expected a file name that ends in .png'],
    [[], 'expected a photograph to paint, got none'],
  ])('%j', async (args, message) => {
    const { status, stderr } = await run(...args);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
  });

  it('files that hold no style', async () => {
    writeFileSync(place('text.safetensors'), 'no style');
    const style = mixStyles(network, { adele: 1 });
    style[100] = Number.NaN;
    writeFileSync(place('nan.safetensors'), writeStyle(network, style));
    const refusal = async (file: string) =>
      (await run('p.png', '--style', file)).stderr.replaceAll('\n', '');
    expect(await refusal('text.safetensors')).toContain('text.safetensors: ');
    expect(await refusal('nan.safetensors')).toContain('expected finite numbers');
    expect(await refusal(WEIGHTS)).toMatch(/expected shape \[16\], got \[8, 16\]/);
  });
});
