import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { installed, output, versionOf } from './command.ts';
import { node } from './command-lines.ts';

const RELEASES = ['5.0', '5.4', '5.6', '5.9', '6', '7'];

const STRICT = [
  ...['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'],
  ...['--skipLibCheck', 'false', '--target', 'es2022', '--lib', 'es2022'],
];

/** The ways to find modules, and the files that use them. TypeScript 6 gave up the last. */
const RESOLUTIONS = [
  { moduleResolution: 'node16', module: 'node16', files: ['types.mts', 'types.cts'] },
  { moduleResolution: 'bundler', module: 'esnext', files: ['types.ts'] },
  { moduleResolution: 'node10', module: 'commonjs', files: ['types.ts'] },
];

/** Prints a row for each TypeScript, and rejects if one does not read the declarations. */
export async function checkTypes(folder: string): Promise<void> {
  for (const extension of ['ts', 'cts']) {
    cpSync(join(folder, 'types.mts'), join(folder, `types.${extension}`));
  }
  for (const release of RELEASES) {
    const tsc = installed(`typescript-${release}/bin/tsc`);
    const known = Number.parseInt(release, 10) < 6 ? RESOLUTIONS : RESOLUTIONS.slice(0, 2);
    await Promise.all(
      known.map(({ moduleResolution, module, files }) => {
        const argv = ['--moduleResolution', moduleResolution, '--module', module, ...files];
        return output(node(24), [tsc, ...STRICT, ...argv], folder);
      }),
    );
    const ways = known.map(({ moduleResolution }) => moduleResolution).join(', ');
    console.log(
      `${'TypeScript'.padEnd(24)}${versionOf(`typescript-${release}`).padEnd(18)}${ways}`,
    );
  }
}
