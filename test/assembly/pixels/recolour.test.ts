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
