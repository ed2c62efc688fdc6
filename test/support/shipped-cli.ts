import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../cli/', import.meta.url));

/** Copies into a folder what the package of the command line holds, without its dependencies. */
export function copyShippedCli(folder: string): void {
  const { files } = JSON.parse(readFileSync(join(CLI, 'package.json'), 'utf8'));
  for (const name of ['package.json', ...files]) {
    cpSync(join(CLI, name), join(folder, name), { recursive: true });
  }
}
