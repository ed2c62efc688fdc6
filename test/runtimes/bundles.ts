import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Pages } from './chromium.ts';
import { installed, output, versionOf } from './command.ts';
import { node } from './command-lines.ts';
import type { Row } from './row.ts';

/** Bundles of a program, each made by a bundler with its default options. */
export function bundles(folder: string, { printed }: Pages): Row[] {
  return [
    {
      runtime: 'esbuild, in Node',
      version: versionOf('esbuild'),
      hasThreads: true,
      run: async () => {
        await build({
          absWorkingDir: folder,
          entryPoints: ['bits.mjs'],
          outfile: 'esbuild/bits.mjs',
          bundle: true,
          format: 'esm',
        });
        return runAlone('esbuild');
      },
    },
    {
      runtime: 'rollup, in Node',
      version: versionOf('rollup'),
      hasThreads: true,
      run: async () => {
        await output(
          node(24),
          [
            ...[installed('rollup/dist/bin/rollup'), 'bits.mjs', '--dir', 'rollup'],
            ...['--entryFileNames', '[name].mjs', '--chunkFileNames', '[name].mjs'],
            ...['--plugin', installed('@rollup/plugin-node-resolve/dist/cjs/index.js')],
          ],
          folder,
        );
        return runAlone('rollup');
      },
    },
    {
      runtime: 'Vite, in Chromium',
      version: versionOf('vite'),
      hasThreads: true,
      run: async () => {
        await output(
          node(24),
          [installed('vite/bin/vite.js'), 'build', '--outDir', 'vite', '--base', './'],
          folder,
        );
        return printed('vite/index.html');
      },
    },
    {
      runtime: 'webpack, in Chromium',
      version: versionOf('webpack'),
      hasThreads: true,
      run: async () => {
        writeFileSync(
          join(folder, 'webpack.cjs'),
          `require(${JSON.stringify(installed('webpack'))})(
            {
              mode: 'production',
              context: __dirname,
              entry: './bits.mjs',
              output: { path: __dirname + '/webpack' },
            },
            (error, stats) => {
              if (error ?? stats.hasErrors()) throw error ?? new Error(stats.toString());
            },
          );`,
        );
        await output(node(24), ['webpack.cjs'], folder);
        return printed('webpack.html');
      },
    },
  ];

  /** Runs a bundle away from node_modules, so that it must contain everything it needs. */
  function runAlone(name: string): Promise<string> {
    return output(node(24), [join(folder, name, 'bits.mjs')], '/');
  }
}
