import { describe, test } from 'vitest';
import { expectSameBits } from '../../support/closeness.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { PIXELS, pixelsOf } from '../../support/kernels/pixels.ts';
import { normals } from '../../support/random.ts';

/** Vectors of lines: indices of bytes, and four coefficients that are different in every lane. */
function linesFor(placeOf: (line: number, lane: number) => number): Float32Array {
  const lines = Float32Array.from(normals(60, 1));
  const indices = new Uint32Array(lines.buffer);
  for (let i = 0; i < 12; i++) {
    indices[20 * (i >> 2) + (i % 4)] = 0x80808000 + placeOf(i >> 2, i % 4);
  }
  return lines;
}

/** What a lane of a line makes of a byte, rounded as float32 is. */
function madeOf(lines: Float32Array, line: number, lane: number, byte: number): number {
  const [scale, shift, fineScale, fineShift] = [1, 2, 3, 4].map(
    (k) => lines[20 * line + 4 * k + lane] as number,
  ) as [number, number, number, number];
  const { fround } = Math;
  const fine = fround(fround(byte * fineScale) + fineShift);
  return fround(fround(fround(byte * scale) + shift) + fine);
}

describe('toValues', () => {
  test.each(PIXELS)('makes values of %i pixels, into planes with or without gaps', (count) => {
    for (const step of [count, count + 13]) {
      const memory = new KernelMemory(4 * count + 2 * step);
      const x = memory.octets(pixelsOf(count));
      const lines = memory.floats(linesFor((line, lane) => 4 * lane + line));
      const y = memory.floats(new Float32Array(2 * step + count));
      const expected = y.slice();
      for (let i = 0; i < 3 * count; i++) {
        const [pixel, plane] = [i % count, Math.floor(i / count)];
        const byte = x[4 * pixel + plane] as number;
        expected[plane * step + pixel] = madeOf(lines, plane, pixel % 4, byte);
      }
      memory.runPixels(
        ({ toValues }) => toValues(y.byteOffset, x.byteOffset, lines.byteOffset, count, step, 1),
        y,
      );
      expectSameBits(y, expected);
    }
  });

  test.each(PIXELS)('makes values of %i pixels, channels side by side', (count) => {
    const memory = new KernelMemory(5 * count);
    const x = memory.octets(pixelsOf(count));
    const placeOf = (i: number) => 4 * Math.floor(i / 3) + (i % 3);
    const lines = memory.floats(linesFor((line, lane) => placeOf(4 * line + lane)));
    const y = memory.floats(new Float32Array(3 * count));
    const expected = y.map((_, i) => {
      const byte = x[placeOf(i)] as number;
      return madeOf(lines, Math.floor((i % 12) / 4), i % 4, byte);
    });
    memory.runPixels(
      ({ toValues }) => toValues(y.byteOffset, x.byteOffset, lines.byteOffset, count, 4, 3),
      y,
    );
    expectSameBits(y, expected);
  });
});
