import type { Metadata, Sharp } from 'sharp';
import type { AnyImage, ImageLike } from 'wasm-norm';
import { filesAt } from '../files/files-at.ts';
import { Refusal } from '../files/refusal.ts';
import { kindOf, type PictureKind } from './kinds.ts';
import { widenBits, withoutInks } from './samples.ts';
import { type Codecs, loadCodecs } from './sharp.ts';

/** A picture, upright, in sRGB. */
export interface Picture<Pixels extends AnyImage = AnyImage> {
  readonly image: Pixels;
  /** Whether it came with an alpha; without one all pixels are opaque. */
  readonly hasAlpha: boolean;
  /** The pictures that its file holds, of which it is the first. */
  readonly pages: number;
}

/** Pixels: of RGBA 1 GiB. It is the limit that sharp has too. */
const MAX_PIXELS = 0x3fff * 0x3fff;

/**
 * Reads a picture with 8 bits a channel, or with 16 where the file has more than 8.
 *
 * @throws Error that says in one line, without the path, why there is no picture; Refusal where the
 *   reason is not of this one.
 */
export async function readPicture(path: string): Promise<Picture> {
  const bytes = await (await filesAt(path)).read(path);
  const file = kindOf(bytes);
  if (!file.isPicture) throw new Error(file.name);
  const codecs = await loadCodecs();
  try {
    return await decode(codecs, bytes, file.kind);
  } catch (error) {
    throw new Error(explain(file.kind, error as Error), { cause: error });
  }
}

/**
 * Reads a picture that has to be there.
 *
 * @throws Refusal that says in one line why there is none.
 */
export async function readOnlyPicture(path: string): Promise<Picture> {
  return readPicture(path).catch((error) => {
    throw error instanceof Refusal ? error : new Refusal(`${path}: ${error.message}`);
  });
}

async function decode(codecs: Codecs, bytes: Uint8Array, kind: PictureKind): Promise<Picture> {
  const open = (limitInputPixels: number | false) =>
    codecs(bytes, {
      // Of odd markers, which all readers pass over, libvips warns; a file cut short is an error.
      failOn: 'error',
      limitInputPixels,
      autoOrient: true,
      sequentialRead: true,
    });
  const metadata = await open(false).metadata();
  const { space, depth, bitsPerSample, icc, hasAlpha, pages = 1 } = metadata;
  checkSize(kind, metadata);
  checkSamples(kind, metadata);
  const isWide = depth === 'ushort';
  const pipeline = open(MAX_PIXELS);
  if (space === 'cmyk' && icc === undefined) {
    // Without a profile libvips would take one of its own for what nobody knows.
    pipeline.pipelineColourspace('cmyk').toColourspace('cmyk');
    const image = withoutInks(await pixelsOf(pipeline, isWide));
    return { image, hasAlpha: false, pages };
  }
  pipeline.toColourspace(isWide ? 'rgb16' : 'srgb').ensureAlpha();
  // Of 16 bits libvips makes Display P3 by the profile.
  if (isWide && icc !== undefined) pipeline.withIccProfile('srgb');
  const image = await pixelsOf(pipeline, isWide);
  if (kind === 'AVIF' && image.data instanceof Uint16Array) widenBits(image.data, bitsPerSample);
  return { image, hasAlpha, pages };
}

async function pixelsOf(pipeline: Sharp, isWide: boolean): Promise<AnyImage> {
  const { data, info } = await pipeline
    .raw({ depth: isWide ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  if (!isWide) return { data, width, height };
  return { data: new Uint16Array(data.buffer, data.byteOffset, data.length / 2), width, height };
}

function checkSize(kind: PictureKind, { width, height }: Metadata): void {
  if (width * height > MAX_PIXELS) {
    throw new Explained(`${kind} of ${width} x ${height} pixels, of at most ${MAX_PIXELS}`);
  }
}

/** Refuses what the colours of a picture can't be known of. */
function checkSamples(kind: PictureKind, metadata: Metadata): void {
  const { space, channels, depth, bitsPerSample } = metadata;
  if (depth !== 'uchar' && depth !== 'ushort') {
    const bits = bitsPerSample === undefined ? '' : `${bitsPerSample} bits a sample, `;
    throw new Explained(`${kind} of ${bits}${depth}; save it with 8 or 16 bits of whole numbers`);
  }
  const colours = space === 'b-w' || space === 'grey16' ? 1 : space === 'cmyk' ? 4 : 3;
  if (channels !== colours && channels !== colours + 1) {
    throw new Explained(
      `${kind} of ${channels} bands; save those that are red, green and blue as a picture of three`,
    );
  }
}

/** An error whose words need no more. */
class Explained extends Error {}

function explain(kind: PictureKind, error: Error): string {
  if (error instanceof Explained) return error.message;
  const [line = ''] = error.message
    .replace('Input buffer has corrupt header:', '')
    .trim()
    .split('\n');
  const words = line.replace(/^\w+: /, '');
  const bits = /data precision (\d+)/.exec(words)?.[1];
  if (bits !== undefined) return `${kind} of ${bits} bits a sample; save it with 8`;
  const most = /Maximum supported image dimension is (\d+)/.exec(words)?.[1];
  if (most !== undefined) return `${kind} of more than ${most} pixels in width or height`;
  const reason = words === '' ? '' : ` (${words})`;
  return `damaged or truncated ${kind}, or of an unsupported kind${reason}`;
}

/** Returns a picture of 8 bits: itself, or each value rounded. */
export function asBytes({ data, width, height }: AnyImage): ImageLike {
  if (!(data instanceof Uint16Array)) return { data, width, height };
  const bytes = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i++) bytes[i] = (data[i] as number) / 257;
  return { data: bytes, width, height };
}
