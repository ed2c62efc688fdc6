import { describe, expect, test } from 'vitest';
import { expectSameBits } from '../../support/closeness.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { PIXELS, pixelsOf } from '../../support/kernels/pixels.ts';
import { normals } from '../../support/random.ts';

/** A kernel's memory with pixels, tables, and a result. */
function prepare(count: number, results: number) {
  const memory = new KernelMemory(8 * count + results);
  const bytes = pixelsOf(count);
  const x = memory.octets(bytes);
  const tables = memory.floats(normals(3 * 256, count));
  const y = memory.floats(new Float32Array(results));
  const expectedAt = (pixel: number, channel: number): number =>
    tables[256 * channel + (bytes[4 * pixel + channel] as number)] as number;
  return { memory, x, tables, y, expectedAt };
}

describe('toPlanes', () => {
  test.each(PIXELS)('looks %i pixels up, into planes with or without gaps', (count) => {
    for (const step of [count, count + 13]) {
      const { memory, x, tables, y, expectedAt } = prepare(count, 2 * step + count);
      const expected = y.slice();
      for (let i = 0; i < 3 * count; i++) {
        const [pixel, channel] = [i % count, Math.floor(i / count)];
        expected[channel * step + pixel] = expectedAt(pixel, channel);
      }
      memory.runPixels(
        ({ toPlanes }) => toPlanes(y.byteOffset, x.byteOffset, tables.byteOffset, count, step),
        y,
      );
      expectSameBits(y, expected);
    }
  });
});

describe('toChannelsLast', () => {
  test.each(PIXELS)('looks %i pixels up, channels side by side', (count) => {
    const { memory, x, tables, y, expectedAt } = prepare(count, 3 * count);
    memory.runPixels(
      ({ toChannelsLast }) => toChannelsLast(y.byteOffset, x.byteOffset, tables.byteOffset, count),
      y,
    );
    expectSameBits(
      y,
      y.map((_, i) => expectedAt(Math.floor(i / 3), i % 3)),
    );
    expect(y.some((value) => value !== 0)).toBe(true);
  });
});
