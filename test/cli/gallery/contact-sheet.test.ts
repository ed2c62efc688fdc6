import { expect, test } from 'vitest';
import { contactSheet } from '../../../cli/gallery/contact-sheet.ts';
import { clippedShare } from '../../../cli/gallery/statistics.ts';
import type { Image } from '../../../src/index.ts';

function plain(...color: readonly number[]): Image {
  const data = Uint8ClampedArray.from({ length: 4 * 64 * 48 }, (_, i) => color[i % 4] ?? 255);
  return { data, width: 64, height: 48 };
}

/** Counts the pixels of a part of a picture that are dark. */
function ink({ data, width }: Image, top: number, bottom: number): number {
  const part = data.subarray(4 * width * top, 4 * width * bottom);
  return part.filter((byte, i) => i % 4 === 0 && byte < 128).length;
}

test('a sheet has a heading above each column, and notes over its tiles', async () => {
  const red = { picture: plain(255, 0, 0) };
  const bare = await contactSheet(['Content', 'RGB 0.3'], [[red, red]]);
  const noted = await contactSheet(['Content', 'RGB 0.3'], [[red, { ...red, note: '8% clipped' }]]);
  expect([bare.width, bare.height]).toEqual([440, 208]);
  expect(ink(bare, 0, 44)).toBeGreaterThan(200);
  expect(ink(bare, 44, 208)).toBe(0);
  expect(ink(noted, 44, 208)).toBeGreaterThan(2000);
});

test('a heading of letters that are not drawn is refused', async () => {
  await expect(contactSheet(['Würfel'], [])).rejects.toThrow('a letter that is drawn, got W');
});

test('pixels are clipped that reach 0 or 255 in a channel, and were not there', () => {
  const content = { data: Uint8Array.of(0, 9, 9, 255, 9, 9, 9, 255), width: 2, height: 1 };
  const result = { data: Uint8Array.of(0, 9, 9, 255, 9, 9, 255, 255), width: 2, height: 1 };
  expect(clippedShare(content, content)).toBe(0);
  expect(clippedShare(content, result)).toBe(0.5);
});
