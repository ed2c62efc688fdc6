// Moments as files of JSON: what `fit` writes, and `restyle` takes in place of a style.

import { extname } from 'node:path';
import { ImageMoments } from 'wasm-norm';
import { readOnlyText, writeFileAt } from '../files/files-at.ts';
import { Refusal } from '../files/refusal.ts';

/** Says whether a file is named like moments. */
export function isNamedLikeMoments(path: string): boolean {
  return extname(path).toLowerCase() === '.json';
}

/** @throws Refusal where the file can't be read or is something else. */
export async function readMoments(path: string): Promise<ImageMoments> {
  const text = await readOnlyText(path);
  try {
    return ImageMoments.fromJSON(JSON.parse(text));
  } catch (error) {
    throw new Refusal(
      `${path}: expected moments that wasm-norm fit has written (${(error as Error).message})`,
    );
  }
}

/** @throws Refusal where the file can't be written. */
export async function writeMoments(path: string, moments: ImageMoments): Promise<void> {
  await writeFileAt(path, `${JSON.stringify(moments)}\n`);
}
