import type { AnyImage, Image } from 'wasm-norm';
import { useJpegDecoder, useWebpDecoder } from './codecs.ts';
import type { Format } from './header.ts';
import { essenceOf, readPng } from './png.ts';
import { decodePng, decodeWidePng } from './png-codec.ts';

// What mozjpeg warns of where it has made up the rest of a picture, most of all grey. It goes on
// without a word after its first warning, so a file may have more. Of other things it may warn:
// bytes between two segments, which many files have.
const LOSSES = /premature end|bad Huffman code|instead of RST|progression/i;

const DAMAGED = 'damaged data';

/**
 * Decodes a picture to RGBA bytes: JPEG upright as EXIF says, profiles left aside.
 *
 * @param file what `readHeader` has read
 * @throws Error that says in one line why it can't be decoded.
 */
export async function decode(file: Uint8Array<ArrayBuffer>, format: Format): Promise<Image> {
  switch (format) {
    case 'PNG': {
      const png = readPng(file);
      return decodePng(essenceOf(png), png.depth);
    }
    case 'JPEG':
      return decodeJpeg(file);
    case 'WebP':
      return decodeWebp(file);
  }
}

/** Decodes a picture as {@link decode} does, but for a PNG of 16 bits: to RGBA of 16 bits. */
export async function decodeAllBits(
  file: Uint8Array<ArrayBuffer>,
  format: Format,
): Promise<AnyImage> {
  if (format !== 'PNG') return decode(file, format);
  const png = readPng(file);
  return png.depth === 16 ? decodeWidePng(essenceOf(png)) : decodePng(essenceOf(png), png.depth);
}

async function decodeJpeg(file: Uint8Array<ArrayBuffer>): Promise<Image> {
  const { picture, loss } = await useJpegDecoder((decoder, said) => {
    try {
      return { picture: decoder.decode(file, true), loss: said.find((line) => LOSSES.test(line)) };
    } catch {
      // What comes is a number, or an exit. What it is about was said before.
      throw new Error(said.at(-1) ?? DAMAGED);
    }
  });
  if (loss !== undefined) throw new Error(loss);
  return imageOf(picture);
}

async function decodeWebp(file: Uint8Array<ArrayBuffer>): Promise<Image> {
  return imageOf(await useWebpDecoder((decoder) => decoder.decode(file)));
}

/** Takes the bytes, which are a copy already, and leaves out what else an ImageData has. */
function imageOf(picture: ImageData | null): Image {
  if (picture === null) throw new Error(DAMAGED);
  const { data, width, height } = picture;
  return { data: data as Uint8ClampedArray<ArrayBuffer>, width, height };
}
