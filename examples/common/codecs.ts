// Pictures as bytes, in and out. Nothing here is of Node: the same file serves
// in a browser or an edge worker.

import * as fastPng from 'fast-png';
import type { Image, ImageLike } from 'wasm-norm';
import { decodeJpeg, readJpeg } from './jpeg.ts';
import { decodePng, readPng } from './png.ts';

/** A format, and the size in pixels that a file says it has. */
export interface PictureHeader {
  readonly format: 'PNG' | 'JPEG';
  readonly width: number;
  readonly height: number;
}

const MAX_PIXELS = 100e6;

/** Tells a PNG and a JPEG by their first bytes; null for all else. */
export function formatOf(bytes: Uint8Array): 'PNG' | 'JPEG' | null {
  if (bytes.length >= 8 && fastPng.hasPngSignature(bytes)) return 'PNG';
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'JPEG';
  return null;
}

/**
 * Reads the size of a picture without decoding it.
 *
 * @throws Error that says in one line why the bytes are no such picture.
 */
export function readHeader(bytes: Uint8Array): PictureHeader {
  const { format, width, height } = read(bytes);
  return { format, width, height };
}

/**
 * Decodes a PNG or a JPEG to RGBA bytes; 16 bits are rounded to 8. Colour
 * profiles and EXIF orientation are left aside. Interlaced PNG of less than 8
 * bits is beyond the decoder, and refused.
 *
 * Time and memory are bounded by the length of the file and the size it says it
 * has, which is checked before anything is decoded.
 *
 * @throws Error that says in one line why the bytes are no such picture.
 */
export function decode(bytes: Uint8Array, maxPixels: number = MAX_PIXELS): Image {
  const { format, width, height, decoded } = read(bytes);
  if (width === 0 || height === 0) throw new Error(`${format} of ${width} x ${height} pixels`);
  if (width * height > maxPixels) {
    throw new Error(`${format} of ${width} x ${height} pixels, of at most ${maxPixels}`);
  }
  return orDamaged(format, () => decoded(maxPixels));
}

/** Encodes RGBA bytes as a PNG of 8 bits a channel; alpha is left out where all is opaque. */
export function encodePng({ data, width, height }: ImageLike): Uint8Array {
  return isOpaque(data)
    ? fastPng.encode({ data: withoutAlpha(data), width, height, channels: 3, depth: 8 })
    : fastPng.encode({ data, width, height, channels: 4, depth: 8 });
}

function isOpaque(data: ImageLike['data']): boolean {
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return false;
  return true;
}

function withoutAlpha(data: ImageLike['data']): Uint8Array {
  const rgb = new Uint8Array((data.length / 4) * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    rgb[to] = data[from] as number;
    rgb[to + 1] = data[from + 1] as number;
    rgb[to + 2] = data[from + 2] as number;
  }
  return rgb;
}

interface Picture extends PictureHeader {
  readonly decoded: (maxPixels: number) => Image;
}

function read(bytes: Uint8Array): Picture {
  const format = formatOf(bytes);
  if (format === null) throw new Error('neither a PNG nor a JPEG');
  return orDamaged(format, () => {
    if (format === 'PNG') {
      const png = readPng(bytes);
      return { format, width: png.width, height: png.height, decoded: () => decodePng(png) };
    }
    const picture = readJpeg(bytes);
    const { width, height } = picture;
    return { format, width, height, decoded: (maxPixels) => decodeJpeg(picture, maxPixels) };
  });
}

function orDamaged<T>(format: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`damaged or truncated ${format}, or of an unsupported kind (${message})`, {
      cause: error,
    });
  }
}
