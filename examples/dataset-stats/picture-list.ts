import { createHash } from 'node:crypto';
import type { Dirent, Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { reasonOf } from '../common/files.ts';
import { Refusal } from '../common/refusal.ts';

// What other formats hold can't be decoded here, and is to be named rather than
// passed over.
const PICTURE = /\.(png|jpe?g|jfif|gif|webp|bmp|tiff?|avif|hei[cf])$/i;

/** All pictures below a folder, in an order that depends on their names alone. */
export interface PictureList {
  /** Its absolute path. */
  readonly folder: string;
  /** The pictures' paths from there. */
  readonly paths: readonly string[];
  /** Of all paths, sizes and times of change: tells whether the list is still the same. */
  readonly sha256: string;
}

/**
 * Lists the pictures below a folder. Links to files are followed, links to folders
 * are not: they could lead round in a circle.
 *
 * @throws Refusal where the folder or one in it can't be read, or none has a picture.
 */
export async function listPictures(folder: string): Promise<PictureList> {
  const root = resolve(folder);
  const paths: string[] = [];
  const hash = createHash('sha256');
  for await (const { path, size, mtimeMs } of picturesIn(root, '')) {
    paths.push(path);
    hash.update(`${path}\0${size}\0${mtimeMs}\0`);
  }
  if (paths.length === 0) throw new Refusal(`${folder}: expected pictures, got none`);
  return { folder: root, paths, sha256: hash.digest('hex') };
}

interface PictureFile {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
}

async function* picturesIn(root: string, below: string): AsyncGenerator<PictureFile> {
  for (const entry of await entriesOf(join(root, below))) {
    const path = join(below, entry.name);
    if (entry.isDirectory()) {
      yield* picturesIn(root, path);
    } else if (PICTURE.test(entry.name)) {
      const stats = await statOf(join(root, path));
      // A link that leads nowhere is listed too, and named with the unreadable.
      if (!stats?.isDirectory())
        yield { path, size: stats?.size ?? 0, mtimeMs: stats?.mtimeMs ?? 0 };
    }
  }
}

/** Returns the entries of a folder, sorted by the UTF-16 units of their names. */
async function entriesOf(path: string): Promise<readonly Dirent[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error) => {
    throw new Refusal(`${path}: cannot be read: ${reasonOf(error)}`);
  });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function statOf(path: string): Promise<Stats | null> {
  return stat(path).catch(() => null);
}
