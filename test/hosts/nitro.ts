import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { output } from '../runtimes/command.ts';
import { node } from '../runtimes/command-lines.ts';
import type { Row } from '../runtimes/row.ts';
import { installed, versionOf } from './installed.ts';
import { printedByWorker } from './printed-by-worker.ts';

const app = fileURLToPath(new URL('app/nitro', import.meta.url));

/** Nitro, which builds the servers of Nuxt, for Cloudflare and for Vercel. */
export function nitro(folder: string): Row[] {
  const version = versionOf('nitropack');
  const build = async (preset: string): Promise<string> => {
    const place = join(folder, `nitro-${preset}`);
    cpSync(app, place, { recursive: true });
    const cli = installed('nitropack/dist/cli/index.mjs');
    await output(node(24), [cli, 'build', '--preset', preset], place);
    return place;
  };
  return [
    {
      runtime: 'Nitro, cloudflare',
      version,
      run: async () =>
        printedByWorker(join(await build('cloudflare_module'), '.output/server/index.mjs'), '/'),
    },
    {
      runtime: 'Nitro, vercel',
      version,
      run: async () => output(node(24), ['print-function.mjs'], await build('vercel')),
    },
  ];
}
