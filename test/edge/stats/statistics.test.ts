// The fleet's numbers beside those of the command line, which decodes with libvips.

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Report } from '../../../examples/edge-stats/ledger.ts';
import { type Simulation, simulate } from '../../../examples/edge-stats/tools/simulate.ts';
import type { ImageMomentsJSON } from '../../../src/index.ts';
import { PHOTOS, runHere } from '../../support/command-line.ts';
import { withOrientation } from '../../support/jpeg.ts';
import { randomPicture } from '../../support/pictures.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

interface CommandLine {
  readonly pictures: number;
  readonly pixels: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly unreadable: readonly { readonly file: string }[];
}

const folder = temporaryFolder();
let fleet: Simulation;

beforeAll(async () => {
  fleet = await simulate(inject('fleet'));
});

afterAll(() => fleet?.stop());

const photo = (name: string): Buffer => readFileSync(join(PHOTOS, `${name}.jpg`));
const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../fixtures/pictures/${name}`, import.meta.url));

/** Random pixels of 8 bits, with alpha. */
function pixels(seed: number): Sharp {
  const { data, width, height } = randomPicture(67, 45, seed);
  return sharp(data, { raw: { width, height, channels: 4 } });
}

/** Random pixels of 16 bits. */
function widePixels(channels: 1 | 3 | 4): Sharp {
  const data = Uint16Array.from({ length: 33 * 21 * channels }, (_, i) => (i * 40503) % 65536);
  return sharp(data, { raw: { width: 33, height: 21, channels } }).toColourspace(
    channels === 1 ? 'grey16' : 'rgb16',
  );
}

const coffee = () => sharp(photo('coffee'));

const SAME: Readonly<Record<string, () => Uint8Array | Promise<Uint8Array>>> = {
  'a photograph.jpg': () => photo('chelsea'),
  'gray.jpg': () => coffee().grayscale().jpeg().toBuffer(),
  'progressive.jpg': () => coffee().jpeg({ progressive: true }).toBuffer(),
  'all colours.jpg': () => coffee().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer(),
  'stored as RGB.jpg': () => fixture('rgb.jpg'),
  'on its side.JPEG': () => withOrientation(photo('rocket'), 6),
  'alpha.png': () => pixels(1).png().toBuffer(),
  'gray with alpha.png': () => pixels(2).grayscale().png().toBuffer(),
  'palette.png': () => pixels(3).png({ palette: true, colours: 16 }).toBuffer(),
  'two levels.png': () => coffee().threshold().png({ palette: true, colours: 2 }).toBuffer(),
  'interlaced.png': () => fixture('interlaced.png'),
  'gray of 16 bits.png': () => widePixels(1).png().toBuffer(),
  'of 16 bits.png': () => widePixels(3).png().toBuffer(),
  'of 16 bits with alpha.png': () => widePixels(4).png().toBuffer(),
  'lossy.webp': () => coffee().webp().toBuffer(),
  'lossy with alpha.webp': () => pixels(4).webp().toBuffer(),
  'lossless.webp': () => pixels(5).webp({ lossless: true }).toBuffer(),
  'a WebP named otherwise.gif': () => coffee().webp({ quality: 50 }).toBuffer(),
  'a page.jpg': () => Buffer.from('<!doctype html>'),
  'empty.png': () => Buffer.from(''),
  'cut.jpg': () => photo('chelsea').subarray(0, 20_000),
};

/** Puts files into the bucket and into a folder, below a prefix. */
async function put(prefix: string, files: typeof SAME): Promise<void> {
  for (const [name, make] of Object.entries(files)) {
    const file = await make();
    await fleet.put(`${prefix}/${name}`, file);
    folder.put(`${prefix}/${name}`, file);
  }
}

async function count(prefix: string, shard: number): Promise<Report> {
  const run = `${prefix}-${shard}`;
  await fleet.ask(`POST /start?run=${run}&prefix=${prefix}/&shard=${shard}`);
  const result = async () => (await fleet.ask(`GET /result?run=${run}`)).status;
  await expect.poll(result).toBe(200);
  return (await fleet.ask(`GET /result?run=${run}`)).json() as Promise<Report>;
}

async function commandLine(...args: readonly string[]): Promise<CommandLine> {
  const { stdout } = await runHere(folder.path, 'stats', ...args, '--json');
  return JSON.parse(stdout);
}

test.each([1, 4, 100])('%i pictures a shard have the sums of the command line', async (shard) => {
  await put('same', SAME);
  const state = join(folder.path, 'state.json');
  const { pictures, pixels, mean, std, unreadable } = await commandLine('same', '--resume', state);
  const report = await count('same', shard);
  expect(report).toMatchObject({ pictures, pixels, mean, std, profiled: 0, failed: { count: 0 } });
  expect(pictures).toBe(18);
  const { statistics } = JSON.parse(readFileSync(state, 'utf8')) as {
    statistics: { moments: ImageMomentsJSON };
  };
  expect(report.moments).toEqual(statistics.moments);
  const image = await commandLine('same', '--per', 'image');
  expect(report.perImage).toEqual({ mean: image.mean, std: image.std });
  const namesOf = (files: readonly { readonly file: string }[]) =>
    files.map(({ file }) => basename(file)).sort();
  expect(namesOf(report.unreadable.first)).toEqual(namesOf(unreadable));
});

test('what it does not decode as the command line does is named, or numbered', async () => {
  await put('other', {
    'adobe-rgb.jpg': () => fixture('adobe-rgb.jpg'),
    'adobe-rgb.png': () => sharp(fixture('adobe-rgb.jpg')).keepIccProfile().png().toBuffer(),
    'adobe-rgb.webp': () => sharp(fixture('adobe-rgb.jpg')).keepIccProfile().webp().toBuffer(),
    'cmyk.jpg': () => fixture('cmyk.jpg'),
    'arithmetic.jpg': () => fixture('arithmetic.jpg'),
    'one.gif': () => pixels(6).gif().toBuffer(),
    'one.tiff': () => pixels(7).tiff().toBuffer(),
    'large.png': () =>
      sharp({ create: { width: 1025, height: 1024, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
    'photo.jpg': () => photo('chelsea'),
    'notes.txt': () => Buffer.from('no picture'),
  });
  const { pictures, profiled, unreadable } = await count('other', 100);
  expect({ pictures, profiled }).toEqual({ pictures: 4, profiled: 3 });
  expect(unreadable.first).toEqual([
    {
      file: 'other/arithmetic.jpg',
      reason: 'a JPEG that is not decoded: arithmetic coding',
    },
    {
      file: 'other/cmyk.jpg',
      reason: 'a JPEG that is not decoded: 4 components (CMYK), instead of 1 or 3',
    },
    {
      file: 'other/large.png',
      reason: 'a PNG that is not decoded: 1025 x 1024 pixels, of at most 1048576',
    },
    { file: 'other/one.gif', reason: 'a GIF' },
    { file: 'other/one.tiff', reason: 'a TIFF' },
  ]);
});

test('a bucket without pictures has a result, of none', async () => {
  expect(await count('none', 100)).toMatchObject({
    pictures: 0,
    pixels: 0,
    std: [null, null, null],
  });
});
