// node normalize-stains.mjs REFERENCE TILES OUT

import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { ImageMoments, imageMoments, restyle, tissueMask } from 'wasm-norm';

const [
  reference = 'examples/restyle/photos/ihc.jpg',
  folder = 'examples/recipes/tiles',
  out = 'build/normalized-tiles',
] = process.argv.slice(2);

async function readPicture(path) {
  const { data, info } = await sharp(path)
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** The moments of the tissue: empty slide does not count. */
function tissueMoments(picture) {
  return imageMoments(picture, { space: 'lab', mask: tissueMask(picture) });
}

// Fitted once. Its JSON fits in a line, and another program can go on with it.
const stain = tissueMoments(await readPicture(reference));
const fitted = ImageMoments.fromJSON(JSON.parse(JSON.stringify(stain)));

// The moments of the whole slide, from its tiles: so all tiles get the same change of colours,
// and no edge shows between them.
const names = (await readdir(folder)).filter((name) => name.endsWith('.png')).sort();
const slide = new ImageMoments('lab');
for (const name of names) slide.merge(tissueMoments(await readPicture(join(folder, name))));

await mkdir(out, { recursive: true });
const result = new ImageMoments('lab');
for (const name of names) {
  const tile = await readPicture(join(folder, name));
  const contentMask = tissueMask(tile);
  const { data, width, height } = restyle(tile, fitted, { contentMoments: slide, contentMask });
  const raw = { width, height, channels: 4 };
  await sharp(Buffer.from(data.buffer), { raw }).png().toFile(join(out, name));
  result.merge(imageMoments({ data, width, height }, { space: 'lab', mask: contentMask }));
}

console.log(names.length, slide.count); // 4, 13189
const show = (moments) =>
  console.log([...moments.mean, ...moments.std()].map((value) => value.toFixed(1)).join(', '));
show(fitted); // the reference: the means of L, a and b, then their deviations
show(slide); // the slide before
show(result); // and after
