// Restyles the repository's photographs, and lays all of them out on one contact sheet: npm start.

import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ImageLike, restyle } from 'wasm-norm';
import { makeFolder, writeWhole } from '../src/files/write-whole.ts';
import { encode } from '../src/pictures/formats.ts';
import { drawSheet, PAIRS, type Photographs, readPair } from './gallery.ts';
import { CLAMPING_NOTE, statisticsTable } from './report.ts';

const OUT = fileURLToPath(new URL('../../examples/restyle/out', import.meta.url));

await makeFolder(OUT);
const pairs: Photographs[] = [];
for (const [index, pair] of PAIRS.entries()) {
  const photographs = await readPair(pair);
  const result = restyle(photographs.content, photographs.style);
  await write(`${pair.content}-as-${pair.style}.png`, result);
  console.log(`[${index + 1}/${PAIRS.length}] ${pair.content} as ${pair.style}: ${pair.shows}`);
  console.log(`${statisticsTable({ ...photographs, result })}\n`);
  pairs.push(photographs);
}
await write('contact-sheet.png', await drawSheet(pairs));
console.log(CLAMPING_NOTE);
console.log(`Results and contact-sheet.png: ${relative('.', OUT)}`);
console.log('\nYour own: npx wasm-norm restyle CONTENT --style STYLE --out RESULT.png');

async function write(name: string, picture: ImageLike): Promise<void> {
  const options = { quality: undefined, hasAlpha: false };
  await writeWhole(join(OUT, name), await encode(picture, 'png', options));
}
