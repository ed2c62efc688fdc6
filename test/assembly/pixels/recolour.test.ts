import { describe, test } from 'vitest';
import { expectSameBytes } from '../../support/closeness.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { PIXELS, pixelsOf } from '../../support/kernels/pixels.ts';

/** What a byte of a channel becomes. */
const becomes = (byte: number, channel: number): number => (byte * (7 + 4 * channel) + 5) & 255;

describe('recolour', () => {
  test.each(PIXELS)('looks up %i pixels but for hidden ones, also in place', (count) => {
    const memory = new KernelMemory(3 * count);
    const bytes = pixelsOf(count);
    const x = memory.octets(bytes);
    const tables = memory.octets(
      new Uint8Array(
        Uint32Array.from({ length: 3 * 256 }, (_, i) => becomes(i & 255, i >> 8) << (8 * (i >> 8)))
          .buffer,
      ),
    );
    const y = memory.octets(new Uint8Array(4 * count));
    const expected = bytes.map((byte, i) =>
      i % 4 === 3 || bytes[i | 3] === 0 ? byte : becomes(byte, i % 4),
    );
    for (const to of [y, x]) {
      memory.runPixels(
        ({ recolour }) => recolour(to.byteOffset, x.byteOffset, tables.byteOffset, count),
        to,
      );
      expectSameBytes(to, expected);
    }
  });
});

describe('recolourByLines', () => {
  test.each(PIXELS)('rounds and clamps %i pixels but for hidden ones, also in place', (count) => {
    // Halves, and values beyond 0 to 255.
    const lines = [0.5, 3, -3.7, 412.5, 100, -5000];
    for (const least of [0, 1]) {
      // Without hidden pixels a group goes another way.
      const bytes = pixelsOf(count).map((byte, i) => (i % 4 === 3 ? Math.max(least, byte) : byte));
      const memory = new KernelMemory(3 * count);
      const x = memory.octets(bytes);
      const vectors = memory.floats(lines.flatMap((value) => [value, value, value, value]));
      const y = memory.octets(new Uint8Array(4 * count));
      const expected = Uint8ClampedArray.from(bytes, (byte, i) => {
        const channel = i % 4;
        if (channel === 3 || bytes[i | 3] === 0) return byte;
        const scaled = Math.fround(byte * Math.fround(lines[2 * channel] as number));
        return Math.fround(scaled + (lines[2 * channel + 1] as number));
      });
      for (const to of [y, x]) {
        memory.runPixels(
          ({ recolourByLines }) =>
            recolourByLines(to.byteOffset, x.byteOffset, vectors.byteOffset, count),
          to,
        );
        expectSameBytes(to, expected);
      }
    }
  });
});
