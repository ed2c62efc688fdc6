import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installed, output, versionOf } from './command.ts';
import type { Row } from './row.ts';

const RELEASES = [20, 22, 24, 26];

const root = fileURLToPath(new URL('../..', import.meta.url));

export const deno: string = installed('@deno/linux-x64-glibc/deno');

export function node(release: number): string {
  return installed(`node-${release}/bin/node`);
}

/** Node, Deno and Bun: each runs a program and prints. */
export function commandLines(folder: string): Row[] {
  const bun = installed('@oven/bun-linux-x64/bin/bun');
  return [
    ...RELEASES.flatMap((release): Row[] => [
      {
        runtime: `Node ${release}, import`,
        version: versionOf(`node-${release}`),
        hasThreads: true,
        run: () => output(node(release), ['tests.mjs'], folder),
      },
      {
        runtime: `Node ${release}, require`,
        version: versionOf(`node-${release}`),
        hasThreads: true,
        run: () => output(node(release), ['require.cjs'], folder),
      },
    ]),
    {
      runtime: 'tsx, .cts',
      version: JSON.parse(readFileSync(join(root, 'node_modules/tsx/package.json'), 'utf8'))
        .version,
      hasThreads: true,
      run: () => {
        cpSync(join(folder, 'require.cjs'), join(folder, 'require.cts'));
        return output(node(24), ['--import', import.meta.resolve('tsx'), 'require.cts'], folder);
      },
    },
    {
      runtime: 'Deno, node_modules',
      version: versionOf('deno'),
      hasThreads: true,
      run: () => output(deno, ['run', '--no-prompt', 'tests.mjs'], folder),
    },
    {
      runtime: 'Deno, sources',
      version: versionOf('deno'),
      hasThreads: true,
      run: async () => {
        const sources = join(folder, 'sources');
        for (const name of ['src', 'node_modules/@assemblyscript/loader']) {
          cpSync(join(root, name), join(sources, name), { recursive: true });
        }
        for (const name of ['run.mjs', 'bits.mjs', 'bits.js']) {
          cpSync(join(folder, name), join(sources, name));
        }
        const { imports } = JSON.parse(readFileSync(join(root, 'deno.json'), 'utf8'));
        const config = { imports: { ...imports, 'wasm-norm': './src/index.ts' } };
        writeFileSync(join(sources, 'deno.json'), JSON.stringify(config));
        return output(deno, ['run', '--no-prompt', 'bits.mjs'], sources);
      },
    },
    {
      runtime: 'Bun',
      version: versionOf('bun'),
      hasThreads: true,
      run: () => output(bun, ['tests.mjs'], folder),
    },
  ];
}
