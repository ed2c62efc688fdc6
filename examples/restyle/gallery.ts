import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ImageLike, restyle } from 'wasm-norm';
import { makeFolder, readPicture, writePicture } from '../common/files.ts';
import { Stopwatch } from '../common/stopwatch.ts';
import { contactSheet } from './contact-sheet.ts';
import { CLAMPING_NOTE, statisticsTable } from './report.ts';

const PHOTOS = fileURLToPath(new URL('photos', import.meta.url));
const OUT = fileURLToPath(new URL('out', import.meta.url));

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

/** Restyles the example's own photographs, and lays all of them out on one contact sheet. */
export async function restyleGallery(): Promise<void> {
  const stopwatch = new Stopwatch();
  await makeFolder(OUT);
  const rows: ImageLike[][] = [];
  for (const [index, { content, style, shows }] of PAIRS.entries()) {
    const picture = await readPicture(join(PHOTOS, `${content}.jpg`), stopwatch);
    const model = await readPicture(join(PHOTOS, `${style}.jpg`), stopwatch);
    const result = stopwatch.time('library', () => restyle(picture, model));
    await writePicture(join(OUT, `${content}-as-${style}.png`), result, stopwatch);
    console.log(`[${index + 1}/${PAIRS.length}] ${content} as ${style}: ${shows}`);
    console.log(`${statisticsTable({ content: picture, style: model, result })}\n`);
    const variants = VARIANTS.map((variant) =>
      stopwatch.time('library', () => restyle(picture, model, variant)),
    );
    rows.push([picture, model, ...variants]);
  }
  await writePicture(join(OUT, 'contact-sheet.png'), contactSheet(rows), stopwatch);
  console.log(CLAMPING_NOTE);
  console.log(`Results and contact-sheet.png: ${relative('.', OUT)}`);
  console.log(`A row of the sheet: content, style, ${VARIANTS.map(describe).join(', ')}`);
  console.log(`Time: ${stopwatch}`);
}

function describe({ space, strength }: { space: string; strength: number }): string {
  return `${space} ${strength}`;
}
