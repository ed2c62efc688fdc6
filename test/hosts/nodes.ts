import { output } from '../runtimes/command.ts';
import type { Row } from '../runtimes/row.ts';
import { installed, versionOf } from './installed.ts';

// The first of each line, and the last that can't require ES modules.
const RELEASES = ['20.0', '20.18', '22.0', '22.11'];

/** Releases of Node that load the library as CommonJS. */
export function oldNodes(folder: string): Row[] {
  return RELEASES.flatMap((release) =>
    [
      ['import', 'bits.mjs'],
      ['require', 'require.cjs'],
    ].map(([way, program]) => ({
      runtime: `Node ${release}, ${way}`,
      version: versionOf(`node-${release}`).replace('v', ''),
      run: () => output(installed(`node-${release}/bin/node`), [program as string], folder),
    })),
  );
}
