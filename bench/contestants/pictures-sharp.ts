import { imageMoments } from '../../dist/index.js';
import { load } from './load-package.ts';
import type { PictureContestant } from './pictures.ts';

interface Pipeline {
  linear(scale: readonly number[], shift: readonly number[]): Pipeline;
  raw(): Pipeline;
  toBuffer(): Promise<Uint8Array>;
  stats(): Promise<{ channels: readonly { readonly mean: number; readonly stdev: number }[] }>;
}

// What this file uses of sharp.
interface Sharp {
  (data: Uint8ClampedArray, options: object): Pipeline;
  concurrency(threads: number): void;
  cache(enabled: boolean): void;
}

/** sharp, one thread: `.linear` and `.stats` of raw pixels. */
export async function sharpPictures(): Promise<PictureContestant> {
  const sharp = await load<Sharp>('sharp');
  sharp.concurrency(1);
  sharp.cache(false);
  return {
    name: 'sharp',
    prepare(operation, { image, style }) {
      const { data, width, height } = image;
      const open = () =>
        sharp(data, { raw: { width, height, channels: 4 }, limitInputPixels: false });
      if (operation === 'imageMoments, RGB') {
        return async () => {
          const channels = (await open().stats()).channels.slice(0, 3);
          return [...channels.map(({ mean }) => mean), ...channels.map(({ stdev }) => stdev)].map(
            (value) => value / 255,
          );
        };
      }
      if (operation !== 'restyle, RGB, moments known') return null;
      const [from, to] = [imageMoments(image), imageMoments(style)];
      const scales = [0, 1, 2].map((i) => (to.std()[i] as number) / (from.std()[i] as number));
      const shifts = scales.map(
        (scale, i) => 255 * ((to.mean[i] as number) - scale * (from.mean[i] as number)),
      );
      return () =>
        open()
          .linear([...scales, 1], [...shifts, 0])
          .raw()
          .toBuffer();
    },
  };
}
