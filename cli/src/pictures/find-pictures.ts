import type { Dirent, Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { codeOf, reasonOf } from '../files/reason.ts';
import { Refusal } from '../files/refusal.ts';
import type { FoundPicture } from './found-picture.ts';
import { isNamedLikePicture } from './names.ts';
import { isNamedLikeManifest, readManifest } from './read-manifest.ts';

/** What was passed over, and why. */
export interface Skipped {
  readonly file: string;
  readonly reason: string;
}

/** Pictures, in an order that depends on names alone. */
export interface Found {
  readonly pictures: readonly FoundPicture[];
  readonly skipped: readonly Skipped[];
}

/**
 * Finds the files that were given, those that given manifests list, and the pictures in folders and
 * the folders below. Links are followed, unless they lead back to a folder that they lie in.
 *
 * @param without a path that is passed over
 * @throws Refusal where a file is missing, or a folder can't be read.
 */
export async function findPictures(
  paths: readonly string[],
  without: string | null = null,
): Promise<Found> {
  const pictures: FoundPicture[] = [];
  const skipped: Skipped[] = [];
  const left = without === null ? null : resolve(without);

  for (const path of paths) {
    const stats = await stat(path).catch((error) => {
      throw new Refusal(`${path}: cannot be read: ${reasonOf(error)}`);
    });
    if (stats.isDirectory()) await visit(path, '', [idOf(stats)]);
    else if (isNamedLikeManifest(path))
      for (const found of await readManifest(path)) pictures.push(found);
    else pictures.push(foundAt(path, basename(path), null, stats));
  }
  return { pictures, skipped };

  async function visit(folder: string, below: string, within: readonly string[]): Promise<void> {
    for (const entry of await entriesOf(join(folder, below))) {
      const place = join(below, entry.name);
      const path = join(folder, place);
      if (left !== null && resolve(path) === left) continue;
      if (entry.isFile() && !isNamedLikePicture(entry.name)) continue;
      const stats = await stat(path).catch((error: unknown) => error as Error);
      if (stats instanceof Error) {
        // A picture is named with those that can't be read.
        if (isNamedLikePicture(entry.name)) pictures.push(foundAt(path, place, folder, null));
        else skipped.push({ file: path, reason: reasonOfLink(stats) });
      } else if (!stats.isDirectory()) {
        if (isNamedLikePicture(entry.name)) pictures.push(foundAt(path, place, folder, stats));
      } else if (within.includes(idOf(stats))) {
        skipped.push({ file: path, reason: 'a link to a folder that it lies in' });
      } else {
        await visit(folder, place, [...within, idOf(stats)]);
      }
    }
  }
}

function foundAt(
  path: string,
  below: string,
  folder: string | null,
  stats: Stats | null,
): FoundPicture {
  return { path, below, folder, size: stats?.size ?? 0, changed: stats?.mtimeMs ?? 0 };
}

/** Returns the entries of a folder, sorted by the UTF-16 units of their names. */
async function entriesOf(path: string): Promise<readonly Dirent[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error) => {
    throw new Refusal(`${path}: cannot be read: ${reasonOf(error)}`);
  });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function idOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}

function reasonOfLink(error: Error): string {
  return codeOf(error) === 'ENOENT' ? 'a link that leads nowhere' : reasonOf(error);
}
