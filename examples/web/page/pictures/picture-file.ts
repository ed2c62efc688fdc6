import { Refusal } from '../../refusal.ts';
import { megapixels } from '../shared/spell.ts';

/** A picture of the user's or of the page's, not decoded yet. */
export interface PictureFile {
  /** What the address calls it; null for one of the user's that is not kept yet. */
  readonly key: string | null;
  /** The name of its file. */
  readonly name: string;
  readonly blob: Blob;
}

/** Wraps a file of the user's. */
export function ownPicture(file: File): PictureFile {
  return { key: null, name: file.name, blob: file };
}

/**
 * The most pixels that the page takes. The library works on 12 bytes a pixel beside
 * the 4 of the picture and the 4 of the result: a gigabyte.
 */
export const MAX_PIXELS = 50_000_000;

/** What the page takes, as a sentence. */
const ACCEPTED = `JPEG, PNG, WebP, AVIF and GIF of up to ${MAX_PIXELS / 1e6} megapixels can be used.`;

/** Makes the refusal of a picture: what is wrong, and what would be right. */
export function refusePicture(name: string, fault: string): Refusal {
  return new Refusal(`${name} ${fault}. ${ACCEPTED}`);
}

/**
 * Reads a picture's size, for which the browser needs its first bytes only.
 *
 * @throws Refusal where it is no picture, or one too large
 */
export async function checkPicture({ name, blob }: PictureFile): Promise<void> {
  const url = URL.createObjectURL(blob);
  try {
    const { naturalWidth: width, naturalHeight: height } = await loadImage(url, name);
    if (width * height > MAX_PIXELS) {
      throw refusePicture(name, `has ${megapixels(width * height)}`);
    }
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function loadImage(url: string, name: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = url;
  await new Promise((resolve, reject) => {
    image.onload = resolve;
    image.onerror = () =>
      reject(refusePicture(name, 'is not a picture that this browser can open'));
  });
  return image;
}
