// Restyles the repository's photographs, and lays all of them out on one contact sheet: npm start.

import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ImageLike, restyle } from 'wasm-norm';
import { makeFolder, writeWhole } from '../src/files/write-whole.ts';
import { encode } from '../src/pictures/formats.ts';
import { asBytes, readPicture } from '../src/pictures/read-picture.ts';
import { contactSheet } from './contact-sheet.ts';
import { CLAMPING_NOTE, statisticsTable } from './report.ts';

const PHOTOS = fileURLToPath(new URL('../../examples/restyle/photos', import.meta.url));
const OUT = fileURLToPath(new URL('../../examples/restyle/out', import.meta.url));

const PAIRS = [
  { content: 'chelsea', style: 'rocket', shows: 'daylight becomes dusk' },
  { content: 'rocket', style: 'coffee', shows: 'dusk becomes sunset' },
  { content: 'coffee', style: 'rocket', shows: 'lamplight becomes night' },
  { content: 'astronaut', style: 'chelsea', shows: 'a fresh print becomes a faded one' },
  {
    content: 'ihc-other-lab',
    style: 'ihc',
    shows:
      'stain normalization, for which pathologists use this: ' +
      'a slide of another stain (here simulated) takes on that of the reference',
  },
] as const;

const STRENGTHS = [0.3, 0.6, 1];
const VARIANTS = (['rgb', 'oklab'] as const).flatMap((space) =>
  STRENGTHS.map((strength) => ({ space, strength })),
);

await makeFolder(OUT);
const rows: ImageLike[][] = [];
for (const [index, { content, style, shows }] of PAIRS.entries()) {
  const picture = await readPhoto(content);
  const model = await readPhoto(style);
  const result = restyle(picture, model);
  await write(`${content}-as-${style}.png`, result);
  console.log(`[${index + 1}/${PAIRS.length}] ${content} as ${style}: ${shows}`);
  console.log(`${statisticsTable({ content: picture, style: model, result })}\n`);
  rows.push([picture, model, ...VARIANTS.map((variant) => restyle(picture, model, variant))]);
}
await write('contact-sheet.png', contactSheet(rows));
console.log(CLAMPING_NOTE);
console.log(`Results and contact-sheet.png: ${relative('.', OUT)}`);
console.log(`A row of the sheet: content, style, ${VARIANTS.map(describe).join(', ')}`);
console.log('\nYour own: npx wasm-norm restyle CONTENT --style STYLE --out RESULT.png');

async function readPhoto(name: string): Promise<ImageLike> {
  return asBytes((await readPicture(join(PHOTOS, `${name}.jpg`))).image);
}

async function write(name: string, picture: ImageLike): Promise<void> {
  const options = { quality: undefined, hasAlpha: false };
  await writeWhole(join(OUT, name), await encode(picture, 'png', options));
}

function describe({ space, strength }: { space: string; strength: number }): string {
  return `${space} ${strength}`;
}
