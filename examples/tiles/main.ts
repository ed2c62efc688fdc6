// Sends a slide through a generator whole and in tiles, prints the largest steps at the cuts, and
// draws docs/images/seams.jpg: npx tsx examples/tiles/main.ts

import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { normalFrom } from '../../test/support/random.ts';
import { Generator } from './generator.ts';
import { type Colours, largestStep, transfer, transferTiles } from './seams.ts';

const SLIDE = fileURLToPath(new URL('../restyle/photos/ihc.jpg', import.meta.url));
const OUT = fileURLToPath(new URL('../../docs/images/seams.jpg', import.meta.url));

const SIZE = 384;
const TILE = 128;
const MARGIN = 64;

const { data } = await sharp(SLIDE)
  .resize(SIZE, SIZE)
  .ensureAlpha()
  .raw()
  .toBuffer({ resolveWithObject: true });
const slide = { data: new Uint8ClampedArray(data), width: SIZE, height: SIZE };
const generator = new Generator(normalFrom(7));
const whole = transfer(generator, slide);
const tiles = transferTiles(generator, slide, TILE, MARGIN);
console.log(`largest mean step across a cut: ${largestStep(whole, TILE).toFixed(3)}`);
console.log(`each tile by itself:            ${largestStep(tiles, TILE).toFixed(3)}`);

const gap = 12;
const background = 'white';
const width = 3 * SIZE + 2 * gap;
const layers = [slide.data, bytesOf(whole), bytesOf(tiles)].map((input, i) => ({
  input: Buffer.from(input),
  raw: { width: SIZE, height: SIZE, channels: 4 as const },
  left: i * (SIZE + gap),
  top: 0,
}));
await sharp({ create: { width, height: SIZE, channels: 3, background } })
  .composite(layers)
  .jpeg({ quality: 80 })
  .toFile(OUT);

/** Colours as bytes: what CycleGAN's tanh makes of them. */
function bytesOf({ data, width, height }: Colours): Uint8ClampedArray {
  const bytes = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) {
    for (let colour = 0; colour < 3; colour++) {
      bytes[4 * i + colour] = 127.5 * (1 + Math.tanh((data[8 * i + colour] as number) / 4));
    }
  }
  return bytes;
}
