// Pictures as bytes, in and out. Nothing here is of Node: the same file serves
// in a browser or an edge worker.

import * as fastPng from 'fast-png';
import jpeg from 'jpeg-js';
import type { Image, ImageLike } from 'wasm-norm';

/**
 * Decodes a PNG or a JPEG to RGBA bytes; 16 bits are rounded to 8. Colour
 * profiles and EXIF orientation are left aside. Interlaced PNG of less than 8
 * bits is beyond the decoder, and refused.
 *
 * @throws Error that says in one line why the bytes are no such picture.
 */
export function decode(bytes: Uint8Array): Image {
  const format = formatOf(bytes);
  let image: Image;
  try {
    image = format === 'PNG' ? decodePng(bytes) : decodeJpeg(bytes);
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`damaged or truncated ${format}, or of an unsupported kind (${message})`, {
      cause: error,
    });
  }
  if (image.data.length === 0) {
    throw new Error(`${format} of ${image.width} x ${image.height} pixels`);
  }
  return image;
}

/** Encodes RGBA bytes as a PNG of 8 bits a channel, alpha included. */
export function encodePng({ data, width, height }: ImageLike): Uint8Array {
  return fastPng.encode({ data, width, height, channels: 4, depth: 8 });
}

function formatOf(bytes: Uint8Array): 'PNG' | 'JPEG' {
  if (bytes.length >= 8 && fastPng.hasPngSignature(bytes)) return 'PNG';
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'JPEG';
  throw new Error('neither a PNG nor a JPEG');
}

function decodeJpeg(bytes: Uint8Array): Image {
  const { data, width, height } = jpeg.decode(bytes, {
    useTArray: true,
    // By default a truncated picture comes back gray where it ends.
    tolerantDecoding: false,
    // The default of 512 MB refuses photographs of 30 megapixels whose chroma is of
    // full resolution; the decoder's limit of 100 megapixels stays.
    maxMemoryUsageInMB: 4096,
  });
  return { data: new Uint8ClampedArray(data), width, height };
}

function decodePng(bytes: Uint8Array): Image {
  const png = withoutIndices(fastPng.decode(bytes, { checkCrc: true }));
  const { data, width, height, channels, depth, transparency } = png;
  const most = 2 ** depth - 1;
  const isGray = channels < 3;
  const hasAlpha = channels === 2 || channels === 4;
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const at = pixel * channels;
    const red = data[at] as number;
    const green = isGray ? red : (data[at + 1] as number);
    const blue = isGray ? red : (data[at + 2] as number);
    const isKey =
      transparency !== undefined &&
      red === transparency[0] &&
      (isGray || (green === transparency[1] && blue === transparency[2]));
    const alpha = hasAlpha ? (data[at + channels - 1] as number) : isKey ? 0 : most;
    rgba[pixel * 4] = (red * 255) / most;
    rgba[pixel * 4 + 1] = (green * 255) / most;
    rgba[pixel * 4 + 2] = (blue * 255) / most;
    rgba[pixel * 4 + 3] = (alpha * 255) / most;
  }
  return { data: rgba, width, height };
}

/**
 * Looks palette pictures up in their palette. Gray of 1, 2 or 4 bits comes as
 * packed as they do, and is looked up in a palette of its grays.
 */
function withoutIndices(png: fastPng.DecodedPng): fastPng.DecodedPng {
  const isGray = png.channels === 1 && png.palette === undefined;
  const palette = isGray && png.depth < 8 ? grays(png) : png.palette;
  // A palette beside three or four channels only suggests colours for poor displays.
  if (png.channels !== 1 || palette === undefined) return png;
  const { width, height, text } = png;
  const data = fastPng.convertIndexedToRgb({ ...png, palette });
  return { data, width, height, text, channels: palette[0]?.length ?? 3, depth: 8 };
}

function grays({ depth, transparency }: fastPng.DecodedPng): number[][] {
  const most = 2 ** depth - 1;
  return Array.from({ length: most + 1 }, (_, level) => {
    const gray = (level * 255) / most;
    return [gray, gray, gray, level === transparency?.[0] ? 0 : 255];
  });
}
