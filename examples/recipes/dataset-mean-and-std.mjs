// node dataset-mean-and-std.mjs FOLDER

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { ImageMoments, imageMoments } from 'wasm-norm';

const [folder = 'examples/restyle/photos'] = process.argv.slice(2);
const names = (await readdir(folder)).filter((name) => /\.(jpe?g|png|webp|avif)$/i.test(name));

const dataset = new ImageMoments();
for (const name of names) {
  const { data, info } = await sharp(join(folder, name))
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  dataset.merge(imageMoments({ data, width: info.width, height: info.height }));
}

console.log(names.length, dataset.count); // 6, 1435012
console.log(dataset.mean); // 0.5717, 0.4355, 0.4229
console.log(dataset.std()); // 0.2800, 0.2481, 0.2681
