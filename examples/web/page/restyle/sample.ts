// What the page draws of a picture beside the picture: histograms of its channels, and a small copy.

import type { ImageLike } from 'wasm-norm';
import { CHANNELS, type Space } from './channels.ts';

/** The bars of a histogram. */
export const BINS = 256;

/** About as many pixels as a histogram counts: more would not change how it looks. */
const COUNTED = 250_000;

/** The longest side of a small copy. */
const SMALL = 200;

/** The shares of a picture's pixels by value: an array of bins for each channel. */
export type Histogram = readonly Float32Array[];

/** Counts the values of each channel over the range that the page shows of it. */
export function countValues({ data }: ImageLike, space: Space): Histogram {
  const channels = CHANNELS[space];
  const bins = channels.map(() => new Float32Array(BINS));
  const pixels = data.length / 4;
  const step = Math.max(1, Math.floor(pixels / COUNTED));
  let counted = 0;
  for (let pixel = 0; pixel < pixels; pixel += step) {
    const at = 4 * pixel;
    if (data[at + 3] === 0) continue; // transparent: it takes no part
    counted++;
    const bytes = [data[at], data[at + 1], data[at + 2]] as [number, number, number];
    const values = space === 'rgb' ? bytes.map((byte) => byte / 255) : toOklab(...bytes);
    for (const [channel, { low, high }] of channels.entries()) {
      const share = ((values[channel] as number) - low) / (high - low);
      const bin = Math.min(BINS - 1, Math.max(0, Math.floor(share * BINS)));
      const counts = bins[channel] as Float32Array;
      counts[bin] = (counts[bin] as number) + 1;
    }
  }
  return bins.map((counts) => counts.map((count) => count / Math.max(1, counted)));
}

/** Draws a small copy of a picture. */
export function drawSmall(picture: ImageBitmap): ImageData {
  const scale = Math.min(1, SMALL / Math.max(picture.width, picture.height));
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error(`expected a canvas of ${width} x ${height} pixels, got none`);
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

const LIGHT = Float32Array.from({ length: 256 }, (_, byte) => {
  const share = byte / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
});

/** Björn Ottosson, "A perceptual color space for image processing" (2020); to be drawn, not computed with. */
function toOklab(red: number, green: number, blue: number): [number, number, number] {
  const [r, g, b] = [LIGHT[red], LIGHT[green], LIGHT[blue]] as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}
