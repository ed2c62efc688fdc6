import { describe, test } from 'vitest';
import { expectSameBytes } from '../../support/closeness.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { PIXELS, pixelsOf } from '../../support/kernels/pixels.ts';
import { uniforms } from '../../support/random.ts';

describe('findTissue', () => {
  test.each(PIXELS)('tells the darker of %i pixels from the others and hidden ones', (count) => {
    const memory = new KernelMemory(3 * count);
    const bytes = pixelsOf(count);
    const x = memory.octets(bytes);
    const tables = memory.floats(uniforms(3 * 256, count));
    const mask = memory.octets(new Uint8Array(count).fill(9));
    const sums = Array.from({ length: count }, (_, pixel) => {
      const [red, green, blue] = [0, 1, 2].map(
        (channel) => tables[256 * channel + (bytes[4 * pixel + channel] as number)] as number,
      ) as [number, number, number];
      return Math.fround(Math.fround(red + green) + blue);
    });
    // One pixel lies just at the threshold, and is left out.
    const threshold = sums[5] as number;
    memory.runPixels(
      ({ findTissue }) =>
        findTissue(mask.byteOffset, x.byteOffset, tables.byteOffset, count, threshold),
      mask,
    );
    const expected = Uint8Array.from(sums, (sum, pixel) =>
      bytes[4 * pixel + 3] !== 0 && sum < threshold ? 1 : 0,
    );
    expectSameBytes(mask, expected);
  });
});
