// The photographs of the repository in each other's colours, and the sheet that shows all.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Image, type ImageLike, restyle } from 'wasm-norm';
import { asBytes, readPicture } from '../src/pictures/read-picture.ts';
import { contactSheet, type Tile } from './contact-sheet.ts';
import { clippedShare } from './statistics.ts';

const PHOTOS = fileURLToPath(new URL('../../examples/restyle/photos', import.meta.url));

/** Photographs by name, of which the first takes the colours of the second. */
export interface Pair {
  readonly content: string;
  readonly style: string;
  readonly shows: string;
}

export const PAIRS: readonly Pair[] = [
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
];

const STRENGTHS = [0.3, 0.6, 1];
const VARIANTS = (['rgb', 'oklab'] as const).flatMap((space) =>
  STRENGTHS.map((strength) => ({ space, strength })),
);
const NAMES = { rgb: 'RGB', oklab: 'Oklab' } as const;
const HEADINGS = VARIANTS.map(({ space, strength }) => `${NAMES[space]} ${strength}`);

/** A pair's pictures. */
export interface Photographs {
  readonly content: ImageLike;
  readonly style: ImageLike;
}

export async function readPair({ content, style }: Pair): Promise<Photographs> {
  return { content: await readPhoto(content), style: await readPhoto(style) };
}

/**
 * Lays the pairs out with their results, a row each. A result says how many of its pixels were
 * clipped, where it is a hundredth or more.
 */
export function drawSheet(pairs: readonly Photographs[]): Promise<Image> {
  const rows = pairs.map(({ content, style }) => {
    const results = VARIANTS.map((variant): Tile => {
      const picture = restyle(content, style, variant);
      const percent = Math.round(100 * clippedShare(content, picture));
      return { picture, note: percent > 0 ? `${percent}% clipped` : undefined };
    });
    return [{ picture: content }, { picture: style }, ...results];
  });
  return contactSheet(['Content', 'Style', ...HEADINGS], rows);
}

async function readPhoto(name: string): Promise<ImageLike> {
  return asBytes((await readPicture(join(PHOTOS, `${name}.jpg`))).image);
}
