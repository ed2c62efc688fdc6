import { describe, expect, test } from 'vitest';
import { imageToOklab } from '../../src/images/oklab.ts';
import { type ImageLike, restyle } from '../../src/index.ts';
import { normalFrom } from '../support/random.ts';
import { moments } from '../support/reference.ts';
import { type RefusedCall, testRefusedCalls } from '../support/refusals.ts';

const SPACES = ['rgb', 'oklab'] as const;

/** A picture of noise around a colour, well within the range of bytes, with some alpha. */
function picture(
  width: number,
  height: number,
  seed: number,
  colour: readonly number[],
  spread: readonly number[],
) {
  const normal = normalFrom(seed);
  const data = Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) =>
    i % 4 === 3 ? i % 251 : (colour[i % 4] as number) + (spread[i % 4] as number) * normal(),
  );
  return { data, width, height };
}

function channel({ data }: ImageLike, index: number): number[] {
  return Array.from(data).filter((_, i) => i % 4 === index);
}

const photo = picture(40, 30, 1, [90, 120, 150], [10, 15, 12]);
const painting = picture(23, 51, 2, [150, 110, 80], [14, 9, 11]);

describe('restyle', () => {
  test("gives each channel the style's mean and deviation, within a fraction of a byte", () => {
    const result = restyle(photo, painting);
    expect([result.width, result.height]).toEqual([40, 30]);
    for (const index of [0, 1, 2]) {
      const found = moments(channel(result, index));
      const wanted = moments(channel(painting, index));
      expect(Math.abs(found.mean - wanted.mean)).toBeLessThan(0.05);
      // Rounding to bytes adds a variance of 1/12.
      expect(Math.abs(found.variance - wanted.variance - 1 / 12)).toBeLessThan(0.5);
    }
  });

  test("gives lightness and colour the style's mean and deviation in Oklab", () => {
    const result = imageToOklab(restyle(photo, painting, { space: 'oklab' }));
    const style = imageToOklab(painting);
    for (const index of [0, 1, 2]) {
      const found = moments(result.data.subarray(index * 1200, (index + 1) * 1200));
      const wanted = moments(style.data.subarray(index * 1173, (index + 1) * 1173));
      expect(Math.abs(found.mean - wanted.mean)).toBeLessThan(5e-4);
      expect(Math.abs(Math.sqrt(found.variance) - Math.sqrt(wanted.variance))).toBeLessThan(5e-4);
    }
  });

  test.each(SPACES)(
    'returns the content at strength 0, and if the style is the content, in %s',
    (space) => {
      expect(restyle(photo, painting, { strength: 0, space }).data).toEqual(photo.data);
      expect(restyle(photo, photo, { strength: 1, space }).data).toEqual(photo.data);
      expect(restyle(photo, photo, { strength: 0.3, space }).data).toEqual(photo.data);
    },
  );

  test('goes half the way at strength 0.5', () => {
    const result = restyle(photo, painting, { strength: 0.5 });
    for (const index of [0, 1, 2]) {
      const from = moments(channel(photo, index)).mean;
      const to = moments(channel(painting, index)).mean;
      expect(Math.abs(moments(channel(result, index)).mean - (from + to) / 2)).toBeLessThan(0.05);
    }
  });

  test.each(SPACES)("keeps the content's alpha and both pictures as they were, in %s", (space) => {
    const before = [photo.data.slice(), painting.data.slice()];
    const result = restyle(photo, painting, { space });
    expect(channel(result, 3)).toEqual(channel(photo, 3));
    expect([photo.data, painting.data]).toEqual(before);
  });

  test.each(SPACES)("gives a picture of one colour the style's mean colour, in %s", (space) => {
    const flat = picture(5, 5, 3, [77, 77, 77], [0, 0, 0]);
    const one = picture(4, 4, 4, [200, 30, 90], [0, 0, 0]);
    const result = restyle(flat, one, { space });
    for (const index of [0, 1, 2])
      expect(channel(result, index)).toEqual(Array(25).fill([200, 30, 90][index]));
  });

  test('works in RGB at full strength by default', () => {
    expect(restyle(photo, painting)).toEqual(
      restyle(photo, painting, { strength: 1, space: 'rgb' }),
    );
    expect(restyle(photo, painting)).not.toEqual(restyle(photo, painting, { space: 'oklab' }));
  });

  const refused: RefusedCall[] = [
    ['no content', () => restyle(undefined as never, painting), TypeError, 'content', 'undefined'],
    ['no style', () => restyle(photo, null as never), TypeError, 'style', 'null'],
    [
      'content of other bytes',
      () => restyle({ ...photo, width: 41 }, painting),
      RangeError,
      'content.data',
      '4800',
    ],
    [
      'a style of other bytes',
      () => restyle(photo, { ...painting, height: 50 }),
      RangeError,
      'style.data',
      '4692',
    ],
    [
      'a style of no height',
      () => restyle(photo, { ...painting, height: 0 }),
      RangeError,
      'style.height',
      '0',
    ],
    [
      'a strength of 1.1',
      () => restyle(photo, painting, { strength: 1.1 }),
      RangeError,
      'strength',
      '1.1',
    ],
    [
      'a strength below 0',
      () => restyle(photo, painting, { strength: -0.1 }),
      RangeError,
      'strength',
      '-0.1',
    ],
    [
      'a word for a strength',
      () => restyle(photo, painting, { strength: 'full' as never }),
      TypeError,
      'strength',
      '"full"',
    ],
    [
      'an unknown space',
      () => restyle(photo, painting, { space: 'lab' as never }),
      RangeError,
      'space',
      '"lab"',
    ],
    [
      'a name of objects for a space',
      () => restyle(photo, painting, { space: 'toString' as never }),
      RangeError,
      'space',
      '"toString"',
    ],
    [
      'an unknown option',
      () => restyle(photo, painting, { alpha: 1 } as never),
      TypeError,
      'options',
      '"alpha"',
    ],
  ];
  testRefusedCalls(refused);
});
