import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { reasonOf } from '../files/reason.ts';
import { Refusal } from '../files/refusal.ts';
import type { FoundPicture } from './found-picture.ts';

/** Says whether a file is named like a manifest. */
export function isNamedLikeManifest(path: string): boolean {
  return path.toLowerCase().endsWith('.tsv');
}

/**
 * Reads a list of pictures: a line for each, with its size in bytes, a tab, and its path from the
 * folder that the list lies in. So a folder of millions is listed once.
 *
 * @throws Refusal where the file can't be read, or a line is none of these.
 */
export async function readManifest(path: string): Promise<FoundPicture[]> {
  const text = await readFile(path, 'utf8').catch((error) => {
    throw new Refusal(`${path}: cannot be read: ${reasonOf(error)}`);
  });
  const folder = dirname(path);
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, at) => {
    const [, size, below] = /^(\d+)\t(.+)$/.exec(line) ?? [];
    if (size === undefined || below === undefined) {
      throw new Refusal(
        `${path}: line ${at + 1}: expected a size, a tab and a path, got '${line}'`,
      );
    }
    return { path: join(folder, below), below, folder, size: Number(size), changed: 0 };
  });
}
