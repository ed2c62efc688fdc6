import { describe, expect, test } from 'vitest';
import { imageToOklab, oklabToImage } from '../../src/images/oklab.ts';
import { uniformFrom } from '../support/random.ts';

describe('Oklab', () => {
  /** Makes a picture of one row. */
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

  test('restores every grey', () => {
    const greys = row(Array.from({ length: 256 }, (_, byte) => [byte, byte, byte]));
    const oklab = imageToOklab(greys);
    expect(oklabToImage(oklab)).toEqual(greys);
    for (let i = 256; i < 768; i++) expect(Math.abs(oklab.data[i] as number)).toBeLessThan(1e-6);
  });

  test('restores a million colours, with the corners and edges of the cube among them', () => {
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
