import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { press } from './acts.ts';
import { openPage, settle, useBrowser } from './browser.ts';

useBrowser();

// The batch is 3 samples of 6 channels of 4 x 4, samples down and channels across.
const ROWS = 12;
const COLUMNS = 24;

interface Place {
  readonly n: number;
  readonly c: number;
  readonly h: number;
  readonly w: number;
}

interface Choice {
  readonly layer: string;
  readonly groups?: string;
  readonly shape?: string;
  readonly layout?: string;
}

async function choose(page: Page, choice: Choice): Promise<void> {
  const { layer, groups, shape, layout = 'nchw' } = choice;
  const pick = async (legend: string, name: string) => {
    const group = page.getByRole('group', { name: legend, exact: true });
    await group.getByRole('radio', { name, exact: true }).check();
  };
  await pick('Layer', layer);
  await pick('Layout', layout);
  if (groups) await pick('Groups', groups);
  if (shape) await pick('Normalized shape', shape);
}

/** Moves the pointer to the colour source, blue, row 1, column 3. */
async function point(page: Page, grid = 'Values before'): Promise<void> {
  const cell = page.getByRole('grid', { name: grid }).getByRole('row').nth(5);
  await cell.getByRole('gridcell').nth(11).hover();
}

const POINTED: Place = { n: 1, c: 2, h: 1, w: 3 };

/** Returns for each cell whether it is marked as sharing statistics, and its hue. */
function readCells(page: Page, grid: string): Promise<{ shared: boolean; hue: string }[]> {
  return page
    .getByRole('grid', { name: grid })
    .getByRole('gridcell')
    .evaluateAll((cells) =>
      cells.map((cell) => ({
        shared: cell.classList.contains('shared'),
        hue: (cell as HTMLElement).style.getPropertyValue('--hue'),
      })),
    );
}

/** Reads the values before or after normalization from the labels of a grid. */
async function readValues(page: Page, which: 'before' | 'after'): Promise<number[]> {
  const cells = page.getByRole('grid', { name: 'Values before' }).getByRole('gridcell');
  const labels = await cells.evaluateAll((all) => all.map((cell) => cell.ariaLabel as string));
  return labels.map((label) => {
    const numbers = label.replaceAll('−', '-').match(/: (-?[\d.]+) becomes (-?[\d.]+)$/);
    return Number(numbers?.[which === 'before' ? 1 : 2]);
  });
}

function places(): Place[] {
  return Array.from({ length: ROWS * COLUMNS }, (_, i) => {
    const [down, across] = [Math.floor(i / COLUMNS), i % COLUMNS];
    return { n: Math.floor(down / 4), h: down % 4, c: Math.floor(across / 4), w: across % 4 };
  });
}

function meanAndStd(values: readonly number[]): [mean: number, std: number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return [mean, Math.sqrt(squares / values.length)];
}

type Key = (place: Place) => string;

// For each choice, a key that is equal for the values that share a mean.
const CASES: [code: string, choice: Choice, key: Key][] = [
  ['new BatchNorm(6)', { layer: 'Batch' }, ({ c }) => `${c}`],
  ["new BatchNorm(6, { layout: 'nhwc' })", { layer: 'Batch', layout: 'nhwc' }, ({ c }) => `${c}`],
  ['new LayerNorm([6, 4, 4])', { layer: 'Layer', shape: 'C, H, W' }, ({ n }) => `${n}`],
  ['new LayerNorm([4])', { layer: 'Layer', shape: 'W' }, ({ n, c, h }) => `${n} ${c} ${h}`],
  [
    'new LayerNorm([6])',
    { layer: 'Layer', layout: 'nhwc', shape: 'C' },
    ({ n, h, w }) => `${n} ${h} ${w}`,
  ],
  ['new InstanceNorm(6)', { layer: 'Instance' }, ({ n, c }) => `${n} ${c}`],
  [
    "new InstanceNorm(6, { layout: 'nhwc' })",
    { layer: 'Instance', layout: 'nhwc' },
    ({ n, c }) => `${n} ${c}`,
  ],
  [
    'new GroupNorm(3, 6)',
    { layer: 'Group', groups: '3' },
    ({ n, c }) => `${n} ${Math.floor(c / 2)}`,
  ],
  [
    "new GroupNorm(2, 6, { layout: 'nhwc' })",
    { layer: 'Group', groups: '2', layout: 'nhwc' },
    ({ n, c }) => `${n} ${Math.floor(c / 3)}`,
  ],
  ['new RMSNorm([4, 4])', { layer: 'RMS', shape: 'H, W' }, ({ n, c }) => `${n} ${c}`],
];

it('shows which values share a mean, their numbers and their histogram', async () => {
  const page = await openPage();
  for (const [code, choice, key] of CASES) {
    await choose(page, choice);
    await point(page);
    expect(await page.locator('#code').textContent()).toBe(`${code}.forward(x)`);

    const keys = places().map(key);
    for (const grid of ['Values before', 'Values after']) {
      const cells = await readCells(page, grid);
      expect(cells.map(({ shared }) => shared)).toEqual(keys.map((k) => k === key(POINTED)));
      const pairs = new Set(cells.map(({ hue }, i) => `${keys[i]}: ${hue}`));
      expect(pairs.size).toBe(new Set(keys).size); // each set has one colour
    }

    const rows = page.locator('#sets tbody tr');
    expect(await rows.count()).toBe(new Set(keys).size);
    const shown = (await page.locator('#sets tr.chosen td').allTextContents()).map((text) =>
      Number(text.replace('−', '-')),
    );
    const ofSet = (values: number[]) => values.filter((_, i) => keys[i] === key(POINTED));
    const spread = choice.layer === 'RMS' ? Math.hypot : (_: number, std: number) => std;
    const expected = (['before', 'after'] as const).map(async (which) => {
      const [mean, std] = meanAndStd(ofSet(await readValues(page, which)));
      return [mean, spread(mean, std)];
    });
    for (const [i, number] of (await Promise.all(expected)).flat().entries()) {
      // Both numbers are rounded to three decimals.
      expect(Math.abs((shown[i] as number) - number)).toBeLessThan(0.00101);
    }
    // The eps under the root makes small spreads smaller.
    const eps = choice.layer === 'RMS' ? 2 ** -23 : 1e-5;
    const spreadBefore = shown[1] as number;
    // The table has three decimals.
    const softened = spreadBefore / Math.sqrt(spreadBefore ** 2 + eps);
    expect(Math.abs((shown[3] as number) - softened)).toBeLessThan(0.002);
    if (choice.layer !== 'RMS') expect(shown[2]).toBe(0);

    const size = ofSet(await readValues(page, 'before')).length;
    expect(await page.locator('#chosen-text').textContent()).toContain(
      `with ${size - 1} other values: `,
    );
    const histograms = page.locator('#histograms').getByRole('img');
    expect(await histograms.count()).toBe(2);
    const values = ofSet(await readValues(page, 'after'));
    const label = (await histograms.nth(1).getAttribute('aria-label')) as string;
    const ends = label.replaceAll('−', '-').match(/chosen values from (\S+) to (\S+),/);
    // The label has one decimal, the values have three.
    expect(Math.abs(Number(ends?.[1]) - Math.min(...values))).toBeLessThan(0.051);
    expect(Math.abs(Number(ends?.[2]) - Math.max(...values))).toBeLessThan(0.051);
  }
});

describe('the batch', () => {
  it('can be traversed by keys', async () => {
    const page = await openPage();
    const focused = () => page.evaluate(() => document.activeElement?.ariaLabel);
    await page.getByRole('radio', { name: 'nchw' }).focus();
    await page.keyboard.press('Tab');
    expect(await focused()).toMatch(/^photograph, red, row 1, column 1: /);
    for (const key of ['ArrowRight', 'ArrowDown', 'ArrowRight', 'ArrowRight']) {
      await page.keyboard.press(key);
    }
    expect(await focused()).toMatch(/^photograph, green, row 2, column 0: /);
    await page.keyboard.press('PageDown');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowRight'); // there is no further
    expect(await focused()).toMatch(/^colour source, edges aslant, row 2, column 3: /);
    expect(await page.locator('#chosen-text').textContent()).toContain(
      ': colour source, edges aslant.',
    );
  });

  it('is the three pictures as a network takes them', async () => {
    const page = await openPage();
    await press(page, 'Strength', 'Home'); // the result is the photograph
    await settle(page);
    const values = await readValues(page, 'before');
    const of = (n: number) => values.filter((_, i) => places()[i]?.n === n);
    expect(of(2)).toEqual(of(0));
    expect(of(1)).not.toEqual(of(0));
    const [red] = meanAndStd(of(0).filter((_, i) => i % COLUMNS < 4));
    const shown = await page.locator('#statistics-content td').first().textContent();
    // The mean of the small copy is that of the photograph within a byte.
    expect(Math.abs(255 * (red * 0.229 + 0.485) - Number(shown?.split('±')[0]))).toBeLessThan(1);
  });

  it('follows the pictures', async () => {
    const page = await openPage();
    const values = await readValues(page, 'before');
    await page.locator('#content').getByRole('radio', { name: 'a cat' }).check();
    await page.getByText('451 × 300').waitFor();
    await settle(page);
    expect(await readValues(page, 'before')).not.toEqual(values);
  });

  it('shows the set that is chosen in the table', async () => {
    const page = await openPage();
    await page.getByRole('button', { name: 'Result, edges across' }).click();
    const cells = await readCells(page, 'Values before');
    const expected = places().map(({ n, c }) => n === 2 && c === 3);
    expect(cells.map(({ shared }) => shared)).toEqual(expected);
  });

  it('has one scale of colours and of histograms before and after', async () => {
    const page = await openPage();
    for (const [grid, which] of [
      ['Values before', 'before'],
      ['Values after', 'after'],
    ] as const) {
      const depths = await page
        .getByRole('grid', { name: grid })
        .getByRole('gridcell')
        .evaluateAll((cells) =>
          cells.map((cell) => Number((cell as HTMLElement).style.getPropertyValue('--value'))),
        );
      for (const [i, value] of (await readValues(page, which)).entries()) {
        const share = Math.min(1, Math.max(0, (value + 3) / 6));
        expect(Math.abs((depths[i] as number) - share)).toBeLessThan(0.0011);
      }
    }
    const axes = await page.locator('#histograms .axis').allTextContents();
    expect(axes).toEqual(['−3.00.03.0', '−3.00.03.0']);
    expect(await page.locator('.legend .axis').textContent()).toBe('−303');
  });

  it('has a read-out that stays in view as long as the batch does', async () => {
    const page = await openPage();
    for (const id of ['grid-before', 'grid-after', 'histograms', 'sets']) {
      await page.locator(`#${id}`).evaluate((element) => element.scrollIntoView());
      const box = (await page.locator('#read-out').boundingBox()) as DOMRect;
      expect(box.y).toBeGreaterThan(0);
      expect(box.y + box.height).toBeLessThanOrEqual(900);
    }
  });

  it('lies in memory as the layout says', async () => {
    const page = await openPage();
    const memory = page.locator('#memory').getByRole('img');
    await point(page, 'Values after');
    expect(await memory.getAttribute('aria-label')).toBe(
      'colour source, blue: 16 of 288 values, in 1 run',
    );
    await choose(page, { layer: 'Instance', layout: 'nhwc' });
    expect(await memory.getAttribute('aria-label')).toBe(
      'colour source, blue: 16 of 288 values, in 16 runs',
    );
  });

  it('is told of truly where no mean is subtracted', async () => {
    const page = await openPage();
    await choose(page, { layer: 'RMS' });
    await point(page);
    expect(await page.locator('#layer-text').textContent()).toContain('No mean is subtracted');
    expect(await page.locator('#chosen-text').textContent()).toContain('a root mean square');
    const [, , meanAfter] = await page.locator('#sets tr.chosen td').allTextContents();
    expect(Number(meanAfter?.replace('−', '-'))).not.toBe(0);
    expect(await page.locator('#layer-code').textContent()).not.toContain('means');
  });
});
