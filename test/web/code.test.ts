// The code that the page hands out is run in Node, against the built library.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { REPOSITORY, spellInstalling } from '../../examples/web/links.ts';
import { press, use } from './acts.ts';
import { openPage, settle, useBrowser } from './browser.ts';
import { makePicture, pngFile } from './pictures.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

useBrowser();

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'code-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/wasm-norm'));
  symlinkSync(join(ROOT, 'node_modules/sharp'), join(folder, 'node_modules/sharp'));
  cpSync(join(ROOT, 'examples/restyle/photos'), folder, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Copies code as a visitor does. */
async function copyCode(page: Page, name: string): Promise<string> {
  await page.getByRole('button', { name: `Copy the ${name}` }).click();
  await page.getByText('Copied').waitFor();
  return page.evaluate(() => navigator.clipboard.readText());
}

/** Runs code, and returns the lines that it prints. */
function run(code: string): string[] {
  writeFileSync(join(folder, 'code.mjs'), code);
  const { stdout, stderr } = spawnSync(process.execPath, ['code.mjs'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

/** Returns what the comments after the code's prints say. */
function promised(code: string): string[] {
  return [...code.matchAll(/^console\.log.* \/\/ (.*)$/gm)].map(([, text]) => text as string);
}

async function readNumbers(page: Page): Promise<string[]> {
  const cells = await page.locator('#statistics-result td').allTextContents();
  const numbers = cells.map((cell) => cell.replaceAll('−', '-').split(' ± '));
  return [0, 1].map((i) => numbers.map((spread) => spread[i]).join(' '));
}

it('restyles the photographs of the page to the numbers on screen', async () => {
  const page = await openPage();
  await page.getByRole('radio', { name: 'Node' }).check();
  const code = await copyCode(page, 'code of this restyling');
  const printed = run(code);
  expect(printed).toEqual(promised(code));
  expect(printed).toEqual(await readNumbers(page));
});

it("restyles one's own pictures in Oklab to the numbers on screen", async () => {
  const page = await openPage();
  const pictures = {
    "one's own.png": makePicture(320, 200, [20, 90, 180]),
    'other.png': makePicture(150, 170, [170, 60, 90]),
  };
  for (const [name, picture] of Object.entries(pictures)) {
    writeFileSync(join(folder, name), (await pngFile(name, picture)).buffer);
  }
  await use(page, 'content', "one's own.png", pictures["one's own.png"]);
  await use(page, 'style', 'other.png', pictures['other.png']);
  await page.getByRole('radio', { name: 'Oklab' }).check();
  await press(page, 'Strength', 'ArrowLeft', 'ArrowLeft');
  await page.getByRole('radio', { name: 'Node' }).check();
  await settle(page);
  const code = await copyCode(page, 'code of this restyling');
  expect(code).toContain("{ strength: 0.78, space: 'oklab' }");
  expect(run(code)).toEqual(promised(code));
  expect(run(code)).toEqual(await readNumbers(page));
});

it('normalizes the batch to the numbers on screen, by each layer', async () => {
  const page = await openPage();
  const copied = await copyCode(page, 'code of this layer');
  expect(copied).toBe(await page.locator('#layer-code code').textContent());
  for (const layer of ['Instance', 'Batch', 'Layer', 'Group', 'RMS']) {
    await page.getByRole('radio', { name: layer, exact: true }).check();
    if (layer === 'Batch') await page.getByRole('radio', { name: 'nhwc' }).check();
    const cell = page.getByRole('grid', { name: 'Values after' }).getByRole('row').nth(2);
    await cell.getByRole('gridcell').nth(14).hover();
    const code = (await page.locator('#layer-code code').textContent()) as string;
    const printed = run(code);
    expect(printed).toEqual(promised(code));
    const shown = ((await page.locator('#chosen-value').textContent()) as string)
      .replaceAll('−', '-')
      .match(/: (\S+) becomes (\S+)$/);
    const [meanBefore] = await page.locator('#sets tr.chosen td').allTextContents();
    const mean = layer === 'RMS' ? [] : [meanBefore?.replace('−', '-')];
    expect(printed.map(Number)).toEqual([shown?.[1], ...mean, shown?.[2]].map(Number));
  }
});

it('installs and runs as printed', async () => {
  const page = await openPage();
  const code = await copyCode(page, 'way to install it');
  const [install, ...lines] = code.split('\n');
  expect(install).toBe(spellInstalling(REPOSITORY));
  const printed = run(lines.join('\n')).join(' ');
  const numbers = printed.match(/-?\d\.\d+/g)?.map((text) => Number(text).toFixed(2));
  expect(numbers?.join(' ')).toBe(code.match(/\/\/ (.*)\n/)?.[1]);
});

it('runs in a browser to the numbers on screen', async () => {
  const page = await openPage();
  const code = await copyCode(page, 'code of this restyling');
  const library = await build({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    format: 'esm',
    write: false,
  });
  await page.route('**/visitor.js', (route) =>
    route.fulfill({ contentType: 'text/javascript', body: library.outputFiles[0]?.text ?? '' }),
  );
  for (const photo of ['rocket.jpg', 'coffee.jpg']) {
    await page.route(`**/${photo}`, (route) => route.fulfill({ path: join(folder, photo) }));
  }
  const printed: string[] = [];
  page.on('console', (message) => printed.push(message.text()));
  await page.evaluate(() => {
    document.head.append(
      Object.assign(document.createElement('script'), { type: 'module', src: 'visitor.js' }),
    );
  });
  await expect.poll(() => printed).toEqual(await readNumbers(page));
  expect(printed).toEqual(promised(code));
});
