import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADDRESS, addressFields } from './address.ts';
import type { Folder } from './commands.ts';

/** A packed package. */
export interface Packed {
  readonly name: string;
  readonly version: string;
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare'];

/** Writes the address of the repository into a clone's package.json. */
export function writeAddress(clone: Folder): void {
  const path = join(clone.path, 'package.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, `${JSON.stringify({ ...manifest, ...addressFields(ADDRESS) }, null, 2)}\n`);
}

/** Builds a clone and packs both packages into a folder: the library first. */
export function packBoth(clone: Folder, folder: string): readonly [Packed, Packed] {
  const library = pack(clone, '.', folder); // prepack builds
  clone.run('node', 'scripts/stage-cli.mjs');
  return [library, pack(clone, './build/cli', folder)];
}

function pack(clone: Folder, from: string, folder: string): Packed {
  const printed = clone.run(
    'npm',
    'pack',
    from,
    '--json',
    '--silent',
    '--pack-destination',
    folder,
  );
  // The scripts of the package may print before.
  const [described] = JSON.parse(printed.slice(printed.search(/^\[/m)));
  const path = join(folder, described.filename);
  const { scripts } = JSON.parse(clone.run('tar', '-xzOf', path, 'package/package.json'));
  const runs = INSTALL_SCRIPTS.filter((name) => scripts?.[name] !== undefined);
  if (runs.length > 0) throw new Error(`${path}: expected no script ${runs.join(' or ')}`);
  const { name, version, size, unpackedSize, files } = described;
  return { name, version, path, sha256: digestOf(path), size, unpackedSize, files };
}

export function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Throws if two builds of the packages differ. */
export function expectSame(first: readonly Packed[], second: readonly Packed[]): void {
  for (const [i, { name, sha256 }] of first.entries()) {
    const other = second[i]?.sha256;
    if (sha256 !== other) throw new Error(`${name}: two builds differ, ${sha256} and ${other}`);
  }
}
