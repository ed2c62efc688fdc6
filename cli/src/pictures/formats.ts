// The formats that are written, by the names of files.

import { extname } from 'node:path';
import type { ImageLike } from 'wasm-norm';
import { loadCodecs } from './sharp.ts';

/** A format that is written. */
export type Format = 'png' | 'jpeg' | 'webp' | 'avif';

const FORMATS: Readonly<Record<string, Format>> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.jpe': 'jpeg',
  '.jfif': 'jpeg',
  '.webp': 'webp',
  '.avif': 'avif',
};

/** The names that {@link formatOf} knows, for refusals. */
export const WRITTEN_NAMES = '.png, .jpg, .webp or .avif';

/** Tells the format to write by the name of a file; null for a name of none. */
export function formatOf(path: string): Format | null {
  return FORMATS[extname(path).toLowerCase()] ?? null;
}

// Where nothing else is asked for. Above 90 JPEG keeps the colour of each pixel.
const QUALITY: Readonly<Record<Format, number>> = { png: 100, jpeg: 90, webp: 90, avif: 65 };

/** What goes into a file besides the pixels. */
export interface EncodeOptions {
  /** 1 to 100; PNG has none. */
  readonly quality: number | undefined;
  readonly hasAlpha: boolean;
}

/**
 * Encodes a picture, in sRGB. JPEG, which has no alpha, gets it laid on white.
 *
 * @throws Error of libvips, where the picture is too large for the format.
 */
export async function encode(
  { data, width, height }: ImageLike,
  format: Format,
  { quality = QUALITY[format], hasAlpha }: EncodeOptions,
): Promise<Uint8Array> {
  const codecs = await loadCodecs();
  const pipeline = codecs(data, { raw: { width, height, channels: 4 } });
  if (!hasAlpha) pipeline.removeAlpha();
  else if (format === 'jpeg') pipeline.flatten({ background: 'white' });
  switch (format) {
    case 'png':
      return pipeline.png().toBuffer();
    case 'jpeg': {
      const chromaSubsampling = quality >= 90 ? '4:4:4' : '4:2:0';
      return pipeline.jpeg({ quality, chromaSubsampling }).toBuffer();
    }
    case 'webp':
      return pipeline.webp({ quality }).toBuffer();
    case 'avif':
      return pipeline.avif({ quality }).toBuffer();
  }
}
