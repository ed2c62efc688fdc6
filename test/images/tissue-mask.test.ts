import { expect, test } from 'vitest';
import { imageMoments, restyle, tissueMask } from '../../src/index.ts';
import { referenceSpaces } from '../support/colour.ts';
import { readFixture } from '../support/fixtures.ts';
import {
  noise,
  picturePlaces,
  putPicture,
  randomPicture,
  resetPicturePlaces,
  row,
  SIZES,
} from '../support/pictures.ts';
import { normalFrom } from '../support/random.ts';
import { type RefusedCall, testRefusedCalls } from '../support/refusals.ts';
import { bytesOfText, pictureOf, type SkimageLab } from '../support/skimage-lab.ts';

test('is 1 where the lightness of CIELAB is below the threshold, in every place of memory', () => {
  for (const [width, height] of SIZES) {
    const picture = randomPicture(width, height, width);
    const lightnesses = Array.from({ length: width * height }, (_, pixel) => {
      const [red = 0, green = 0, blue = 0, alpha] = picture.data.slice(4 * pixel, 4 * pixel + 4);
      return alpha === 0 ? 101 : referenceSpaces.lab.of([red, green, blue])[0];
    });
    for (const threshold of [undefined, 0.5, 0.05]) {
      const limit = 100 * (threshold ?? 0.8);
      for (const name of Object.keys(picturePlaces)) {
        resetPicturePlaces();
        const mask = tissueMask(putPicture(name, picture), { threshold });
        expect(mask.length).toBe(width * height);
        const wrong = lightnesses.filter((lightness, pixel) => {
          const isOpen = Math.abs(lightness - limit) < 1e-4;
          return !isOpen && mask[pixel] !== (lightness < limit ? 1 : 0);
        });
        expect(wrong).toEqual([]);
      }
    }
  }
});

test('is that of scikit-image on tissue', () => {
  const fixture = readFixture<SkimageLab>('skimage-lab');
  const mask = tissueMask(pictureOf(fixture, 'content'));
  const wanted = bytesOfText(fixture.tissue);
  expect(mask).toEqual(wanted);
  const share = mask.reduce((sum, value) => sum + value, 0) / mask.length;
  expect(share).toBeGreaterThan(0.3);
  expect(share).toBeLessThan(0.9);
});

test('takes in everything but white at a threshold of 1, and nothing at 0', () => {
  const greys = row(Array.from({ length: 256 }, (_, byte) => [byte, byte, byte]));
  expect(tissueMask(greys, { threshold: 1 }).reduce((a, b) => a + b)).toBe(255);
  expect(tissueMask(greys, { threshold: 0 }).reduce((a, b) => a + b)).toBe(0);
});

/** A slide whose left part is a crop of tissue, and the rest empty: level 243, with some noise. */
function slideOf(tissue: ReturnType<typeof pictureOf>) {
  const width = Math.round(tissue.width / 0.4);
  const normal = normalFrom(9);
  const data = new Uint8ClampedArray(4 * width * tissue.height).fill(255);
  for (let pixel = 0; pixel < width * tissue.height; pixel++) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    const from = 4 * (y * tissue.width + x);
    for (let channel = 0; channel < 3; channel++) {
      const byte = x < tissue.width ? tissue.data[from + channel] : 243 + 1.2 * normal();
      data[4 * pixel + channel] = byte as number;
    }
  }
  return { data, width, height: tissue.height };
}

test.each(['rgb', 'oklab', 'lab'] as const)(
  'keeps empty slide white, and tissue in its own style as it is, in %s',
  (space) => {
    const style = pictureOf(readFixture<SkimageLab>('skimage-lab'), 'style');
    const slide = slideOf(style);
    const contentMask = tissueMask(slide);
    const options = { space, contentMask, styleMask: tissueMask(style) };
    const result = restyle(slide, style, options).data;
    const off = result.map((byte, i) => Math.abs(byte - (slide.data[i] as number)));
    expect(Math.max(...off)).toBeLessThanOrEqual(1);
    expect(off.filter((_, i) => contentMask[i >> 2] === 0).every((value) => value === 0)).toBe(
      true,
    );
    // Without the mask the white takes on the colours of the tissue.
    const without = restyle(slide, style, { space }).data;
    expect(
      Math.max(...without.map((byte, i) => Math.abs(byte - (slide.data[i] as number)))),
    ).toBeGreaterThan(20);
  },
);

test('leaves a blank tile alone', () => {
  const blank = noise(40, 30, 3, [243, 243, 243], [1.2, 1.2, 1.2]);
  const style = imageMoments(noise(9, 9, 4, [120, 60, 90], [20, 20, 20]), { space: 'lab' });
  const contentMask = tissueMask(blank);
  expect(contentMask.every((value) => value === 0)).toBe(true);
  expect(restyle(blank, style, { contentMask })).toEqual(blank);
});

const picture = randomPicture(3, 2, 1);
const of = (image: unknown, options?: object) => () => tissueMask(image as never, options);
const refused: RefusedCall[] = [
  ['no picture', of(undefined), TypeError, 'image', 'undefined'],
  ['16 bits', of({ ...picture, data: new Uint16Array(24) }), TypeError, 'image.data', 'a value'],
  ['too few bytes', of({ ...picture, height: 3 }), RangeError, 'image.data', '24'],
  ['a threshold of 80', of(picture, { threshold: 80 }), RangeError, 'threshold', '80'],
  ['a word', of(picture, { threshold: 'light' }), TypeError, 'threshold', '"light"'],
  ['an unknown option', of(picture, { limit: 1 }), TypeError, 'options', '"limit"'],
];
testRefusedCalls(refused);
