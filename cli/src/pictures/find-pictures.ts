import type { FoundFile, Skipped } from '../files/files.ts';
import { filesAt } from '../files/files-at.ts';
import { isNamedLikePicture } from './names.ts';
import { isNamedLikeManifest, readManifest } from './read-manifest.ts';

/** Pictures, in an order that depends on names alone. */
export interface Found {
  readonly pictures: readonly FoundFile[];
  readonly skipped: readonly Skipped[];
}

/**
 * Finds the files that were given, those that given manifests list, and the pictures in folders and
 * the folders below.
 *
 * @param without a path that is passed over
 * @throws Refusal where a file is missing, or a folder can't be read.
 */
export async function findPictures(
  paths: readonly string[],
  without: string | null = null,
): Promise<Found> {
  const pictures: FoundFile[] = [];
  const skipped: Skipped[] = [];
  for (const path of paths) {
    const files = await filesAt(path);
    if (isNamedLikeManifest(path) && (await files.kindAt(path)) === 'file') {
      for (const picture of await readManifest(path)) pictures.push(picture);
      continue;
    }
    const found = await files.find(path, { isWanted: isNamedLikePicture, without });
    for (const picture of found.files) pictures.push(picture);
    skipped.push(...found.skipped);
  }
  return { pictures, skipped };
}
