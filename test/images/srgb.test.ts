import { describe, expect, test } from 'vitest';
import { sharedSrgb } from '../../src/images/srgb.ts';
import { uniformFrom } from '../support/random.ts';

describe('linear light of sRGB', () => {
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
      // Near a half the byte is open, since the constants of the standard have 4 digits.
      if (Math.abs((encoded % 1) - 0.5) < 1e-4) continue;
      expect(sharedSrgb().byteOfLinear(light)).toBe(Math.round(encoded));
    }
  });

  test('restores every byte, and clamps', () => {
    sharedSrgb().linearOfByte.forEach((light, byte) => {
      expect(sharedSrgb().byteOfLinear(light)).toBe(byte);
    });
    const beyond = [-1, -0, Number.NaN, Number.NEGATIVE_INFINITY, 1.0001, Number.POSITIVE_INFINITY];
    expect(beyond.map((light) => sharedSrgb().byteOfLinear(light))).toEqual([0, 0, 0, 0, 255, 255]);
  });
});
