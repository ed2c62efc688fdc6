import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { type Image, restyle } from '../../src/index.ts';
import { decode } from '../support/codecs.ts';
import { download, pick, press, use, useFile } from './acts.ts';
import { namedUrl, openPage, settle, useBrowser, visit } from './browser.ts';
import { largePng, makePicture, pngFile } from './pictures.ts';

useBrowser();

const CONTENT = makePicture(320, 200, [20, 90, 180]);
const STYLE = makePicture(150, 170, [170, 60, 90]);

const keysOf = (page: Page) =>
  page.evaluate(() =>
    ['content', 'style'].map((role) => {
      return document.querySelector<HTMLInputElement>(`input[name=${role}]:checked`)?.value;
    }),
  );

const parameters = (page: Page) => [...new URL(page.url()).searchParams].sort();

describe('the picture', () => {
  /** Where the picture lies on its stage, and how many pixels are drawn of it. */
  const look = (page: Page) =>
    page.locator('#after').evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const box = canvas.getBoundingClientRect();
      const stage = (document.getElementById('stage') as HTMLElement).getBoundingClientRect();
      const [x, y] = [box.x - stage.x, box.y - stage.y];
      return { x, y, width: box.width, height: box.height, drawn: [width, height] };
    });
  const zoomed = (page: Page) => page.locator('#zoom').textContent();

  it('is shown at 100 %, pixel for pixel, and can be moved there', async () => {
    const page = await openPage();
    await useFile(page, 'content', largePng('large.png', 2000, 1500));
    const stage = (await page.locator('#stage').boundingBox()) as DOMRect;
    const whole = await look(page);
    expect(whole.height).toBeCloseTo(stage.height, 0);

    await page.getByRole('button', { name: '100 %', exact: true }).click();
    await settle(page);
    expect(await zoomed(page)).toBe('100 %');
    const full = await look(page);
    // One pixel of the picture is one of the screen, and more than the stage is drawn.
    expect(full.drawn).toEqual([full.width, full.height].map(Math.round));
    expect(full.width).toBeGreaterThan(stage.width);

    // Beside the divider, a drag moves the picture by as much.
    await page.mouse.move(stage.x + 100, stage.y + 100);
    await page.mouse.down();
    await page.mouse.move(stage.x + 160, stage.y + 130, { steps: 4 });
    const moved = await look(page);
    expect(moved.x - full.x).toBeCloseTo(60, 0);
    expect(moved.y - full.y).toBeCloseTo(30, 0);
    await page.mouse.up();
    await settle(page);

    // On the divider, it moves the divider.
    const at = await look(page);
    await page.mouse.move(stage.x + stage.width / 2, stage.y + 200);
    await page.mouse.down();
    await page.mouse.move(stage.x + stage.width / 4, stage.y + 200, { steps: 4 });
    await page.mouse.up();
    expect((await look(page)).x).toBe(at.x);
    expect(Number(await page.locator('#divider').inputValue())).toBeCloseTo(25, 0);

    await page.mouse.dblclick(stage.x + 400, stage.y + 200);
    await settle(page);
    expect((await look(page)).width).toBeCloseTo(whole.width, 0);
  });

  it('is zoomed by wheel and keys, where the pointer is, and never leaves the stage', async () => {
    const page = await openPage();
    const stage = (await page.locator('#stage').boundingBox()) as DOMRect;
    const corner = { x: stage.x + stage.width - 5, y: stage.y + stage.height - 5 };
    await page.mouse.move(corner.x, corner.y);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -150);
    await page.keyboard.up('Control');
    await settle(page);
    const near = await look(page);
    expect(Number.parseInt((await zoomed(page)) ?? '', 10)).toBeGreaterThan(300); // from 126
    // What lay under the pointer, 5 pixels from the corner, is still there.
    expect(near.x + near.width - stage.width).toBeLessThan(5 * 2.8 - 5);
    const divider = page.getByLabel('Divider between before and after');
    for (let step = 0; step < 40; step++) await divider.press('Shift+ArrowRight');
    await settle(page);
    const end = await look(page);
    expect(end.x + end.width).toBeGreaterThanOrEqual(stage.width - 1);
    await divider.press('0');
    expect(await zoomed(page)).not.toBe('100 %');
    await divider.press('1');
    expect(await zoomed(page)).toBe('100 %');
    await divider.press('+');
    expect(await zoomed(page)).toBe('125 %');
    expect(await divider.inputValue()).toBe('50');
  });

  it('is restyled alike as a whole and in part, before and after the preview', async () => {
    const page = await openPage();
    await useFile(page, 'content', largePng('large.png', 1400, 1050));
    await page.getByRole('button', { name: '100 %', exact: true }).click();
    await settle(page);
    await press(page, 'Strength', 'ArrowLeft');
    await settle(page);
    const { picture } = await download(page);
    const shown = await page.locator('#after').evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const copy = new OffscreenCanvas(width, height);
      const context = copy.getContext('2d') as OffscreenCanvasRenderingContext2D;
      context.drawImage(canvas as HTMLCanvasElement, 0, 0);
      const [x, y] = [Math.floor(width / 2), Math.floor(height / 2)];
      return [...context.getImageData(x, y, 1, 1).data];
    });
    const at = 4 * (525 * 1400 + 700);
    expect(shown).toEqual([...picture.data.subarray(at, at + 4)]);
  });

  it('keeps its stage, whatever its shape', async () => {
    const page = await openPage();
    const size = async () => {
      const { width, height } = (await page.locator('#stage').boundingBox()) as DOMRect;
      return [width, height];
    };
    const before = await size();
    for (const [width, height] of [
      [100, 400],
      [400, 100],
    ] as const) {
      await useFile(page, 'content', largePng(`${width}.png`, width, height));
      expect(await size()).toEqual(before);
    }
  });
});

describe('the pictures', () => {
  it('swap their roles', async () => {
    const page = await openPage();
    await use(page, 'content', 'mine.png', CONTENT);
    await page.getByRole('button', { name: 'Swap' }).click();
    await page.getByText('600 × 400').waitFor();
    await settle(page);
    expect(await keysOf(page)).toEqual(['coffee', 'own-1']);
    expect((await download(page)).name).toBe('coffee-as-mine.png');
  });

  it('are suggested in pairs', async () => {
    const page = await openPage();
    await page.getByRole('button', { name: 'an astronaut in the colours of a cat' }).click();
    await page.getByText('512 × 512').waitFor();
    await settle(page);
    expect(await keysOf(page)).toEqual(['astronaut', 'chelsea']);
  });

  it("are small ones of one size, one's own among them, in both roles", async () => {
    const page = await openPage({ viewport: { width: 360, height: 740 } });
    await use(page, 'content', 'mine.png', CONTENT);
    const sizes = await page.evaluate(() =>
      Array.from(document.querySelectorAll('.choice, .pick'), (element) => {
        const { width, height } = element.getBoundingClientRect();
        return `${width} x ${height}`;
      }),
    );
    expect(sizes.length).toBe(2 * (1 + 6 + 1));
    expect(new Set(sizes)).toEqual(new Set(['44 x 44']));
    await page.locator('#style').getByRole('radio', { name: 'mine.png' }).check();
    await settle(page);
    expect(await keysOf(page)).toEqual(['own-1', 'own-1']);
  });

  it("of one's own are kept for a reload, until they are forgotten", async () => {
    const page = await openPage();
    expect(await page.getByRole('button', { name: 'Forget mine' }).isVisible()).toBe(false);
    await use(page, 'content', 'mine.png', CONTENT);
    await use(page, 'style', 'other.png', STYLE);
    await page.reload();
    await settle(page);
    expect(await keysOf(page)).toEqual(['own-1', 'own-2']);
    const { picture } = await download(page);
    const expected = restyle(CONTENT, STYLE, { strength: 0.8 });
    expect(Buffer.from(picture.data).equals(Buffer.from(expected.data))).toBe(true);

    await page.getByRole('button', { name: 'Forget mine' }).click();
    await page.getByText('640 × 427').waitFor();
    await settle(page);
    expect(await keysOf(page)).toEqual(['rocket', 'coffee']);
    await page.reload();
    await settle(page);
    expect(await page.locator('#content').getByRole('radio').count()).toBe(6);
  });
});

describe('the address', () => {
  it('is plain at first, holds what is changed, and shows it again', async () => {
    const page = await openPage();
    expect(page.url()).toBe(inject('url'));
    await page.locator('#content').getByRole('radio', { name: 'a cat' }).check();
    await page.getByText('451 × 300').waitFor();
    await page.getByRole('radio', { name: 'Oklab' }).check();
    await press(page, 'Strength', 'Home', 'ArrowRight');
    await page.getByRole('radio', { name: 'Group' }).check();
    await page.getByRole('group', { name: 'Groups' }).getByRole('radio', { name: '3' }).check();
    await settle(page);
    const expected = [
      ['groups', '3'],
      ['layer', 'group'],
      ['photograph', 'chelsea'],
      ['space', 'oklab'],
      ['strength', '1'],
    ];
    expect(parameters(page)).toEqual(expected);
    const other = await openPage({}, page.url());
    expect(parameters(other)).toEqual(expected);
    expect(await keysOf(other)).toEqual(['chelsea', 'coffee']);
    expect(await other.locator('.strength-percent').first().textContent()).toBe('1 %');
    expect(await other.locator('#code').textContent()).toBe('new GroupNorm(3, 6).forward(x)');
  });

  it('is passed over where it says what there is not', async () => {
    const page = await openPage(
      {},
      `${inject('url')}?photograph=own-7&colours=__proto__&strength=900&space=cmyk&layer=none`,
    );
    expect(await keysOf(page)).toEqual(['rocket', 'coffee']);
    expect(await page.locator('.strength-percent').first().textContent()).toBe('80 %');
    expect(await page.locator('#code').textContent()).toBe('new InstanceNorm(6).forward(x)');
    await expect.poll(() => parameters(page)).toEqual([['layer', 'none']]);
  });
});

describe('the result', () => {
  it('can be saved as JPEG', async () => {
    const page = await openPage();
    await use(page, 'content', 'mine.png', CONTENT);
    await page.getByRole('radio', { name: 'JPEG' }).check();
    const { name, picture } = await download(page);
    expect(name).toBe('mine-as-coffee.jpg');
    expect([picture.width, picture.height]).toEqual([320, 200]);
  });

  it('can be copied, as PNG', async () => {
    const page = await openPage();
    await use(page, 'content', 'mine.png', CONTENT);
    await use(page, 'style', 'other.png', STYLE);
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const base64 = await page.evaluate(async () => {
      const [item] = await navigator.clipboard.read();
      const blob = (await item?.getType('image/png')) as Blob;
      const bytes = new Uint8Array(await blob.arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    });
    const copied: Image = await decode(Buffer.from(base64, 'base64'));
    const expected = restyle(CONTENT, STYLE, { strength: 0.8 });
    expect(Buffer.from(copied.data).equals(Buffer.from(expected.data))).toBe(true);
  });

  it('can be shared where the browser shares files, and only there', async () => {
    const plain = await openPage();
    expect(await plain.getByRole('button', { name: 'Share' }).isVisible()).toBe(false);
    const page = await openPage({}, inject('url'), async (page) => {
      await page.addInitScript(() => {
        Object.assign(navigator, {
          canShare: () => true,
          share: async ({ files: [file] }: { files: File[] }) => {
            Object.assign(window, { shared: `${file?.name} ${file?.type}` });
          },
        });
      });
    });
    await page.getByRole('button', { name: 'Share' }).click();
    await expect
      .poll(() => page.evaluate(() => (window as { shared?: string }).shared))
      .toBe('rocket-as-coffee.png image/png');
  });
});

describe('dragging', () => {
  it('draws a frame for each that the screen has time for, of a picture of 12 megapixels', async () => {
    const page = await openPage();
    await useFile(page, 'content', largePng('large.png', 4000, 3000));
    await page.evaluate(() => {
      const canvas = document.getElementById('after') as HTMLCanvasElement;
      const drawn: number[] = [];
      const show = ImageBitmapRenderingContext.prototype.transferFromImageBitmap;
      ImageBitmapRenderingContext.prototype.transferFromImageBitmap = function (bitmap) {
        if (this.canvas === canvas) drawn.push(performance.now());
        return show.call(this, bitmap);
      };
      Object.assign(window, { drawn });
    });
    const { x, y, width, height } = (await page.locator('#strength').boundingBox()) as DOMRect;
    await page.mouse.move(x + 0.8 * width, y + height / 2);
    await page.mouse.down();
    for (let step = 0; step < 100; step++) {
      await page.mouse.move(x + (0.8 - 0.6 * Math.abs(step / 50 - 1)) * width, y + height / 2);
    }
    await page.mouse.up();
    const drawn = await page.evaluate(() => (window as unknown as { drawn: number[] }).drawn);
    const gaps = drawn.slice(1).map((time, i) => time - (drawn[i] as number));
    const median = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] as number;
    console.log(`${(1000 / median).toFixed(0)} frames a second while dragging`);
    // Moves that come while a preview is made are answered by the next one, not each by its own.
    expect(drawn.length).toBeGreaterThan(5);
  });
});

describe('the first visit', () => {
  it('sees the first result soon, and nothing moves on the way', async () => {
    const page = await visit({}, inject('url'), async (page) => {
      await page.addInitScript(() => {
        const seen = { shifts: [] as string[], first: 0 };
        Object.assign(window, { seen });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            const { sources } = entry as PerformanceEntry & { sources: { node?: Element }[] };
            seen.shifts.push(sources.map(({ node }) => `${node?.nodeName} ${node?.id}`).join());
          }
        }).observe({ type: 'layout-shift', buffered: true });
        document.addEventListener('DOMContentLoaded', () => {
          const time = document.getElementById('time') as HTMLElement;
          new MutationObserver(() => {
            seen.first ||= performance.now();
          }).observe(time, { childList: true });
        });
      });
    });
    await settle(page);
    // What comes after the first result moves nothing either.
    await page.evaluate(() => document.getElementById('use')?.scrollIntoView());
    const { shifts, first } = await page.evaluate(
      () => (window as unknown as { seen: { shifts: string[]; first: number } }).seen,
    );
    console.log(`First result after ${Math.round(first)} ms`);
    expect(first).toBeGreaterThan(0);
    expect(shifts).toEqual([]);
  });

  it('moves nothing by itself, and what slides jumps where motion is unwanted', async () => {
    const page = await openPage({ reducedMotion: 'reduce' });
    const way = page.locator('#way');
    await page.getByRole('button', { name: 'Mean 0, deviation 1' }).click();
    expect(await way.inputValue()).toBe('50');
    expect(await page.locator('.channel .numbers').allTextContents()).toEqual(
      new Array(3).fill('0.0 ± 1.0'),
    );
  });
});

describe('the story', () => {
  it('slides the channels from the photograph to mean 0 and deviation 1 and to the result', async () => {
    const page = await openPage();
    const numbers = async () => {
      const texts = await page.locator('.channel .numbers').allTextContents();
      return texts.map((text) => text.split(' ± ').map(Number));
    };
    const row = async (name: string) => {
      const cells = await page.locator(`#statistics-${name} td`).allTextContents();
      return cells.map((cell) => cell.split(' ± ').map(Number));
    };
    const slideTo = async (place: string) => {
      await page.getByLabel('From the photograph over mean 0').fill(place);
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    };
    await slideTo('0');
    expect(await numbers()).toEqual(await row('content'));
    await slideTo('50');
    expect(await numbers()).toEqual(await row('normalized'));
    await slideTo('25');
    const half = (await row('content')).map(([mean = 0, std = 0]) => [mean / 2, (std + 1) / 2]);
    for (const [i, [mean, std]] of (await numbers()).entries()) {
      expect(Math.abs((mean as number) - (half[i]?.[0] as number))).toBeLessThan(0.11);
      expect(Math.abs((std as number) - (half[i]?.[1] as number))).toBeLessThan(0.11);
    }
    await page.locator('#stop-result').click();
    await expect.poll(numbers).toEqual(await row('result'));
    await page.getByLabel('Strength of the result').press('Home');
    await settle(page);
    expect(await numbers()).toEqual(await row('content'));
    expect(await page.locator('#strength').inputValue()).toBe('0');
  });

  it('says what is cut off', async () => {
    const page = await openPage();
    const cut = () => page.locator('#statistics-cut td').allTextContents();
    expect((await cut()).some((text) => text !== '0 %')).toBe(true);
    await press(page, 'Strength', 'Home');
    await settle(page);
    expect(await cut()).toEqual(['0 %', '0 %', '0 %']);
  });
});

it("keeps a visitor's pictures on a site too, without a network", async () => {
  const page = await openPage({}, namedUrl());
  await use(page, 'content', 'mine.png', CONTENT);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await page.context().setOffline(true);
  await page.reload();
  await settle(page);
  expect(await keysOf(page)).toEqual(['own-1', 'coffee']);
  await pick(page, 'style', await pngFile('other.png', STYLE));
  await settle(page);
});
