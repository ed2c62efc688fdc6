// Paths of this machine, and addresses s3://BUCKET/KEY, of which node:path would make something
// else. A key stands in an address as it is, and nothing of it is escaped.

import { basename, dirname, join, resolve, sep } from 'node:path';

const SCHEME = 's3://';

/** Says whether a path is the address of an object, or of a folder of them. */
export function isAddress(path: string): boolean {
  return path.startsWith(SCHEME);
}

/** Returns the place below a folder. */
export function joinPlace(folder: string, below: string): string {
  if (!isAddress(folder)) return join(folder, below);
  return `${withoutEnd(folder)}/${sep === '/' ? below : below.replaceAll(sep, '/')}`;
}

/** Returns the name of a file or folder. */
export function nameOf(path: string): string {
  if (!isAddress(path)) return basename(path);
  const whole = withoutEnd(path);
  return whole.slice(whole.lastIndexOf('/') + 1);
}

/** Returns the folder of a file or folder; of a bucket itself null. */
export function folderOf(path: string): string | null {
  if (!isAddress(path)) return dirname(path);
  const whole = withoutEnd(path);
  const end = whole.lastIndexOf('/');
  return end < SCHEME.length ? null : whole.slice(0, end);
}

/** Returns the one spelling of a place. */
export function fullPlace(path: string): string {
  return isAddress(path) ? withoutEnd(path) : resolve(path);
}

function withoutEnd(address: string): string {
  return address.length > SCHEME.length && address.endsWith('/') ? address.slice(0, -1) : address;
}
