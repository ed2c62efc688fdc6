import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleSuite } from './bundle-suite.ts';
import { output } from './command.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const programs = fileURLToPath(new URL('app', import.meta.url));

export interface App {
  /** A new folder with the programs, into which the packed library is installed. */
  readonly folder: string;
  readonly tarball: string;
}

/** Packs the library and installs it as a user would, beside the programs that use it. */
export async function createApp(): Promise<App> {
  const folder = mkdtempSync(join(tmpdir(), 'wasm-norm-'));
  cpSync(programs, folder, { recursive: true });
  const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const tarball = join(folder, (await output('npm', pack, root)).trim());
  await output('npm', ['install', '--no-audit', '--no-fund', '--silent', tarball], folder);
  await bundleSuite(folder);
  return { folder, tarball };
}
