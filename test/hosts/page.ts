import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from '../../examples/web/build.ts';
import { debianBrowsers, open } from './browsers.ts';

const app = fileURLToPath(new URL('app', import.meta.url));

interface Seen {
  readonly statistics: readonly string[];
  readonly problems: readonly string[];
}

/**
 * Opens the page of examples/web in browsers that are not Chromium, and prints the statistics of
 * the full picture. Rejects if an error happened, or if they differ.
 */
export async function checkPage(folder: string): Promise<void> {
  await buildPage(join(folder, 'page'));
  for (const name of ['watch.html', 'watch.mjs']) cpSync(join(app, name), join(folder, name));
  const rows = new Set<string>();
  for (const browser of await debianBrowsers(folder)) {
    const seen: Seen = JSON.parse(await open(folder, 'watch.html', browser));
    if (seen.problems.length > 0) throw new Error(`${browser.name}: ${seen.problems.join()}`);
    const row = seen.statistics.join(', ');
    rows.add(row);
    console.log(`${`${browser.name}, page`.padEnd(24)}${browser.version.padEnd(18)}${row}`);
  }
  if (rows.size !== 1) throw new Error(`the page shows ${rows.size} different statistics`);
}
