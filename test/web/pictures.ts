// Pictures that a user might choose.

import { deflateSync } from 'node:zlib';
import type { Image } from '../../src/index.ts';
import { encodeJpeg, encodePng } from '../support/codecs.ts';
import { exif, withSegment } from '../support/jpeg.ts';
import { chunk, header, pngOf } from '../support/png.ts';
import { uniformFrom } from '../support/random.ts';

/** A file for Playwright's file choosers. */
export interface PictureFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** Makes an opaque picture of a colour with waves and noise. */
export function makePicture(
  width: number,
  height: number,
  color: readonly [red: number, green: number, blue: number],
): Image {
  const random = uniformFrom(width);
  const data = new Uint8ClampedArray(4 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const wave = 40 * ((((pixel % width) / width) * 4 + pixel / width / height) % 1);
    for (let channel = 0; channel < 3; channel++) {
      data[pixel * 4 + channel] = (color[channel] as number) + wave + 20 * random();
    }
    data[pixel * 4 + 3] = 255;
  }
  return { data, width, height };
}

export async function pngFile(name: string, picture: Image): Promise<PictureFile> {
  return { name, mimeType: 'image/png', buffer: Buffer.from(await encodePng(picture)) };
}

/** Makes a JPEG whose EXIF tells an orientation, 1 to 8. */
export async function turnedJpeg(
  name: string,
  picture: Image,
  orientation: number,
): Promise<PictureFile> {
  const jpeg = withSegment(await encodeJpeg(picture, 95), exif(orientation));
  return { name, mimeType: 'image/jpeg', buffer: Buffer.from(jpeg) };
}

/** Makes a PNG of stripes, which is quick for many pixels. */
export function largePng(name: string, width: number, height: number): PictureFile {
  const row = Buffer.from(
    Uint8Array.from({ length: 1 + 3 * width }, (_, at) => (at === 0 ? 0 : (at * at) >> 8)),
  );
  const rows = Buffer.alloc(height * row.length, row);
  const data = chunk('IDAT', deflateSync(rows, { level: 1 }));
  const buffer = pngOf(header({ colourType: 2, depth: 8, width, height }), data);
  return { name, mimeType: 'image/png', buffer };
}

/** Makes a PNG whose header gives another size. */
export function emptyPng(name: string, width: number, height: number): PictureFile {
  const data = chunk('IDAT', deflateSync(Buffer.alloc(16)));
  const buffer = pngOf(header({ colourType: 2, depth: 8, width, height }), data);
  return { name, mimeType: 'image/png', buffer };
}
