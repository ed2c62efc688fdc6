// What a visitor does on the page.

import type { Page } from 'playwright-core';
import type { Image } from '../../src/index.ts';
import { decode } from '../support/codecs.ts';
import { settle } from './browser.ts';
import { type PictureFile, pngFile } from './pictures.ts';

export type Role = 'content' | 'style';

export async function pick(page: Page, role: Role, file: PictureFile): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.locator(`#${role} .pick`).click();
  await (await chooser).setFiles(file);
}

/** Picks a picture, and waits until it is in use. */
export async function use(page: Page, role: Role, name: string, picture: Image): Promise<void> {
  await useFile(page, role, await pngFile(name, picture));
}

export async function useFile(page: Page, role: Role, file: PictureFile): Promise<void> {
  await pick(page, role, file);
  await page
    .getByRole('radio', { name: file.name, exact: true })
    .and(page.locator(`#${role} *`))
    .waitFor();
  await settle(page);
}

export async function press(page: Page, label: string, ...keys: string[]): Promise<void> {
  const control = page.getByLabel(label, { exact: true });
  for (const key of keys) await control.press(key);
}

export async function download(page: Page): Promise<{ name: string; picture: Image }> {
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  const file = await coming;
  const chunks: Buffer[] = [];
  for await (const chunk of await file.createReadStream()) chunks.push(chunk);
  return { name: file.suggestedFilename(), picture: await decode(Buffer.concat(chunks)) };
}
