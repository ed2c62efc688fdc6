import type { ImageMoments, Space } from 'wasm-norm';
import { Refusal } from '../files/refusal.ts';
import { fitStyle } from './fit-style.ts';
import { isNamedLikeMoments, readMoments } from './moments-file.ts';

/**
 * Reads a style: moments, or a picture of which they are found.
 *
 * @param space 'rgb' where it is undefined, or the moments' own
 * @throws Refusal where the file is neither, or its moments are of another space.
 */
export async function readStyle(
  path: string,
  space: Space | undefined,
  tissueOnly: boolean,
): Promise<ImageMoments> {
  if (!isNamedLikeMoments(path)) {
    return fitStyle(path, { space: space ?? 'rgb', tissueOnly }).catch((error) => {
      throw error instanceof Refusal ? error : new Refusal(`${path}: ${error.message}`);
    });
  }
  const moments = await readMoments(path);
  if (space !== undefined && moments.space !== space) {
    throw new Refusal(`--space: expected ${moments.space}, as in ${path}, got '${space}'`);
  }
  if (moments.count === 0) throw new Refusal(`${path}: is of no pixels`);
  return moments;
}
