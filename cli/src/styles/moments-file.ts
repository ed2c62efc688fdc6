// Moments as files of JSON: what `fit` writes, and `restyle` takes in place of a style.

import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { ImageMoments } from 'wasm-norm';
import { reasonOf } from '../files/reason.ts';
import { Refusal } from '../files/refusal.ts';
import { writeWhole } from '../files/write-whole.ts';

/** Says whether a file is named like moments. */
export function isNamedLikeMoments(path: string): boolean {
  return extname(path).toLowerCase() === '.json';
}

/** @throws Refusal where the file can't be read or is something else. */
export async function readMoments(path: string): Promise<ImageMoments> {
  const text = await readFile(path, 'utf8').catch((error) => {
    throw new Refusal(`${path}: cannot be read: ${reasonOf(error)}`);
  });
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
  await writeWhole(path, `${JSON.stringify(moments)}\n`);
}
