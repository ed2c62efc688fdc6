import { describe, expect, test } from 'vitest';
import { sharedSrgb } from '../../src/images/srgb.ts';
import { decodeSrgb, encodeSrgb } from '../support/colour.ts';
import { uniformFrom } from '../support/random.ts';

const FIRST_CELL = 0x3900;

/** What the kernels make of light by the table of codes. */
function byteOf(light: number): number {
  const inside = Math.min(0.99999994, Math.max(2 ** -13, light));
  const bits = new Uint32Array(Float32Array.of(inside).buffer)[0] as number;
  const code = sharedSrgb().codes[(bits >>> 16) - FIRST_CELL] as number;
  return (code + (bits & 0xffff)) >>> 16;
}

describe('linear light of sRGB', () => {
  test('follows IEC 61966-2-1', () => {
    expect(sharedSrgb().light).toEqual(
      Float32Array.from({ length: 256 }, (_, byte) => decodeSrgb(byte / 255)),
    );
  });

  test('rounds to the nearest byte in encoded values', () => {
    const uniform = uniformFrom(2);
    for (let i = 0; i < 20_000; i++) {
      const light = Math.fround(uniform() ** 3);
      const encoded = 255 * encodeSrgb(light);
      // Near a half the byte is open, since the constants of the standard have 4 digits.
      if (Math.abs((encoded % 1) - 0.5) < 1e-4) continue;
      expect(byteOf(light)).toBe(Math.round(encoded));
    }
  });

  test('changes from byte to byte at the float32 after half of both', () => {
    const float = new Float32Array(1);
    const bits = new Uint32Array(float.buffer);
    for (let byte = 0; byte < 255; byte++) {
      const edge = decodeSrgb((byte + 0.5) / 255);
      // Math.pow may be off by a unit in the last place of a float64, far less than these steps.
      float[0] = edge * (1 + 2 ** -22);
      expect(byteOf(float[0] as number)).toBe(byte + 1);
      bits[0] = (bits[0] as number) - 8;
      expect(byteOf(float[0] as number)).toBe(byte);
    }
  });

  test('restores every byte, and clamps', () => {
    sharedSrgb().light.forEach((light, byte) => {
      expect(byteOf(light)).toBe(byte);
    });
    expect([-1, 0, 1, 1.0001, Number.POSITIVE_INFINITY].map(byteOf)).toEqual([0, 0, 255, 255, 255]);
  });
});
