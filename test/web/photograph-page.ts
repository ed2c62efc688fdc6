// Takes the README's picture of the page after its first result: npm run facts -- --page.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { buildPage } from '../../examples/web/build.ts';
import { servePage } from '../../examples/web/serve.ts';

const OUT = fileURLToPath(new URL('../../docs/images/page.jpg', import.meta.url));

const folder = await mkdtemp(join(tmpdir(), 'page-'));
await buildPage(folder);
const { url, server } = await servePage(folder, 0);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'], // root can't have a sandbox
});
try {
  const page = await browser.newPage({
    viewport: { width: 1296, height: 875 },
    colorScheme: 'light',
  });
  await page.goto(url, { waitUntil: 'networkidle' });
  await page.locator('#statistics-result:not(.stale) td:not(:empty)').first().waitFor();
  await page.screenshot({ path: OUT, type: 'jpeg', quality: 88 });
} finally {
  await browser.close();
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
}
