import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf, reasonOf } from './reason.ts';
import { Refusal } from './refusal.ts';

/**
 * Writes a file whole or not at all: the bytes go to a temporary file beside it,
 * which then takes its name.
 *
 * @throws Refusal where the folder is missing or can't be written.
 */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  // Its name is no other's: process ids are the same in every container.
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw cannotWrite(path, error);
  }
}

/**
 * Tells before the work whether a file can be written after it.
 *
 * @throws Refusal as {@link writeWhole} does.
 */
export async function checkWritable(path: string): Promise<void> {
  const trial = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await writeFile(trial, '');
    await rm(trial);
    if ((await stat(path).catch(() => null))?.isDirectory()) throw new Error('it is a folder');
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

const LEFTOVER = /^\.(.+)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/**
 * Removes from a folder what {@link writeWhole} has left there where it was killed.
 *
 * @param names of the files that nobody else writes now
 */
export async function removeLeftovers(folder: string, names: ReadonlySet<string>): Promise<void> {
  for (const entry of await readdir(folder).catch(() => [])) {
    const name = LEFTOVER.exec(entry)?.[1];
    if (name !== undefined && names.has(name)) await rm(join(folder, entry), { force: true });
  }
}

/** @throws Refusal where there is no such folder and it can't be made. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error) => {
    throw new Refusal(`${path}: cannot be made: ${reasonOf(error)}`);
  });
}

function cannotWrite(path: string, error: unknown): Refusal {
  const isLost = codeOf(error) === 'ENOENT';
  const reason = isLost ? `there is no folder ${dirname(path)}` : reasonOf(error);
  return new Refusal(`${path}: cannot be written: ${reason}`);
}
