import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import type { Image, ImageLike } from 'wasm-norm';
import { decode, encodePng } from './codecs.ts';
import { Refusal } from './refusal.ts';
import type { Stopwatch } from './stopwatch.ts';

/** @throws Refusal where there is no such file, it can't be read, or it is no picture. */
export async function readPicture(path: string, stopwatch: Stopwatch): Promise<Image> {
  try {
    return await loadPicture(path, stopwatch);
  } catch (error) {
    throw new Refusal(`${path}: ${(error as Error).message}`);
  }
}

/** @throws Error that says in one line, without the path, why there is no picture. */
export async function loadPicture(path: string, stopwatch: Stopwatch): Promise<Image> {
  const bytes = await readFile(path).catch((error) => {
    throw new Error(`cannot be read: ${reasonOf(error)}`);
  });
  return stopwatch.time('decoding', () => decode(bytes));
}

/**
 * Writes a PNG file whole or not at all.
 *
 * @throws Refusal where the folder is missing or can't be written.
 */
export async function writePicture(
  path: string,
  picture: ImageLike,
  stopwatch: Stopwatch,
): Promise<void> {
  await writeWhole(
    path,
    stopwatch.time('encoding', () => encodePng(picture)),
  );
}

/**
 * Writes a file whole or not at all: the bytes go to a temporary file beside it,
 * which then takes its name.
 *
 * @throws Refusal where the folder is missing or can't be written.
 */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    const isLost = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = isLost ? `there is no folder ${dirname(path)}` : reasonOf(error);
    throw new Refusal(`${path}: cannot be written: ${reason}`);
  }
}

/** @throws Refusal where there is no such folder and it can't be made. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error) => {
    throw new Refusal(`${path}: cannot be made: ${reasonOf(error)}`);
  });
}

/** Returns the system's own words for an error; Node's message would name the temporary file. */
export function reasonOf(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  return getSystemErrorMap().get(errno ?? 0)?.[1] ?? message;
}
