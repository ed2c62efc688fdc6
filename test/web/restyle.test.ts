import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { type Image, imageMoments, restyle } from '../../src/index.ts';
import { download, pick, press, type Role, use, useFile } from './acts.ts';
import { openPage, sendUnisolated, settle, useBrowser } from './browser.ts';
import {
  emptyPng,
  largePng,
  makePicture,
  type PictureFile,
  pngFile,
  turnedJpeg,
} from './pictures.ts';

useBrowser();

const CONTENT = makePicture(320, 200, [20, 90, 180]);
const STYLE = makePicture(150, 170, [170, 60, 90]);

/** Resolves with what is told of the next preview, which the full picture may soon replace. */
function nextPreview(page: Page): Promise<string> {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const time = document.getElementById('time') as HTMLElement;
        const observer = new MutationObserver(() => {
          if (!time.textContent?.startsWith('Preview')) return;
          observer.disconnect();
          resolve(time.textContent);
        });
        observer.observe(time, { subtree: true, childList: true, characterData: true });
      }),
  );
}

/** Reads the mean and std of red, green and blue from the table. */
async function readStatistics(page: Page, row: Role | 'result'): Promise<number[][]> {
  const cells = await page.locator(`#statistics-${row} td`).allTextContents();
  return cells.map((cell) => cell.replaceAll('−', '-').split('±').map(Number));
}

/** Finds the mean and the deviation of each channel of an opaque picture. */
function statisticsOf({ data }: Image): number[][] {
  return [0, 1, 2].map((channel) => {
    const bytes = data.filter((_, at) => at % 4 === channel);
    const mean = bytes.reduce((sum, byte) => sum + byte, 0) / bytes.length;
    const squares = bytes.reduce((sum, byte) => sum + (byte - mean) ** 2, 0);
    return [mean, Math.sqrt(squares / bytes.length)];
  });
}

function spreadsInOklab(picture: Image): number[][] {
  const moments = imageMoments(picture, { space: 'oklab' });
  const std = moments.std();
  return Array.from(moments.mean, (mean, channel) => [mean, std[channel] as number]);
}

/** Expects statistics as the table shows them, with so many decimals. */
function expectAsShown(shown: number[][], exact: number[][], decimals = 1): void {
  for (const [channel, numbers] of exact.entries()) {
    for (const [i, number] of numbers.entries()) {
      const rounding = Math.abs((shown[channel]?.[i] as number) - number);
      expect(rounding).toBeLessThan(0.501 * 10 ** -decimals);
    }
  }
}

function expectSame(actual: Image, expected: Image): void {
  expect([actual.width, actual.height]).toEqual([expected.width, expected.height]);
  expect(Buffer.from(actual.data).equals(Buffer.from(expected.data))).toBe(true);
}

describe('strength', () => {
  it('moves the result from the photograph to the style, by keys', async () => {
    const page = await openPage();
    await press(page, 'Strength', 'Home');
    await settle(page);
    expect(await readStatistics(page, 'result')).toEqual(await readStatistics(page, 'content'));
    // The astronaut in the colours of the cat, since nothing is clamped there.
    await page.locator('#content').getByRole('radio', { name: 'an astronaut' }).check();
    await page.locator('#style').getByRole('radio', { name: 'a cat' }).check();
    await press(page, 'Strength', 'End');
    await page.getByText('512 × 512').waitFor();
    await settle(page);
    const style = await readStatistics(page, 'style');
    for (const [channel, numbers] of (await readStatistics(page, 'result')).entries()) {
      for (const [i, number] of numbers.entries()) {
        // Rounding to bytes allows 0.5, rounding in the table 0.1.
        expect(Math.abs(number - (style[channel]?.[i] as number))).toBeLessThan(0.61);
      }
    }
  });

  it('shows previews while it is dragged and the full picture after, each with its time', async () => {
    const page = await openPage();
    await pick(page, 'content', largePng('large.png', 4000, 3000));
    await page.getByText('4000 × 3000').waitFor();
    await page
      .getByText(/^Restyled 12\.0 MP/)
      .first()
      .waitFor();
    const preview = nextPreview(page);
    const slider = (await page.locator('#strength').boundingBox()) as DOMRect;
    const { x, y, width, height } = slider;
    await page.mouse.move(x + 0.8 * width, y + height / 2);
    await page.mouse.down();
    for (let step = 0; step < 40; step++) {
      await page.mouse.move(x + (0.8 - step / 100) * width, y + height / 2);
    }
    const [, megapixels] = (await preview).match(/^Preview of ([\d.]+) MP in [\d.]+ s$/) ?? [];
    expect(Number(megapixels)).toBeGreaterThan(0.1);
    expect(Number(megapixels)).toBeLessThan(1);
    await page.mouse.up();
    await settle(page);
    const told = /^Restyled 12\.0 MP in [\d.]+ s/;
    expect(await page.locator('#time').textContent()).toMatch(told);
    expect(await page.locator('#status[role=status]').textContent()).toMatch(told);
    const previewInOklab = nextPreview(page);
    await page.getByRole('radio', { name: 'Oklab' }).check();
    await previewInOklab;
    await settle(page);
    console.log(`In Chromium: ${await page.locator('#time').textContent()} (Oklab)`);
  });
});

describe('the download', () => {
  it.each(['RGB', 'Oklab'] as const)('is what the library gives in Node, in %s', async (label) => {
    const page = await openPage();
    await use(page, 'content', 'my content.png', CONTENT);
    await use(page, 'style', 'my style.png', STYLE);
    await page.getByRole('radio', { name: label }).check();
    await press(page, 'Strength', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft');
    await settle(page);
    const { name, picture } = await download(page);
    expect(name).toBe('my content-as-my style.png');
    const space = label === 'RGB' ? 'rgb' : 'oklab';
    const expected = restyle(CONTENT, STYLE, { strength: 0.77, space });
    expectSame(picture, expected);
    const decimals = space === 'rgb' ? 1 : 3;
    const pictures = { content: CONTENT, style: STYLE, result: picture };
    for (const [row, shown] of Object.entries(pictures)) {
      const exact = space === 'rgb' ? statisticsOf(shown) : spreadsInOklab(shown);
      expectAsShown(await readStatistics(page, row as keyof typeof pictures), exact, decimals);
    }
  });
});

describe('threads', () => {
  const LARGE = makePicture(1250, 1000, [20, 90, 180]);

  /** Restyles a large picture, and returns the results in both spaces and how many threads did it. */
  async function restyleLarge(page: Page): Promise<{ results: Image[]; threads: number }> {
    await use(page, 'content', 'large.png', LARGE);
    await use(page, 'style', 'style.png', STYLE);
    const results: Image[] = [];
    for (const label of ['RGB', 'Oklab']) {
      await page.getByRole('radio', { name: label }).check();
      await settle(page);
      results.push((await download(page)).picture);
    }
    const shown = (await page.locator('#time').textContent()) as string;
    return { results, threads: Number(shown.match(/ on (\d+) threads$/)?.[1] ?? 1) };
  }

  const isIsolated = (page: Page) => page.evaluate(() => crossOriginIsolated);

  it('work on a large picture where the page is isolated, and give the bytes of one', async () => {
    const page = await openPage();
    expect(await isIsolated(page)).toBe(true);
    expect(await page.locator('#time').textContent()).not.toContain('threads'); // it is small
    const many = await restyleLarge(page);
    expect(many.threads).toBe(await page.evaluate(() => navigator.hardwareConcurrency));

    const plain = await openPage({}, inject('url'), sendUnisolated);
    expect(await isIsolated(plain)).toBe(false);
    const one = await restyleLarge(plain);
    expect(one.threads).toBe(1);

    for (const [i, space] of (['rgb', 'oklab'] as const).entries()) {
      const expected = restyle(LARGE, STYLE, { strength: 0.8, space });
      expectSame(many.results[i] as Image, expected);
      expectSame(one.results[i] as Image, expected);
    }
  });

  it('are those of one picture, and none where the next is small', async () => {
    const page = await openPage();
    const studios = page.workers().length;
    const threads = await page.evaluate(() => navigator.hardwareConcurrency);
    for (const width of [1250, 1500, 2000, 1600]) {
      await useFile(page, 'content', largePng(`${width}.png`, width, 1000));
      await expect.poll(() => page.workers().length).toBe(studios + threads - 1);
    }
    await use(page, 'content', 'small.png', CONTENT);
    await expect.poll(() => page.workers().length).toBe(studios);
  });
});

describe("one's own picture", () => {
  it('can be dropped, to be restyled or to take its colours', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'page-'));
    try {
      const page = await openPage();
      writeFileSync(join(folder, 'content.png'), (await pngFile('', CONTENT)).buffer);
      writeFileSync(join(folder, 'style.png'), (await pngFile('', STYLE)).buffer);
      await drop(page, join(folder, 'content.png'), 300);
      await page.getByText('320 × 200').waitFor();
      await drop(page, join(folder, 'style.png'), 1100);
      await page.locator('#style').getByRole('radio', { name: 'style.png' }).waitFor();
      await settle(page);
      const { name, picture } = await download(page);
      expect(name).toBe('content-as-style.png');
      expectSame(picture, restyle(CONTENT, STYLE, { strength: 0.8 }));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('can be pasted, to be restyled or, among the styles, to take its colours', async () => {
    const page = await openPage();
    await copy(page, CONTENT);
    await page.keyboard.press('Control+V');
    await page.getByText('320 × 200').waitFor();
    await copy(page, STYLE);
    await page.locator('#style .pick').focus();
    await page.keyboard.press('Control+V');
    // Both are called so, and both can be chosen in both roles.
    const chosen = { name: 'image.png', checked: true };
    await page.locator('#style').getByRole('radio', chosen).waitFor();
    await settle(page);
    const { picture } = await download(page);
    expectSame(picture, restyle(CONTENT, STYLE, { strength: 0.8 }));
  });
});

/** Drops a file at a distance from the left edge, as the system does. */
async function drop(page: Page, path: string, x: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x, y: 400, data });
    const isOver = type === 'dragOver';
    if (isOver) await page.getByText('Drop here to restyle it').waitFor();
  }
  await page.getByText('Drop here to restyle it').waitFor({ state: 'hidden' });
}

async function copy(page: Page, picture: Image): Promise<void> {
  const { buffer } = await pngFile('', picture);
  const base64 = buffer.toString('base64');
  await page.evaluate(async (text) => {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const blob = new Blob([bytes], { type: 'image/png' });
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
  }, base64);
}

describe('a photograph that is stored on its side', () => {
  const COLOURS = {
    red: [220, 30, 30],
    green: [30, 160, 30],
    blue: [30, 30, 220],
    white: [240, 240, 240],
  };
  // As it is stored: red and green above blue and white.
  const data = new Uint8ClampedArray(4 * 240 * 160);
  for (let pixel = 0; pixel < 240 * 160; pixel++) {
    const isRight = pixel % 240 >= 120;
    const isLower = pixel >= 240 * 80;
    const colour = isLower ? (isRight ? 'white' : 'blue') : isRight ? 'green' : 'red';
    data.set([...COLOURS[colour], 255], 4 * pixel);
  }
  const stored = { data, width: 240, height: 160 };

  /** Names the colours of the quarters, from left to right and from above. */
  function quartersOf({ data, width, height }: Image): string[] {
    return [0.25, 0.75].flatMap((down) =>
      [0.25, 0.75].map((right) => {
        const at = 4 * (Math.floor(height * down) * width + Math.floor(width * right));
        const isNear = (colour: readonly number[]) =>
          colour.every((byte, channel) => Math.abs(byte - (data[at + channel] as number)) < 12);
        return Object.entries(COLOURS).find(([, colour]) => isNear(colour))?.[0] ?? 'another';
      }),
    );
  }

  it.each([
    [6, ['blue', 'red', 'white', 'green']],
    [8, ['green', 'white', 'red', 'blue']],
  ] as const)('is upright before and after, with orientation %i', async (orientation, expected) => {
    const page = await openPage();
    await press(page, 'Strength', 'Home');
    await pick(page, 'content', await turnedJpeg('lying.jpg', stored, orientation));
    await page.getByText('160 × 240').waitFor();
    await settle(page);
    const { picture } = await download(page);
    const shown = [await readCanvas(page, 'before'), await readCanvas(page, 'after'), picture];
    for (const upright of shown) {
      expect([upright.width, upright.height]).toEqual([160, 240]);
      expect(quartersOf(upright)).toEqual(expected);
    }
  });
});

/** Reads the pixels of a canvas, reduced to the size of the photograph. */
async function readCanvas(page: Page, id: string): Promise<Image> {
  const { width, height, bytes } = await page.locator(`#${id}`).evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const width = 160;
    const height = Math.round((width * canvas.height) / canvas.width);
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context?.drawImage(canvas, 0, 0, width, height);
    return { width, height, bytes: [...(context?.getImageData(0, 0, width, height).data ?? [])] };
  });
  return { data: Uint8ClampedArray.from(bytes), width, height };
}

const ACCEPTED = 'JPEG, PNG, WebP, AVIF and GIF of up to 50 megapixels can be used.';

describe('a file that is no picture', async () => {
  const whole = await pngFile('broken.png', CONTENT);
  const cases: [string, PictureFile, string][] = [
    [
      'a text',
      { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Buy milk.') },
      'notes.txt is not a picture that this browser can open.',
    ],
    [
      'a damaged picture',
      { ...whole, buffer: whole.buffer.subarray(0, 2000) },
      "broken.png is damaged, or of a kind that this browser can't open.",
    ],
    ['a vast picture', emptyPng('vast.png', 10000, 6000), 'vast.png has 60.0 megapixels.'],
  ];

  it.each(cases)('gets a message, and the page goes on: %s', async (_, file, fault) => {
    const page = await openPage();
    const places = () =>
      page.evaluate(() =>
        Array.from(document.querySelectorAll('main *:not(.message, .message *)'), (element) => {
          const { x, y, width, height } = element.getBoundingClientRect();
          return [x, y, width, height].map(Math.round).join();
        }),
      );
    const before = await places();
    await pick(page, 'content', file);
    const message = page.locator('#message-text[role=alert]');
    await page.getByText(fault).waitFor();
    expect(await message.textContent()).toBe(`${fault} ${ACCEPTED}`);
    const stage = (await page.locator('#stage').boundingBox()) as DOMRect;
    const box = (await page.locator('#message').boundingBox()) as DOMRect;
    expect(box.y).toBeGreaterThan(stage.y);
    expect(box.y + box.height).toBeLessThan(stage.y + stage.height);
    await settle(page);
    expect(await places()).toEqual(before);

    const rocket = page.locator('#content').getByRole('radio', { name: 'a rocket at dusk' });
    expect(await rocket.isChecked()).toBe(true);
    await press(page, 'Strength', 'Home');
    await settle(page);
    expect(await readStatistics(page, 'result')).toEqual(await readStatistics(page, 'content'));
    expect(await page.locator('#message').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Dismiss the message' }).click();
    expect(await page.locator('#message').isVisible()).toBe(false);
    await use(page, 'content', 'good.png', CONTENT);
    expect(await message.textContent()).toBe('');
  });
});

describe("one of the page's photographs", () => {
  it("can be chosen, and one's own picture again after it", async () => {
    const page = await openPage();
    await use(page, 'content', 'mine.png', CONTENT);
    await page.locator('#content').getByRole('radio', { name: 'a cat' }).check();
    await page.getByText('451 × 300').waitFor();
    await page.locator('#content').getByRole('radio', { name: 'mine.png' }).check();
    await page.getByText('320 × 200').waitFor();
    await settle(page);
    expectAsShown(await readStatistics(page, 'content'), statisticsOf(CONTENT));
  });

  it('that cannot be loaded is reported, and the one before stays', async () => {
    const page = await openPage();
    await page.route('**/photos/chelsea.jpg', (route) => route.fulfill({ body: 'Not found' }));
    const choices = page.locator('#content');
    // Not `check`, which expects that the picture stays chosen.
    await choices.getByRole('radio', { name: 'a cat' }).click();
    await page.getByText('chelsea.jpg is not a picture that this browser can open.').waitFor();
    expect(await choices.getByRole('radio', { name: 'a rocket at dusk' }).isChecked()).toBe(true);
    expect(await page.locator('#size').textContent()).toBe('640 × 427');
    await choices.getByRole('radio', { name: 'a cup of coffee' }).check();
    await page.getByText('600 × 400').waitFor();
  });
});

describe('the divider', () => {
  it('can be moved by pointer and by keys', async () => {
    const page = await openPage();
    const frame = (await page.locator('#stage').boundingBox()) as DOMRect;
    const middle = frame.y + frame.height / 2;
    const afterWidth = () =>
      page.locator('.layer-after').evaluate((layer) => getComputedStyle(layer).clipPath);
    expect(await afterWidth()).toBe('inset(0px 0px 0px 50%)');
    await page.mouse.move(frame.x + frame.width / 2, middle);
    await page.mouse.down();
    await page.mouse.move(frame.x + frame.width / 4, middle, { steps: 5 });
    await page.mouse.up();
    expect(await afterWidth()).toMatch(/^inset\(0px 0px 0px 25(\.\d)?%\)$/);
    const divider = page.getByLabel('Divider between before and after');
    await divider.press('End');
    expect(await afterWidth()).toBe('inset(0px 0px 0px 100%)');
    await divider.press('Home');
    expect(await afterWidth()).toBe('inset(0px 0px 0px 0%)');
    await divider.press('PageUp');
    expect(await divider.getAttribute('aria-valuetext')).toBe('10 % before');
  });
});
