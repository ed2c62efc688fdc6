import { Refusal } from '../../refusal.ts';
import { megapixels } from './facts.ts';

/** A picture of the user's or of the page's, not decoded yet. */
export interface PictureFile {
  readonly name: string;
  readonly blob: Blob;
  readonly isOwn: boolean;
}

/** Wraps a file of the user's. */
export function ownPicture(file: File): PictureFile {
  return { name: file.name, blob: file, isOwn: true };
}

/**
 * The most pixels that the page takes. The library works on 12 bytes a pixel beside
 * the 4 of the picture and the 4 of the result: a gigabyte.
 */
export const MAX_PIXELS = 50_000_000;

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
      throw new Refusal(
        `${name} has ${megapixels(width * height)}; this page takes up to ${MAX_PIXELS / 1e6}.`,
      );
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
      reject(new Refusal(`${name} is not a picture that this browser can open.`));
  });
  return image;
}
