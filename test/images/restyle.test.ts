import { describe, expect, test } from 'vitest';
import {
  type Image,
  type ImageLike,
  ImageMoments,
  imageMoments,
  type RestyleOptions,
  restyle,
  type Space,
} from '../../src/index.ts';
import { expectSameBytes } from '../support/closeness.ts';
import { referenceSpaces } from '../support/colour.ts';
import { readFixture } from '../support/fixtures.ts';
import {
  channelOf,
  noise,
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

const photo = noise(40, 30, 1, [90, 120, 150], [10, 15, 12]);
const painting = noise(23, 51, 2, [150, 110, 80], [14, 9, 11]);

type Triple = [number, number, number];
const asIs = { of: (bytes: Triple) => bytes, back: (bytes: Triple) => bytes };

/** Returns the bytes of each pixel in float64, before they are rounded. */
function unrounded(
  content: ImageLike,
  style: ImageLike,
  { space = 'rgb', strength = 1, contentMask, styleMask }: RestyleOptions,
): Triple[] {
  const { of, back } = space === 'rgb' ? asIs : referenceSpaces[space];
  const channelsOf = (picture: ImageLike, mask?: Uint8Array | null) => {
    const bytes = [0, 1, 2].map((channel) => channelOf(picture, channel, mask));
    const colours = (bytes[0] as number[]).map(
      (_, i) => of(bytes.map((values) => values[i]) as Triple) as Triple,
    );
    return [0, 1, 2].map((axis) => moments(colours.map((colour) => colour[axis] as number)));
  };
  const [from, to] = [channelsOf(content, contentMask), channelsOf(style, styleMask)];
  return Array.from({ length: content.width * content.height }, (_, pixel) => {
    const colour = of([0, 1, 2].map((c) => content.data[4 * pixel + c]) as Triple) as Triple;
    const wanted = colour.map((value, axis) => {
      const [a, b] = [from[axis], to[axis]] as [
        ReturnType<typeof moments>,
        ReturnType<typeof moments>,
      ];
      const styled = (value - a.mean) * Math.sqrt(b.variance / a.variance) + b.mean;
      return value + strength * (styled - value);
    });
    return back(wanted as Triple) as Triple;
  });
}

/** Expects the nearest byte to each value, or another where it lies near the middle of two. */
function expectRounded(
  { data }: ImageLike,
  wanted: readonly Triple[],
  slack: number,
  counts: (pixel: number) => boolean,
): void {
  wanted.forEach((colour, pixel) => {
    if (!counts(pixel)) return;
    colour.forEach((value, channel) => {
      const clamped = Math.min(255, Math.max(0, value));
      const error = Math.abs((data[4 * pixel + channel] as number) - clamped);
      if (!(error <= 0.5 + slack)) {
        expect.fail(`pixel ${pixel}: expected ${clamped}, got ${data[4 * pixel + channel]}`);
      }
    });
  });
}

describe('restyle', () => {
  test("gives each channel the style's mean and deviation, within a fraction of a byte", () => {
    const result = restyle(photo, painting);
    expect([result.width, result.height]).toEqual([40, 30]);
    for (const index of [0, 1, 2]) {
      const found = moments(channelOf(result, index));
      const wanted = moments(channelOf(painting, index));
      expect(Math.abs(found.mean - wanted.mean)).toBeLessThan(0.05);
      // Rounding to bytes adds a variance of 1/12.
      expect(Math.abs(found.variance - wanted.variance - 1 / 12)).toBeLessThan(0.5);
    }
  });

  test.each(['oklab', 'lab'] as const)(
    "gives lightness and colour the style's mean and deviation in %s",
    (space) => {
      const found = imageMoments(restyle(photo, painting, { space }), { space });
      const wanted = imageMoments(painting, { space });
      const unit = space === 'lab' ? 100 : 1;
      for (const index of [0, 1, 2]) {
        const close = (a: Float64Array, b: Float64Array) =>
          Math.abs((a[index] as number) - (b[index] as number));
        expect(close(found.mean, wanted.mean)).toBeLessThan(1e-3 * unit);
        expect(close(found.std(), wanted.std())).toBeLessThan(1e-3 * unit);
      }
    },
  );

  describe.each(SPACES)('in %s', (space) => {
    // Near the middle of two bytes the spaces of colour, which are float32, may round to either.
    const slack = space === 'rgb' ? 1e-9 : 0.01;

    test('is nearest to float64, of random bytes at any size, with and without masks', () => {
      const style = randomPicture(31, 17, 99);
      for (const [width, height] of SIZES) {
        const content = randomPicture(width, height, width + 1);
        if (channelOf(content, 0).length < 2) continue;
        for (const contentMask of [undefined, randomMask(content, 3)]) {
          if (channelOf(content, 0, contentMask).length < 3) continue;
          const options = { space, strength: 0.8, contentMask, styleMask: randomMask(style, 4) };
          const result = restyle(content, style, options);
          const isShown = (pixel: number) =>
            content.data[4 * pixel + 3] !== 0 && contentMask?.[pixel] !== 0;
          expectRounded(result, unrounded(content, style, options), slack, isShown);
          const kept = content.data.filter((_, i) => i % 4 === 3 || !isShown(i >> 2));
          expectSameBytes(
            result.data.filter((_, i) => i % 4 === 3 || !isShown(i >> 2)),
            kept,
          );
        }
      }
    });

    test('gives the same bytes wherever pictures lie, and in place of the content', () => {
      const style = imageMoments(painting, { space });
      for (const [width, height] of SIZES) {
        const content = randomPicture(width, height, width);
        const contentMask = randomMask(content, height);
        for (const options of [{}, { contentMask }]) {
          const expected = restyle(content, style, options);
          for (const name of Object.keys(picturePlaces)) {
            resetPicturePlaces();
            const put = putPicture(name, content);
            expectSameBytes(restyle(put, style, options).data, expected.data);
            const out = putPicture(name, { ...content, data: new Uint8Array(content.data.length) });
            expect(restyle(put, style, { ...options, out })).toBe(out);
            expectSameBytes(out.data, expected.data);
            expectSameBytes(put.data, content.data);
            expect(restyle(put, style, { ...options, out: put })).toBe(put);
            expectSameBytes(put.data, expected.data);
          }
        }
      }
    });

    test('returns the content at strength 0, and if the style is the content', () => {
      const content = randomPicture(50, 41, 1);
      expect(restyle(content, painting, { strength: 0, space })).toEqual(content);
      expect(restyle(content, content, { strength: 1, space })).toEqual(content);
      expect(restyle(content, content, { strength: 0.3, space })).toEqual(content);
      const out = { ...content, data: new Uint8Array(content.data.length) };
      expect(restyle(content, painting, { strength: 0, space, out })).toBe(out);
      expectSameBytes(out.data, content.data);
    });

    test("keeps the content's alpha and both pictures as they were", () => {
      const before = [photo.data.slice(), painting.data.slice()];
      const result = restyle(photo, painting, { space });
      expect([photo.data, painting.data]).toEqual(before);
      for (let at = 3; at < result.data.length; at += 4)
        expect(result.data[at]).toBe(photo.data[at]);
    });

    test('takes moments in place of pictures, from JSON too', () => {
      const expected = restyle(photo, painting, { space, strength: 0.6 });
      const style = imageMoments(painting, { space });
      const contentMoments = imageMoments(photo, { space });
      const restored = ImageMoments.fromJSON(JSON.parse(JSON.stringify(style)));
      for (const options of [{}, { space }, { contentMoments }]) {
        expect(restyle(photo, style, { ...options, strength: 0.6 })).toEqual(expected);
        expect(restyle(photo, restored, { ...options, strength: 0.6 })).toEqual(expected);
      }
      const foreign = { space, toJSON: () => style.toJSON() };
      expect(restyle(photo, foreign as never, { strength: 0.6 })).toEqual(expected);
    });

    test('restyles a part by the moments of the whole as it restyles the whole', () => {
      const contentMoments = imageMoments(photo, { space });
      const style = imageMoments(painting, { space });
      const part = { data: photo.data.slice(4 * 40 * 7, 4 * 40 * 20), width: 40, height: 13 };
      const whole = restyle(photo, style);
      expectSameBytes(
        restyle(part, style, { contentMoments }).data,
        whole.data.slice(4 * 40 * 7, 4 * 40 * 20),
      );
    });

    test("gives a picture of one colour the style's mean colour", () => {
      const flat = noise(5, 5, 3, [77, 77, 77], [0, 0, 0]);
      const one = noise(4, 4, 4, [200, 30, 90], [0, 0, 0]);
      const result = restyle(flat, one, { space });
      for (const index of [0, 1, 2]) {
        expect(channelOf(result, index)).toEqual(Array(25).fill([200, 30, 90][index]));
      }
    });

    test('shifts a picture by a style of one pixel, and one pixel to any style', () => {
      const result = restyle(photo, row([[150, 110, 80]]), { space });
      const { mean } = imageMoments(result, { space });
      const wanted = imageMoments(row([[150, 110, 80]]), { space }).mean;
      for (const index of [0, 1, 2]) {
        expect(Math.abs((mean[index] as number) - (wanted[index] as number))).toBeLessThan(
          space === 'lab' ? 0.1 : 2e-3,
        );
        const { variance } = moments(channelOf(result, index));
        if (space === 'rgb')
          expect(variance).toBeCloseTo(moments(channelOf(photo, index)).variance, 9);
        else expect(variance).toBeGreaterThan(10);
      }
      const single = restyle(row([[1, 2, 3]]), painting, { space }).data;
      const target = imageMoments(painting, { space }).mean;
      const found = imageMoments({ data: single, width: 1, height: 1 }, { space }).mean;
      for (const index of [0, 1, 2]) {
        expect(Math.abs((found[index] as number) - (target[index] as number))).toBeLessThan(
          space === 'lab' ? 0.5 : 5e-3,
        );
      }
    });

    test('leaves a picture alone of which no pixel takes part', () => {
      const nothing = new Uint8Array(photo.width * photo.height);
      expect(restyle(photo, painting, { space, contentMask: nothing })).toEqual(photo);
      const hidden = { ...photo, data: photo.data.map((byte, i) => (i % 4 === 3 ? 0 : byte)) };
      expect(restyle(hidden, painting, { space })).toEqual(hidden);
    });
  });

  test('works in RGB at full strength by default', () => {
    expect(restyle(photo, painting)).toEqual(
      restyle(photo, painting, { strength: 1, space: 'rgb' }),
    );
    expect(restyle(photo, painting)).not.toEqual(restyle(photo, painting, { space: 'oklab' }));
  });

  test('takes a style of 16 bits in RGB', () => {
    const deep = { ...painting, data: Uint16Array.from(painting.data, (byte) => 257 * byte) };
    expect(restyle(photo, deep)).toEqual(restyle(photo, painting));
  });

  test('gives tissue the colours that scikit-image gives it in CIELAB', () => {
    const fixture = readFixture<SkimageLab>('skimage-lab');
    const wanted = pictureOf(fixture, 'restyled').data;
    const found = restyle(pictureOf(fixture, 'content'), pictureOf(fixture, 'style'), {
      space: 'lab',
    }).data;
    const off = found.filter((byte, i) => byte !== wanted[i]).length;
    expect(Math.max(...found.map((byte, i) => Math.abs(byte - (wanted[i] as number))))).toBe(1);
    expect(off / found.length).toBeLessThan(0.01);
  });
});

describe('restyling what people met', () => {
  /** A picture half of which nobody sees, in a colour that is there all the same. */
  function halfHidden(colour: readonly number[]): Image {
    const picture = noise(30, 20, 5, [146, 104, 71], [30, 20, 10]);
    for (let pixel = 0; pixel < 300; pixel++) picture.data.set([...colour, 0], 4 * pixel);
    return picture;
  }

  test.each(SPACES)(
    'transparent pixels count as nothing, whatever their colour, in %s',
    (space) => {
      const [black, white] = [halfHidden([0, 0, 0]), halfHidden([255, 255, 255])];
      const shown = { data: black.data.slice(1200), width: 30, height: 10 };
      for (const picture of [black, white]) {
        expect(imageMoments(picture, { space }).count).toBe(300);
        expect(restyle(photo, picture, { space })).toEqual(restyle(photo, shown, { space }));
        const result = restyle(picture, painting, { space }).data;
        expect(result.slice(0, 1200)).toEqual(picture.data.slice(0, 1200));
        expectSameBytes(result.slice(1200), restyle(shown, painting, { space }).data);
      }
    },
  );

  test.each(['oklab', 'lab'] as const)(
    'a black-and-white picture takes one even tint, without speckles, in %s',
    (space) => {
      const { data } = noise(64, 64, 8, [120, 0, 0], [50, 0, 0]);
      for (let at = 0; at < data.length; at += 4) data[at + 1] = data[at + 2] = data[at] as number;
      const grey = { data, width: 64, height: 64 };
      const result = restyle(grey, painting, { space });
      // What a grey becomes depends on nothing but the grey.
      const becomes = new Map<number, string>();
      for (let at = 0; at < data.length; at += 4) {
        const colour = result.data.slice(at, at + 3).join();
        const before = becomes.get(data[at] as number) ?? colour;
        expect(colour).toBe(before);
        becomes.set(data[at] as number, colour);
      }
      const { mean } = imageMoments(result, { space });
      const tint = imageMoments(painting, { space }).mean;
      const std = imageMoments(result, { space }).std();
      const unit = space === 'lab' ? 100 : 0.3;
      for (const axis of [1, 2]) {
        expect(Math.abs((mean[axis] as number) - (tint[axis] as number))).toBeLessThan(0.05 * unit);
        expect(std[axis] as number).toBeLessThan(0.1 * unit);
      }
    },
  );

  test.each(['oklab', 'lab'] as const)('greys stay grey by a style of greys in %s', (space) => {
    const greys = row(Array.from({ length: 256 }, (_, byte) => [byte, byte, byte]));
    const style = row(Array.from({ length: 60 }, (_, i) => [60 + i, 60 + i, 60 + i]));
    const { data } = restyle(greys, style, { space });
    for (let at = 0; at < data.length; at += 4) {
      expect([data[at + 1], data[at + 2]]).toEqual([data[at], data[at]]);
    }
  });
});

describe('a refused call', () => {
  const moments = imageMoments(painting);
  const lab = imageMoments(painting, { space: 'lab' });
  const mask = new Uint8Array(1200);
  const hidden = { data: new Uint8Array(8), width: 2, height: 1 };
  const buffer = new ArrayBuffer(2 * 4800);
  const inBuffer = { ...photo, data: new Uint8ClampedArray(buffer, 0, 4800) };
  const call = (options: object) => () => restyle(photo, painting, options);

  const refused: RefusedCall[] = [
    ['no content', () => restyle(undefined as never, painting), TypeError, 'content', 'undefined'],
    ['no style', () => restyle(photo, null as never), TypeError, 'style', 'null'],
    [
      'content of 16 bits',
      () => restyle({ ...photo, data: new Uint16Array(4800) } as never, painting),
      TypeError,
      'content.data',
      'a value of type Uint16Array',
    ],
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
    ['a style that nobody sees', () => restyle(photo, hidden), RangeError, 'style', '0'],
    ['moments of no pixels', () => restyle(photo, new ImageMoments()), RangeError, 'style', '0'],
    [
      'moments that are no moments',
      () => restyle(photo, { space: 'rgb' } as never),
      TypeError,
      'style',
      'a value of type Object',
    ],
    ['a strength of 1.1', call({ strength: 1.1 }), RangeError, 'strength', '1.1'],
    ['a strength below 0', call({ strength: -0.1 }), RangeError, 'strength', '-0.1'],
    ['a word for a strength', call({ strength: 'full' }), TypeError, 'strength', '"full"'],
    ['an unknown space', call({ space: 'hsv' }), RangeError, 'space', '"hsv"'],
    [
      'a name of objects for a space',
      call({ space: 'toString' }),
      RangeError,
      'space',
      '"toString"',
    ],
    ['an unknown option', call({ alpha: 1 }), TypeError, 'options', '"alpha"'],
    [
      'a mask of other pixels',
      call({ contentMask: new Uint8Array(9) }),
      RangeError,
      'contentMask',
      '9',
    ],
    [
      "a mask of the style's of other pixels",
      call({ styleMask: mask }),
      RangeError,
      'styleMask',
      '1200',
    ],
    [
      'a mask of floats',
      call({ contentMask: new Float32Array(1200) }),
      TypeError,
      'contentMask',
      'a value of type Float32Array',
    ],
    [
      'moments of another space',
      () => restyle(photo, lab, { space: 'rgb' }),
      RangeError,
      'style',
      "'lab'",
    ],
    [
      "the content's moments of another space",
      call({ contentMoments: lab, space: 'rgb' }),
      RangeError,
      'contentMoments',
      "'lab'",
    ],
    [
      'a picture for moments',
      call({ contentMoments: photo }),
      TypeError,
      'contentMoments',
      'a value of type Object',
    ],
    [
      'a mask of moments',
      () => restyle(photo, moments, { styleMask: mask }),
      TypeError,
      'styleMask',
      'a value of type Uint8Array',
    ],
    [
      'a result of another size',
      call({ out: { ...photo, width: 30, height: 40 } }),
      RangeError,
      'out',
      '30 x 40',
    ],
    [
      'a result of floats',
      call({ out: { ...photo, data: new Float32Array(4800) } }),
      TypeError,
      'out.data',
      'a value',
    ],
    [
      'a result in part of the content',
      () =>
        restyle(inBuffer, painting, { out: { ...photo, data: new Uint8Array(buffer, 4, 4800) } }),
      RangeError,
      'out',
      'bytes 4 to 4804',
    ],
    [
      'a result over the mask',
      () =>
        restyle(photo, painting, {
          out: inBuffer,
          contentMask: new Uint8Array(buffer, 4000, 1200),
        }),
      RangeError,
      'out',
      'bytes 0 to 4800',
    ],
  ];
  testRefusedCalls(refused, 'names %s');

  test('has written nothing', () => {
    const out = { ...photo, data: new Uint8Array(4800).fill(7) };
    expect(() => restyle(photo, hidden, { out })).toThrow('style');
    expect(out.data.every((byte) => byte === 7)).toBe(true);
  });

  test('is one whose style a getter of the content detaches', () => {
    const memory = new ArrayBuffer(4692);
    const style = { ...painting, data: new Uint8Array(memory) };
    const content = {
      ...photo,
      get data() {
        structuredClone(memory, { transfer: [memory] });
        return photo.data;
      },
    };
    expect(() => restyle(content, style)).toThrow('style.data: expected 4692 bytes');
  });
});
