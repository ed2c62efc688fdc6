import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { App } from '../runtimes/app.ts';
import { output } from '../runtimes/command.ts';
import { node } from '../runtimes/command-lines.ts';
import type { Row } from '../runtimes/row.ts';
import { printedByWorker } from './printed-by-worker.ts';

const app = fileURLToPath(new URL('app/open-next', import.meta.url));
const { dependencies } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'));

/** Next on Cloudflare. It is a project of its own, since OpenNext follows no link out of it. */
export function openNext({ folder, tarball }: App): Row {
  return {
    runtime: 'OpenNext, cloudflare',
    version: dependencies['@opennextjs/cloudflare'].replace('^', ''),
    run: async () => {
      const place = join(folder, 'open-next');
      cpSync(app, place, { recursive: true });
      for (const name of ['run.mjs', 'bits.js']) cpSync(join(folder, name), join(place, name));
      const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
      await output('npm', [...install, tarball], place);
      const cli = join(place, 'node_modules/@opennextjs/cloudflare/dist/cli/index.js');
      await output(node(24), [cli, 'build'], place);
      return printedByWorker(join(place, '.open-next/worker.js'), '/bits');
    },
  };
}
