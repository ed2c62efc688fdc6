import { type ImageMoments, imageMoments, type Space, tissueMask } from 'wasm-norm';
import { asBytes, readPicture } from '../pictures/read-picture.ts';

/** How moments are found. */
export interface FitOptions {
  readonly space: Space;
  /** Whether only tissue takes part. */
  readonly tissueOnly: boolean;
}

/**
 * Finds the moments of a picture. In 'rgb' 16 bits count as such.
 *
 * @throws Error that says in one line, without the path, why there are none.
 */
export async function fitStyle(
  path: string,
  { space, tissueOnly }: FitOptions,
): Promise<ImageMoments> {
  const { image } = await readPicture(path);
  const bytes = space === 'rgb' ? image : asBytes(image);
  const mask = tissueOnly ? tissueMask(asBytes(image)) : null;
  const moments = imageMoments(bytes, { space, mask });
  if (moments.count === 0) {
    throw new Error(tissueOnly ? 'has no tissue' : 'has no pixel that is seen');
  }
  return moments;
}
