import { describe, expect, test } from 'vitest';
import { imageToOklab, oklabToImage } from '../../src/images/oklab.ts';
import { cubeRoot, fifthRoot } from '../../src/images/roots.ts';
import { sharedSrgb } from '../../src/images/srgb.ts';
import { type ImageLike, restyle } from '../../src/index.ts';
import { normalFrom, uniformFrom } from '../support/random.ts';
import { moments } from '../support/reference.ts';
import { expectRefusal } from '../support/refusals.ts';

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
  test("gives each channel the style's mean and deviation, to a part of a byte", () => {
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
    'gives back the content at strength 0, and with itself for a style, in %s',
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

  test.each(SPACES)("gives one colour the style's mean colour, in %s", (space) => {
    const flat = picture(5, 5, 3, [77, 77, 77], [0, 0, 0]);
    const one = picture(4, 4, 4, [200, 30, 90], [0, 0, 0]);
    const result = restyle(flat, one, { space });
    for (const index of [0, 1, 2])
      expect(channel(result, index)).toEqual(Array(25).fill([200, 30, 90][index]));
  });

  test('is RGB at full strength by default', () => {
    expect(restyle(photo, painting)).toEqual(
      restyle(photo, painting, { strength: 1, space: 'rgb' }),
    );
    expect(restyle(photo, painting)).not.toEqual(restyle(photo, painting, { space: 'oklab' }));
  });

  const refused: [string, () => unknown, ErrorConstructor, string, string][] = [
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
  test.each(refused)('refuses %s', (_, call, kind, argument, got) => {
    expectRefusal(call, kind, argument, got);
  });
});

describe('Oklab', () => {
  /** A picture of one row. */
  function row(colours: readonly (readonly [number, number, number])[]) {
    const data = Uint8ClampedArray.from(colours.flatMap((colour) => [...colour, 255]));
    return { data, width: colours.length, height: 1 };
  }

  test('has the coordinates that its author gives', () => {
    // Björn Ottosson's C++, run in float64 on the primaries of sRGB.
    const expected = [
      [1, 0, 0],
      [0, 0, 0],
      [0.627955, 0.224863, 0.125846],
      [0.86644, -0.233888, 0.179498],
      [0.452014, -0.032457, -0.311528],
    ];
    const { data } = imageToOklab(
      row([
        [255, 255, 255],
        [0, 0, 0],
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
      ]),
    );
    expected.forEach((colour, i) => {
      colour.forEach((value, axis) => {
        expect(Math.abs((data[axis * 5 + i] as number) - value)).toBeLessThan(2e-6);
      });
    });
  });

  test('gives back every grey', () => {
    const greys = row(Array.from({ length: 256 }, (_, byte) => [byte, byte, byte]));
    const oklab = imageToOklab(greys);
    expect(oklabToImage(oklab)).toEqual(greys);
    for (let i = 256; i < 768; i++) expect(Math.abs(oklab.data[i] as number)).toBeLessThan(1e-6);
  });

  test('gives back a million colours, the corners and edges of the cube among them', () => {
    const uniform = uniformFrom(1);
    const data = new Uint8ClampedArray(4 * 2 ** 20).map((_, i) => {
      if (i % 4 === 3) return 255;
      const byte = Math.floor(uniform() * 320) - 32;
      return Math.min(255, Math.max(0, byte));
    });
    const colours = { data, width: 1024, height: 1024 };
    const back = oklabToImage(imageToOklab(colours));
    expect(Buffer.from(back.data).equals(Buffer.from(data))).toBe(true);
  });
});

describe('light of sRGB', () => {
  test('follows IEC 61966-2-1', () => {
    sharedSrgb().linearOfByte.forEach((light, byte) => {
      const value = byte / 255;
      const expected = value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
      expect(Math.abs(light - expected)).toBeLessThanOrEqual(1e-15);
    });
  });

  test('rounds to the nearest byte in encoded values', () => {
    const encode = (light: number) =>
      light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;
    const uniform = uniformFrom(2);
    for (let i = 0; i < 100_000; i++) {
      const light = uniform() ** 3;
      const encoded = 255 * encode(light);
      // Near a half the standard's own constants, of 4 digits, leave the byte open.
      if (Math.abs((encoded % 1) - 0.5) < 1e-4) continue;
      expect(sharedSrgb().byteOfLinear(light)).toBe(Math.round(encoded));
    }
  });

  test('gives back every byte, and clamps', () => {
    sharedSrgb().linearOfByte.forEach((light, byte) => {
      expect(sharedSrgb().byteOfLinear(light)).toBe(byte);
    });
    const beyond = [-1, -0, Number.NaN, Number.NEGATIVE_INFINITY, 1.0001, Number.POSITIVE_INFINITY];
    expect(beyond.map((light) => sharedSrgb().byteOfLinear(light))).toEqual([0, 0, 0, 0, 255, 255]);
  });
});

describe('roots', () => {
  test('cubeRoot is within 2 units in the last place of Math.cbrt, itself within 1', () => {
    expect(cubeRoot(0)).toBe(0);
    expect(cubeRoot(1)).toBe(1);
    const uniform = uniformFrom(3);
    let worst = 0;
    for (let i = 0; i < 200_000; i++) {
      const x = uniform() * 2 ** Math.floor(uniform() * 250 - 125);
      if (x < 2 ** -126) continue;
      const root = Math.cbrt(x);
      const unit = 2 ** (Math.floor(Math.log2(root)) - 52);
      worst = Math.max(worst, Math.abs(cubeRoot(x) - root) / unit);
    }
    expect(worst).toBeLessThanOrEqual(3);
  });

  test('fifthRoot is the inverse of the fifth power', () => {
    for (let x = 0.01; x <= 1; x += 0.001) {
      const root = fifthRoot(x);
      expect(Math.abs(root ** 5 - x) / x).toBeLessThanOrEqual(5 * 2 ** -52);
    }
  });
});
