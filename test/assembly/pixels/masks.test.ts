import { describe, test } from 'vitest';
import { expectSameBytes } from '../../support/closeness.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { PIXELS, pixelsOf } from '../../support/kernels/pixels.ts';
import { randomMask } from '../../support/pictures.ts';

const maskOf = (count: number): Uint8Array =>
  randomMask({ data: new Uint8Array(), width: count, height: 1 }, count);

describe('hideByMask', () => {
  test.each(PIXELS)('copies those of %i pixels that a mask takes in', (count) => {
    const memory = new KernelMemory(3 * count);
    const [bytes, mask] = [pixelsOf(count), maskOf(count)];
    const [x, m] = [memory.octets(bytes), memory.octets(mask)];
    const y = memory.octets(new Uint8Array(4 * count));
    const expected = bytes.map((byte, i) => (mask[i >> 2] === 0 ? 0 : byte));
    for (const to of [y, x]) {
      memory.runPixels(
        ({ hideByMask }) => hideByMask(to.byteOffset, x.byteOffset, m.byteOffset, count),
        to,
      );
      expectSameBytes(to, expected);
    }
  });
});

describe('chooseByMask', () => {
  test.each(PIXELS)('takes each of %i pixels from one picture or the other', (count) => {
    const memory = new KernelMemory(5 * count);
    const [bytes, others, mask] = [pixelsOf(count), pixelsOf(count).reverse(), maskOf(count)];
    const expected = bytes.map((byte, i) => (mask[i >> 2] === 0 ? (others[i] as number) : byte));
    const [taken, left, m] = [memory.octets(bytes), memory.octets(others), memory.octets(mask)];
    const y = memory.octets(new Uint8Array(4 * count));
    for (const to of [y, taken, left]) {
      taken.set(bytes);
      left.set(others);
      memory.runPixels(
        ({ chooseByMask }) =>
          chooseByMask(to.byteOffset, taken.byteOffset, left.byteOffset, m.byteOffset, count),
        to,
      );
      expectSameBytes(to, expected);
    }
  });
});
