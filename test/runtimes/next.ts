import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { installed, output, versionOf } from './command.ts';
import { node } from './command-lines.ts';
import type { Row } from './row.ts';

/** Vercel's edge runtime: a route that Next builds and serves from its sandbox. */
export function edgeLight(folder: string): Row {
  return {
    runtime: 'Next, edge runtime',
    version: versionOf('next'),
    run: async () => {
      const app = join(folder, 'next');
      mkdirSync(join(app, 'node_modules'));
      symlinkSync(installed('next'), join(app, 'node_modules/next'));
      await output(node(24), [installed('next/dist/bin/next'), 'build'], app);
      return output(node(24), ['print.mjs'], app);
    },
  };
}
