import type { Dirent, Stats } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Files, FoundFile, FoundFiles, Skipped, Wanted } from './files.ts';
import { isAddress } from './places.ts';
import { codeOf, reasonOf } from './reason.ts';
import { Refusal } from './refusal.ts';
import { checkWritable, makeFolder, removeLeftovers, writeWhole } from './write-whole.ts';

/** The files of this machine. */
export const localFiles: Files = {
  find,
  async kindAt(path) {
    const stats = await statOf(path);
    if (stats === null) return null;
    return stats.isDirectory() ? 'folder' : 'file';
  },
  async identityOf(path) {
    const stats = await statOf(path);
    return stats && idOf(stats);
  },
  read,
  write: writeWhole,
  checkWritable,
  makeFolder,
  removeLeftovers,
};

/** Links are followed, unless they lead back to a folder that they lie in. */
async function find(path: string, { isWanted, without }: Wanted): Promise<FoundFiles> {
  const files: FoundFile[] = [];
  const skipped: Skipped[] = [];
  const left = without === null || isAddress(without) ? null : resolve(without);
  const stats = await stat(path).catch((error) => {
    throw new Refusal(`${path}: cannot be read: ${reasonOf(error)}`);
  });
  if (stats.isDirectory()) await visit(path, '', [idOf(stats)]);
  else files.push(foundAt(path, basename(path), null, stats));
  return { files, skipped };

  async function visit(folder: string, below: string, within: readonly string[]): Promise<void> {
    for (const entry of await entriesOf(join(folder, below))) {
      const place = join(below, entry.name);
      const path = join(folder, place);
      if (left !== null && resolve(path) === left) continue;
      if (entry.isFile() && !isWanted(entry.name)) continue;
      const stats = await stat(path).catch((error: unknown) => error as Error);
      if (stats instanceof Error) {
        // What is wanted is named with what can't be read.
        if (isWanted(entry.name)) files.push(foundAt(path, place, folder, null));
        else skipped.push({ file: path, reason: reasonOfLink(stats) });
      } else if (!stats.isDirectory()) {
        if (isWanted(entry.name)) files.push(foundAt(path, place, folder, stats));
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
): FoundFile {
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

async function statOf(path: string): Promise<Stats | null> {
  return stat(path).catch(() => null);
}

async function read(path: string): Promise<Uint8Array> {
  try {
    // A FIFO would be waited for, and a device may never end.
    const stats = await stat(path);
    if (!stats.isFile()) throw new Error(kindOf(stats));
    return await readFile(path);
  } catch (error) {
    throw new Error(codeOf(error) ? `cannot be read: ${reasonOf(error)}` : reasonOf(error));
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder, not a file';
  if (stats.isFIFO()) return 'a FIFO, not a file';
  return stats.isSocket() ? 'a socket, not a file' : 'a device, not a file';
}
