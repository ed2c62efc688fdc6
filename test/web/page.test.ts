import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { namedUrl, openPage, settle, takeProblems, useBrowser } from './browser.ts';

useBrowser();

const LOOKS = [
  [360, 'light', true],
  [768, 'light', false],
  [360, 'dark', false],
  [1440, 'dark', true],
] as const;

async function showEverything(page: Page): Promise<void> {
  await page.getByRole('radio', { name: 'Group' }).check();
  const chooser = page.waitForEvent('filechooser');
  await page.locator('#style .pick').click();
  const file = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Buy milk.') };
  await (await chooser).setFiles(file);
  await page.getByText('notes.txt is not a picture').waitFor();
}

// axe-core takes seconds: once for each theme, at the smallest and the largest width.
describe.each(LOOKS)(
  'at a width of %i pixels, %s, checked by axe: %s',
  (width, colorScheme, isChecked) => {
    it('fits the screen, has its theme, and passes the rules', async () => {
      const page = await openPage({ viewport: { width, height: 800 }, colorScheme });
      await showEverything(page);

      const beyond = await page.evaluate(() =>
        // Code and the rows of pictures scroll by themselves.
        [
          document.documentElement,
          ...document.querySelectorAll('body *:not(.unseen, pre *, .choices *)'),
        ]
          .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
          .map((element) => element.outerHTML.slice(0, 80)),
      );
      expect(beyond).toEqual([]);
      const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(widths).toEqual([width, width]);

      const color = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const brightness = Math.max(...(color.match(/\d+/g) ?? []).map(Number));
      if (colorScheme === 'light') expect(brightness).toBeGreaterThan(240);
      else expect(brightness).toBeLessThan(40);

      if (!isChecked) return;
      await page.evaluate(axe.source);
      const { violations, passes } = (await page.evaluate('axe.run()')) as AxeResults;
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      expect(passes.length).toBeGreaterThan(20);
    });
  },
);

it('shows picture, slider and download at once on a screen of 1440 x 900', async () => {
  const page = await openPage();
  for (const id of ['stage', 'time', 'strength', 'download', 'pairs']) {
    const box = (await page.locator(`#${id}`).boundingBox()) as DOMRect;
    expect(box.y + box.height).toBeLessThan(900);
  }
});

it('works without a network once it has been loaded', async () => {
  const page = await openPage({}, namedUrl());
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await page.context().setOffline(true);
  expect(await page.evaluate(() => fetch('/absent').catch(() => 'no network'))).toBe('no network');
  takeProblems(); // of that request
  await page.reload();
  await settle(page);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await page.locator('#content').getByRole('radio', { name: 'a cat' }).check();
  await page.getByText('451 × 300').waitFor();
  await settle(page);
});

describe('on loopback', () => {
  const registrations = (page: Page) =>
    page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);

  it('keeps nothing, so that it does not answer in place of the next project there', async () => {
    const page = await openPage();
    await page.reload();
    await settle(page);
    expect(await registrations(page)).toBe(0);
    expect(await page.evaluate(() => caches.keys())).toEqual([]);
    expect(await page.evaluate(() => navigator.serviceWorker.controller)).toBeNull();
  });

  it('removes what an earlier version has left there', async () => {
    const page = await openPage();
    await page.evaluate(async () => {
      await caches.open('wasm-norm 0123');
      await caches.open('another project');
      await navigator.serviceWorker.register('service-worker.js');
    });
    // By the service worker itself, which a browser fetches anew where it has an old one.
    await expect.poll(() => registrations(page)).toBe(0);
    expect(await page.evaluate(() => caches.keys())).toEqual(['another project']);
  });
});

it('runs only its own scripts and applies only its own styles', async () => {
  const page = await openPage();
  await page.evaluate(() => {
    document.body.append(
      Object.assign(document.createElement('script'), { textContent: 'window.isHacked = true' }),
    );
    document.body.setAttribute('style', 'background: red');
    document.body.append(Object.assign(new Image(), { src: 'https://example.org/pixel.png' }));
  });
  expect(await page.evaluate(() => 'isHacked' in window)).toBe(false);
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).not.toBe(
    'rgb(255, 0, 0)',
  );
  const refusals: string[] = [];
  await expect
    .poll(() => {
      refusals.push(...takeProblems().filter((problem) => problem.includes('Security Policy')));
      return refusals.length;
    })
    .toBe(3);
});

it('gives its worker and its service worker the same policy, and isolates all', async () => {
  const policies = ['', 'worker.js', 'service-worker.js'].map(async (path) => {
    const { headers } = await fetch(inject('url') + path);
    expect(headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin');
    expect(headers.get('Cross-Origin-Embedder-Policy')).toBe('require-corp');
    return headers.get('Content-Security-Policy');
  });
  const [first, ...others] = await Promise.all(policies);
  expect(others).toEqual([first, first]);
  expect(first).toContain("default-src 'none'");
  expect(first).not.toMatch(/unsafe-inline|'unsafe-eval'|\*|https?:/);
});

describe('npm run web', () => {
  const run = (...args: string[]) => {
    const command = ['--import', 'tsx', 'examples/web/main.ts', ...args];
    return spawnSync(process.execPath, command, { encoding: 'utf8' });
  };

  it('says what a port is', () => {
    const { status, stderr } = run('--port', 'http');
    expect([status, stderr]).toEqual([
      1,
      "--port: expected a number from 0 to 65535, got 'http'\n",
    ]);
  });

  it('says that a port is in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { status, stderr } = run('--port', String(port));
    server.close();
    expect(status).toBe(1);
    expect(stderr).toContain(`port ${port} is in use`);
  });
});
