import type { FoundFile } from '../files/files.ts';
import { readOnlyText } from '../files/files-at.ts';
import { folderOf, isAddress, joinPlace } from '../files/places.ts';
import { Refusal } from '../files/refusal.ts';

/** Says whether a file is named like a manifest. */
export function isNamedLikeManifest(path: string): boolean {
  return path.toLowerCase().endsWith('.tsv');
}

/**
 * Reads a list of pictures: a line for each, with its size in bytes, a tab, and its path from the
 * folder that the list lies in, or its address in a store. So a folder of millions is listed once.
 *
 * @throws Refusal where the file can't be read, or a line is none of these.
 */
export async function readManifest(path: string): Promise<FoundFile[]> {
  const text = await readOnlyText(path);
  const folder = folderOf(path) ?? path;
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, at) => {
    const [, size, place] = /^(\d+)\t(.+)$/.exec(line) ?? [];
    const where = place === undefined ? null : placeOf(place, folder);
    if (size === undefined || where === null) {
      throw new Refusal(
        `${path}: line ${at + 1}: expected a size, a tab and a path, got '${line}'`,
      );
    }
    return { ...where, path: joinPlace(where.folder, where.below), size: Number(size), changed: 0 };
  });
}

/** Parts an address into its bucket and what is below; a path is from the list's folder. */
function placeOf(
  place: string,
  folder: string,
): { readonly folder: string; readonly below: string } | null {
  if (!isAddress(place)) return { folder, below: place };
  const [, bucket, below] = /^(s3:\/\/[^/]+)\/(.+)$/.exec(place) ?? [];
  return bucket === undefined || below === undefined ? null : { folder: bucket, below };
}
