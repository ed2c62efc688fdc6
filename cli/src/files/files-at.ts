import type { Files } from './files.ts';
import { localFiles } from './local-files.ts';
import { isAddress } from './places.ts';
import { Refusal } from './refusal.ts';

/** Returns what a path is of. What speaks to a store loads when the first address comes. */
export async function filesAt(path: string): Promise<Files> {
  return isAddress(path) ? (await import('./s3-files.ts')).s3Files : localFiles;
}

/**
 * Reads a file that has to be there.
 *
 * @throws Refusal that says in one line why it can't be read.
 */
export async function readOnlyFile(path: string): Promise<Uint8Array> {
  const files = await filesAt(path);
  return files.read(path).catch((error) => {
    throw error instanceof Refusal ? error : new Refusal(`${path}: ${error.message}`);
  });
}

/** Reads a text, as {@link readOnlyFile} does. */
export async function readOnlyText(path: string): Promise<string> {
  return new TextDecoder().decode(await readOnlyFile(path));
}

/** Writes a file whole or not at all. */
export async function writeFileAt(path: string, content: Uint8Array | string): Promise<void> {
  await (await filesAt(path)).write(path, content);
}
