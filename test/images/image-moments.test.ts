import { describe, expect, test } from 'vitest';
import {
  type AnyImage,
  ChannelMoments,
  ImageMoments,
  imageMoments,
  imageToTensor,
  type Space,
} from '../../src/index.ts';
import { referenceSpaces } from '../support/colour.ts';
import { readFixture } from '../support/fixtures.ts';
import {
  channelOf,
  picturePlaces,
  putPicture,
  randomMask,
  randomPicture,
  resetPicturePlaces,
  row,
  SIZES,
} from '../support/pictures.ts';
import { moments } from '../support/reference.ts';
import { type RefusedCall, testRefusedCalls } from '../support/refusals.ts';
import { pictureOf, type SkimageLab } from '../support/skimage-lab.ts';

const SPACES: readonly Space[] = ['rgb', 'oklab', 'lab'];

const jsonOf = (picture: AnyImage, options = {}): string =>
  JSON.stringify(imageMoments(picture, options));

/** Sums of whole numbers by BigInt, as the JSON of moments has them. */
function wholeSums(picture: AnyImage, mask?: Uint8Array | null) {
  const unit = picture.data instanceof Uint16Array ? 1n : 257n;
  const channels = [0, 1, 2].map((channel) =>
    channelOf(picture as never, channel, mask).map((value) => BigInt(value) * unit),
  );
  const sum = (values: readonly bigint[]) => String(values.reduce((a, b) => a + b, 0n));
  return {
    space: 'rgb',
    count: (channels[0] as bigint[]).length,
    sums: channels.map(sum),
    squares: channels.map((values) => sum(values.map((value) => value * value))),
  };
}

describe('imageMoments in RGB', () => {
  test('sums whole numbers exactly, at any size and in every place of memory', () => {
    for (const [width, height] of SIZES) {
      const picture = randomPicture(width, height, width);
      const mask = randomMask(picture, height);
      const expected = [wholeSums(picture), wholeSums(picture, mask)];
      for (const name of Object.keys(picturePlaces)) {
        resetPicturePlaces();
        const put = putPicture(name, picture);
        expect(imageMoments(put).toJSON()).toEqual(expected[0]);
        expect(imageMoments(put, { mask }).toJSON()).toEqual(expected[1]);
      }
    }
  });

  test('sums the largest bytes without an overflow', () => {
    const white = { data: new Uint8Array(4 * 50_000).fill(255), width: 500, height: 100 };
    expect(imageMoments(white).toJSON()).toEqual(wholeSums(white));
    white.data[4 * 20_000 + 3] = 0;
    expect(imageMoments(white).toJSON()).toEqual(wholeSums(white));
  });

  test('takes 16 bits, and a byte counts as 257 times itself', () => {
    for (const [width, height] of SIZES) {
      const picture = randomPicture(width, height, width);
      const mask = randomMask(picture, height);
      const deep = { data: Uint16Array.from(picture.data, (byte) => 257 * byte), width, height };
      expect(jsonOf(deep)).toBe(jsonOf(picture));
      expect(jsonOf(deep, { mask })).toBe(jsonOf(picture, { mask }));
      const fine = { ...deep, data: deep.data.map((value, i) => (value * 7919 + i) % 65536) };
      expect(imageMoments(fine).toJSON()).toEqual(wholeSums(fine));
    }
  });

  test('has the mean, variance and deviation of bytes over 255', () => {
    const picture = randomPicture(61, 43, 5);
    const found = imageMoments(picture);
    for (const channel of [0, 1, 2]) {
      const bytes = channelOf(picture, channel);
      const wanted = moments(bytes.map((byte) => byte / 255));
      const { length } = bytes;
      expect(found.count).toBe(length);
      expect(found.mean[channel]).toBeCloseTo(wanted.mean, 14);
      expect(found.variance()[channel]).toBeCloseTo(wanted.variance, 14);
      expect(found.std()[channel]).toBeCloseTo(Math.sqrt(wanted.variance), 14);
      const unbiased = (wanted.variance * length) / (length - 1);
      expect(found.variance({ unbiased: true })[channel]).toBeCloseTo(unbiased, 14);
    }
  });

  test('rounds each mean once', () => {
    const found = imageMoments(
      row([
        [1, 2, 255],
        [2, 2, 255],
        [2, 2, 255],
      ]),
    );
    expect([...found.mean]).toEqual([5 / 765, 2 / 255, 1]);
    expect([...found.variance()].slice(1)).toEqual([0, 0]);
  });

  test('agrees with ChannelMoments of the tensor', () => {
    const { data, width, height } = randomPicture(50, 40, 6);
    const picture = { data: data.map((byte, i) => (i % 4 === 3 ? 255 : byte)), width, height };
    const found = imageMoments(picture);
    const wanted = new ChannelMoments(3).update(imageToTensor(picture));
    for (const channel of [0, 1, 2]) {
      // Values of float32 are rounded.
      expect(
        Math.abs((found.mean[channel] as number) - (wanted.mean[channel] as number)),
      ).toBeLessThan(2 ** -24);
    }
  });
});

describe.each(['oklab', 'lab'] as const)('imageMoments in %s', (space) => {
  test('has the moments of float64, at any size, with and without a mask', () => {
    for (const [width, height] of SIZES) {
      const picture = randomPicture(width, height, width);
      for (const mask of [undefined, randomMask(picture, height)]) {
        const [red, green, blue] = [0, 1, 2].map((channel) =>
          channelOf(picture, channel, mask),
        ) as [number[], number[], number[]];
        const found = imageMoments(picture, { space, mask });
        expect(found.count).toBe(red.length);
        if (red.length === 0) continue;
        const colours = red.map((value, i) =>
          referenceSpaces[space].of([value, green[i] as number, blue[i] as number]),
        );
        [0, 1, 2].forEach((axis) => {
          const wanted = moments(colours.map((colour) => colour[axis] as number));
          const unit = space === 'lab' ? 100 : 1;
          expect(Math.abs((found.mean[axis] as number) - wanted.mean)).toBeLessThan(2e-6 * unit);
          const std = found.std()[axis] as number;
          expect(Math.abs(std - Math.sqrt(wanted.variance))).toBeLessThan(2e-6 * unit);
        });
      }
    }
  });

  test('gives the same bits in every place of memory', () => {
    for (const [width, height] of SIZES) {
      const picture = randomPicture(width, height, width);
      const mask = randomMask(picture, height);
      const expected = [jsonOf(picture, { space }), jsonOf(picture, { space, mask })];
      for (const name of Object.keys(picturePlaces)) {
        resetPicturePlaces();
        const put = putPicture(name, picture);
        expect([jsonOf(put, { space }), jsonOf(put, { space, mask })]).toEqual(expected);
      }
    }
  });

  test('finds no spread at all in a flat colour, and one pixel has none', () => {
    for (const [width, height] of SIZES) {
      const data = Uint8ClampedArray.from(
        { length: 4 * width * height },
        (_, i) => [77, 130, 9, 200][i % 4] as number,
      );
      const flat = imageMoments({ data, width, height }, { space });
      expect([...flat.variance()]).toEqual([0, 0, 0]);
      expect([...flat.mean]).toEqual([...imageMoments(row([[77, 130, 9]]), { space }).mean]);
    }
  });

  test('is as accurate where the first pixel is far from all others', () => {
    const data = new Uint8ClampedArray(4 * 10_000).fill(255);
    for (let i = 4; i < data.length; i += 4) data[i] = 100 + (i % 3);
    data.set([0, 0, 0], 0);
    const picture = { data, width: 100, height: 100 };
    const colours = Array.from({ length: 10_000 }, (_, i) =>
      referenceSpaces[space].of([0, 1, 2].map((c) => data[4 * i + c]) as never),
    );
    const found = imageMoments(picture, { space }).std();
    for (const axis of [0, 1, 2]) {
      const wanted = Math.sqrt(moments(colours.map((colour) => colour[axis] as number)).variance);
      // The values are float32, and differ by 1%.
      expect(Math.abs((found[axis] as number) - wanted) / wanted).toBeLessThan(1e-4);
    }
  });
});

test('CIELAB of tissue has the mean and deviation that scikit-image finds', () => {
  const fixture = readFixture<SkimageLab>('skimage-lab');
  for (const name of ['content', 'style'] as const) {
    const found = imageMoments(pictureOf(fixture, name), { space: 'lab' });
    const { mean, std } = fixture[`${name}Moments`];
    for (const axis of [0, 1, 2]) {
      // Its white has an a of -0.0025 and a b of 0.005.
      expect(Math.abs((found.mean[axis] as number) - (mean[axis] as number))).toBeLessThan(0.006);
      expect(Math.abs((found.std()[axis] as number) - (std[axis] as number))).toBeLessThan(0.001);
    }
  }
});

describe.each(SPACES)('ImageMoments in %s', (space) => {
  const pictures = [1, 2, 3].map((seed) => randomPicture(50 + seed, 40, seed));
  const all = pictures.map((picture) => imageMoments(picture, { space }));

  test('of no pixels have a count and means of 0, and no variance', () => {
    const empty = new ImageMoments(space);
    const hidden = {
      data: new Uint8Array(4 * 20).fill(9).map((byte, i) => (i % 4 === 3 ? 0 : byte)),
      width: 20,
      height: 1,
    };
    for (const moments of [empty, imageMoments(hidden, { space })]) {
      expect([moments.space, moments.count]).toEqual([space, 0]);
      expect([...moments.mean]).toEqual([0, 0, 0]);
      expect([...moments.variance(), ...moments.std()]).toEqual(Array(6).fill(Number.NaN));
    }
    const one = imageMoments(row([[1, 2, 3]]), { space });
    expect([...one.std()]).toEqual([0, 0, 0]);
    expect([...one.variance({ unbiased: true })]).toEqual(Array(3).fill(Number.NaN));
  });

  test('merge into those of all pixels, and leave the other as it was', () => {
    const before = JSON.stringify(all[1]);
    const merged = new ImageMoments(space);
    for (const moments of all) expect(merged.merge(moments)).toBe(merged);
    expect(JSON.stringify(all[1])).toBe(before);
    const data = Uint8ClampedArray.from(pictures.flatMap((picture) => [...picture.data]));
    const whole = imageMoments({ data, width: data.length / 4, height: 1 }, { space });
    expect(merged.count).toBe(whole.count);
    [...merged.mean, ...merged.std()].forEach((value, i) => {
      const wanted = [...whole.mean, ...whole.std()][i] as number;
      // Differences from the first pixel are float32, of numbers up to 1 or 100.
      const allowed = { rgb: 0, oklab: 2 ** -24, lab: 100 * 2 ** -24 }[space];
      expect(Math.abs(value - wanted)).toBeLessThanOrEqual(allowed);
    });
    if (space === 'rgb') {
      const backwards = new ImageMoments();
      for (const moments of [...all].reverse()) backwards.merge(moments);
      expect(JSON.stringify(merged)).toBe(JSON.stringify(whole));
      expect(JSON.stringify(backwards)).toBe(JSON.stringify(whole));
    }
  });

  test('survive JSON to the last bit', () => {
    for (const moments of [...all, new ImageMoments(space)]) {
      const text = JSON.stringify(moments);
      const restored = ImageMoments.fromJSON(JSON.parse(text));
      expect(JSON.stringify(restored)).toBe(text);
      expect([...restored.std()]).toEqual([...moments.std()]);
      expect(JSON.parse(text).space).toBe(space);
    }
  });

  test('take moments of another copy of the library by shape', () => {
    const [mine, other] = all as [ImageMoments, ImageMoments];
    const foreign = { space, toJSON: () => other.toJSON() };
    const merged = ImageMoments.fromJSON(mine.toJSON()).merge(foreign as never);
    expect(JSON.stringify(merged)).toBe(
      JSON.stringify(ImageMoments.fromJSON(mine.toJSON()).merge(other)),
    );
  });
});

test('sums beyond 2^53 stay exact in JSON and in what is made of them', () => {
  const white = imageMoments(row([[255, 128, 0]]));
  for (let doubled = 0; doubled < 40; doubled++) {
    white.merge(ImageMoments.fromJSON(JSON.parse(JSON.stringify(white))));
  }
  expect(white.count).toBe(2 ** 40);
  expect([...white.mean]).toEqual([1, 128 / 255, 0]);
  expect([...white.variance()]).toEqual([0, 0, 0]);
  expect(white.toJSON()).toMatchObject({
    sums: [String(65535n << 40n), String(32896n << 40n), '0'],
  });
});

describe('refused:', () => {
  const picture = randomPicture(3, 2, 1);
  const of = (image: unknown, options?: object) => () => imageMoments(image as never, options);
  const deep = { ...picture, data: new Uint16Array(24) };
  const rgb = imageMoments(picture).toJSON();
  const lab = imageMoments(picture, { space: 'lab' }).toJSON();
  const from = (json: unknown) => () => ImageMoments.fromJSON(json as never);
  const sums = ['10', '10', '10'];
  const merge = (other: unknown) => () => new ImageMoments().merge(other as never);

  const refused: RefusedCall[] = [
    ['no picture', of(null), TypeError, 'image', 'null'],
    ['floats', of({ ...picture, data: new Float32Array(24) }), TypeError, 'image.data', 'a value'],
    ['too few bytes', of({ ...picture, width: 4 }), RangeError, 'image.data', '24'],
    ['too few of 16 bits', of({ ...deep, width: 4 }), RangeError, 'image.data', '24'],
    [
      '16 bits in Oklab',
      of(deep, { space: 'oklab' }),
      TypeError,
      'image.data',
      'a value of type Uint16Array',
    ],
    ['an unknown space', of(picture, { space: 'hsv' }), RangeError, 'space', '"hsv"'],
    ['an unknown option', of(picture, { masks: 1 }), TypeError, 'options', '"masks"'],
    ['a mask of booleans', of(picture, { mask: [true] }), TypeError, 'mask', '[boolean]'],
    ['a mask of another size', of(picture, { mask: new Uint8Array(5) }), RangeError, 'mask', '5'],
    ['a new space', () => new ImageMoments('hsv' as never), RangeError, 'space', '"hsv"'],
    [
      'an option of variance',
      () => new ImageMoments().variance({ biased: true } as never),
      TypeError,
      'options',
      '"biased"',
    ],
    ['a picture to merge', merge(picture), TypeError, 'other', 'a value of type Object'],
    ['nothing to merge', merge(undefined), TypeError, 'other', 'undefined'],
    [
      'moments of another space',
      merge(imageMoments(picture, { space: 'lab' })),
      RangeError,
      'other',
      "'lab'",
    ],
    ['JSON of nothing', from(null), TypeError, 'json', 'null'],
    ['JSON without a space', from({ count: 0 }), TypeError, 'space', 'undefined'],
    ['a count of half a pixel', from({ ...rgb, count: 0.5 }), RangeError, 'count', '0.5'],
    ['a negative count', from({ ...lab, count: -1 }), RangeError, 'count', '-1'],
    ['sums as numbers', from({ ...rgb, sums: [1, 2, 3] }), TypeError, 'sums', '1'],
    ['two sums', from({ ...rgb, sums: ['1', '2'] }), RangeError, 'sums', '2'],
    ['no sums', from({ ...rgb, sums: undefined }), TypeError, 'sums', 'undefined'],
    ['a sum with a sign', from({ ...rgb, sums: ['-1', '2', '3'] }), RangeError, 'sums', '-1'],
    [
      'a sum with a zero before it',
      from({ ...rgb, sums: ['01', '2', '3'] }),
      RangeError,
      'sums',
      '01',
    ],
    [
      'a sum of more than white',
      from({ space: 'rgb', count: 1, sums: ['65536', '0', '0'], squares: ['0', '0', '0'] }),
      RangeError,
      'sums',
      '65536',
    ],
    [
      'sums of no pixels',
      from({ space: 'rgb', count: 0, sums, squares: sums }),
      RangeError,
      'sums',
      '10',
    ],
    [
      'squares too small',
      from({ space: 'rgb', count: 2, sums, squares: ['48', '50', '50'] }),
      RangeError,
      'squares',
      '48',
    ],
    [
      'squares too large',
      from({ space: 'rgb', count: 2, sums, squares: ['102', '50', '50'] }),
      RangeError,
      'squares',
      '102',
    ],
    [
      'squares of the wrong parity',
      from({ space: 'rgb', count: 2, sums, squares: ['51', '50', '50'] }),
      RangeError,
      'squares',
      '51',
    ],
    ['a mean as text', from({ ...lab, mean: ['1', 0, 0] }), TypeError, 'mean', '"1"'],
    ['no mean', from({ ...lab, mean: undefined }), TypeError, 'mean', 'undefined'],
    ['a mean beyond white', from({ ...lab, mean: [100.1, 0, 0] }), RangeError, 'mean', '100.1'],
    ['a mean of NaN', from({ ...lab, mean: [Number.NaN, 0, 0] }), RangeError, 'mean', 'NaN'],
    [
      'a mean of no pixels',
      from({ space: 'lab', count: 0, mean: [1, 0, 0], squares: [0, 0, 0] }),
      RangeError,
      'mean',
      '1',
    ],
    [
      'a spread of one pixel',
      from({ space: 'lab', count: 1, mean: [1, 0, 0], squares: [1, 0, 0] }),
      RangeError,
      'squares',
      '1',
    ],
    ['negative squares', from({ ...lab, squares: [-1, 0, 0] }), RangeError, 'squares', '-1'],
    [
      'more squares than black and white have',
      from({ space: 'lab', count: 2, mean: [50, 0, 0], squares: [5001, 0, 0] }),
      RangeError,
      'squares',
      '5001',
    ],
  ];
  testRefusedCalls(refused, '%s');
});
