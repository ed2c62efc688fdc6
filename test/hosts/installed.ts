import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Returns the path of a file in one of the packages of this folder's package.json. */
export function installed(path: string): string {
  return fileURLToPath(new URL(`node_modules/${path}`, import.meta.url));
}

export function versionOf(name: string): string {
  return JSON.parse(readFileSync(installed(`${name}/package.json`), 'utf8')).version;
}
