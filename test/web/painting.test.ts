import { readFileSync } from 'node:fs';
import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';
import { readNetwork } from '../../cli/paint/network/network.ts';
import { mixStyles } from '../../cli/paint/network/styles.ts';
import { paint } from '../../cli/paint/paint.ts';
import { download, use, useFile } from './acts.ts';
import { namedUrl, openPage, settle, useBrowser } from './browser.ts';
import { largePng, makePicture } from './pictures.ts';

const PHOTOGRAPH = makePicture(96, 64, [60, 110, 160]);
const NETWORK = readNetwork(
  readFileSync(new URL('../../cli/paint/style-network.safetensors', import.meta.url)),
);

useBrowser();

async function choosePainted(page: Page): Promise<void> {
  await page.getByRole('radio', { name: 'Painted' }).check();
  await page.locator('#time', { hasText: /^(?:Painted|Preview)/ }).waitFor();
}

it('a photograph is painted as in Node, by what is loaded only then, and can be matched again', async () => {
  const loaded: string[] = [];
  const page = await openPage({}, inject('url'), async (page) => {
    page.context().on('request', (request) => loaded.push(new URL(request.url()).pathname));
  });
  await use(page, 'content', 'mine.png', PHOTOGRAPH);
  const parts = ['/painting.js', '/painter.js', '/style-network.safetensors'];
  expect(loaded.filter((path) => parts.includes(path))).toEqual([]);
  expect(await page.locator('#painting').textContent()).toMatch(/^Loading the network: 0\.\d MB/);

  await choosePainted(page);
  await page.locator('#time', { hasText: /^Painted 0\.01 MP in [\d.]+ s$/ }).waitFor();
  expect(loaded.filter((path) => parts.includes(path)).toSorted()).toEqual(parts.toSorted());
  const { name, picture } = await download(page);
  expect(name).toBe('mine-as-painting.png');
  const style = mixStyles(NETWORK, { 'starry-night': 1 });
  const expected = paint(NETWORK, PHOTOGRAPH, { style, strength: 0.8 });
  expect(Buffer.from(picture.data).equals(Buffer.from(expected.data))).toBe(true);

  await page.getByRole('radio', { name: 'RGB' }).check();
  await settle(page);
  expect((await download(page)).name).toBe('mine-as-coffee.png');
});

it('styles are mixed by sliders, whose numbers are shown, and the address holds them', async () => {
  const page = await openPage({ colorScheme: 'dark', viewport: { width: 360, height: 740 } });
  await use(page, 'content', 'mine.png', PHOTOGRAPH);
  await choosePainted(page);
  await page.getByRole('slider', { name: /^Part of Katsushika Hokusai/ }).fill('50');
  await expect
    .poll(() => new URL(page.url()).searchParams.get('styles'))
    .toBe('great-wave.50,starry-night.100');
  const weights = { 'great-wave': 50, 'starry-night': 100 };
  const style = mixStyles(NETWORK, weights);
  const [first = 0] = style;
  await page.getByText(`They begin with ${first.toFixed(3)}`).waitFor();
  const expected = paint(NETWORK, PHOTOGRAPH, { style, strength: 0.8 });
  const { picture } = await download(page);
  expect(Buffer.from(picture.data).equals(Buffer.from(expected.data))).toBe(true);

  await page.getByText('Painters and works').click();
  expect(await page.locator('.credits').textContent()).toContain('The Great Wave off Kanagawa');
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate("axe.run('#restyle')")) as AxeResults;
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);

  await page.reload();
  await page.locator('#time', { hasText: /^Painted/ }).waitFor();
  const hokusai = page.getByRole('slider', { name: /^Part of Katsushika Hokusai/ });
  expect(await hokusai.inputValue()).toBe('50');
});

it('a large photograph is painted small first, and whole when asked, until it is cancelled', async () => {
  const page = await openPage();
  await useFile(page, 'content', largePng('large.png', 1600, 1200));
  await choosePainted(page);
  await page.locator('#time', { hasText: /^Preview of 0\.26 MP/ }).waitFor();
  await page.getByRole('button', { name: 'Paint all 1.9 MP' }).click();
  const progress = page.getByRole('progressbar', { name: 'How much is painted' });
  await expect
    .poll(() => progress.evaluate((bar) => (bar as HTMLProgressElement).value))
    .toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Paint all 1.9 MP' }).waitFor();
  expect(await page.locator('#time').textContent()).toMatch(/^Preview of 0\.26 MP/);
});

it('a photograph is painted without a network once that was done with one', async () => {
  const page = await openPage({}, namedUrl());
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await choosePainted(page);
  await page.context().setOffline(true);
  await page.reload();
  await page.locator('#time', { hasText: /^Painted|^Preview/ }).waitFor();
});
