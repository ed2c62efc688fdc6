import { describe, expect, test } from 'vitest';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { PIXELS, pixelsOf } from '../../support/kernels/pixels.ts';

/** Whole numbers as they lie in memory. */
const sumsIn = (sums: Float64Array): number[] =>
  Array.from(new BigUint64Array(sums.buffer, sums.byteOffset, 7), Number);

/** The number of pixels, and sums of their values and squares, added to what was there. */
function expectedSums(values: ArrayLike<number>, before: number): number[] {
  const sums = Array(7).fill(before) as number[];
  const add = (at: number, value: number) => {
    sums[at] = (sums[at] as number) + value;
  };
  for (let at = 0; at < values.length; at += 4) {
    if (values[at + 3] === 0) continue;
    add(0, 1);
    for (let channel = 0; channel < 3; channel++) {
      const value = values[at + channel] as number;
      add(1 + channel, value);
      add(4 + channel, value * value);
    }
  }
  return sums;
}

describe.each([
  ['addByteMoments', 1],
  ['addWordMoments', 257],
] as const)('%s', (name, unit) => {
  test.each(PIXELS)('adds whole sums of %i pixels, hidden ones left out', (count) => {
    for (const least of [0, 1]) {
      // Without hidden pixels a block goes another way.
      const bytes = pixelsOf(count).map((byte, i) => (i % 4 === 3 ? Math.max(least, byte) : byte));
      const values = Array.from(bytes, (byte) => unit * byte);
      const memory = new KernelMemory(3 * count);
      const x = memory.octets(
        unit === 1 ? values : new Uint8Array(Uint16Array.from(values).buffer),
      );
      const sums = memory.doubles(new Float64Array(7));
      new BigUint64Array(sums.buffer, sums.byteOffset, 7).fill(5n);
      memory.runPixels((kernels) => kernels[name](sums.byteOffset, x.byteOffset, count), sums);
      expect(sumsIn(sums)).toEqual(expectedSums(values, 5));
    }
  });

  // Pages are read two at a time.
  test.each([3, 32, 1000, 4064, 4095])('adds the same sums %i bytes into a page', (offset) => {
    const count = 8192;
    const values = Array.from(pixelsOf(count), (byte) => unit * byte);
    const bytes = unit === 1 ? values : new Uint8Array(Uint16Array.from(values).buffer);
    const memory = new KernelMemory(3 * count);
    // It begins with a page: all of it lies against the end of the memory.
    const x = memory.octets(new Uint8Array(bytes.length + 4096)).subarray(offset, offset - 4096);
    x.set(bytes);
    const sums = memory.doubles(new Float64Array(7));
    memory.runPixels((kernels) => kernels[name](sums.byteOffset, x.byteOffset, count), sums);
    expect(sumsIn(sums)).toEqual(expectedSums(values, 0));
  });

  test('holds the largest values', () => {
    const count = 4096;
    const memory = new KernelMemory(3 * count);
    const values = Array(4 * count).fill(255 * unit);
    const x = memory.octets(unit === 1 ? values : new Uint8Array(Uint16Array.from(values).buffer));
    const sums = memory.doubles(new Float64Array(7));
    memory.runPixels((kernels) => kernels[name](sums.byteOffset, x.byteOffset, count), sums);
    expect(sumsIn(sums)).toEqual(expectedSums(values, 0));
  });
});
