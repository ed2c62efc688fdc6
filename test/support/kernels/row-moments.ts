import { describe, expect, test } from 'vitest';
import type { Kernels } from '../../../src/kernels/kernels.ts';
import { rowsByPeriod, rowsOf } from '../matrices.ts';
import { normals } from '../random.ts';
import { KernelMemory } from './memory.ts';
import { type ExpectMoments, MOMENTS } from './moments.ts';
import { LENGTHS } from './sizes.ts';

/** Tests what both kernels do alike. */
export function testRowMoments(
  name: 'addMoments' | 'addMomentsF64',
  expectMoments: ExpectMoments,
): void {
  describe(name, () => {
    test.each([
      [1, 4],
      [2, 4],
      [3, 4],
      // A mean this near to 0 needs no shift.
      [2, 0.25],
    ])('adds the moments of %i rows of any length and mean %f to cleared moments', (rows, mean) => {
      for (const length of LENGTHS) {
        const memory = new KernelMemory(rows * length);
        const x = memory.floats(normals(rows * length, length, mean, 2));
        const moments = memory.doubles(new Float64Array(rows * MOMENTS));
        memory.run(
          (kernels) => kernels[name](moments.byteOffset, x.byteOffset, rows, length, rows, 0),
          moments,
        );
        const found = rowsOf(moments, MOMENTS);
        rowsOf(x, length).forEach((row, i) => {
          expectMoments(found[i] as Float64Array, row);
        });
      }
    });

    test('adds every third of 7 rows to the same moments', () => {
      for (const length of [1, 5, 67, 300]) {
        const memory = new KernelMemory(7 * length);
        const x = memory.floats(normals(7 * length, length, 4, 2));
        const moments = memory.doubles(new Float64Array(3 * MOMENTS));
        memory.run(
          (kernels) => kernels[name](moments.byteOffset, x.byteOffset, 7, length, 3, 0),
          moments,
        );
        rowsByPeriod(x, length, 3).forEach((values, i) => {
          expectMoments(rowsOf(moments, MOMENTS)[i] as Float64Array, values);
        });
      }
    });

    test('adds segments as if they were one row', () => {
      const values = normals(1000, 1, -3, 5);
      for (const cut of [1, 2, 3, 17, 64, 500, 999]) {
        const memory = new KernelMemory(values.length);
        const x = memory.floats(values);
        const moments = memory.doubles(new Float64Array(MOMENTS));
        const add = (start: number, length: number) => (kernels: Kernels) =>
          kernels[name](moments.byteOffset, x.byteOffset + start * 4, 1, length, 1, 0);
        memory.run(add(0, cut), moments);
        memory.run(add(cut, 1000 - cut), moments);
        expectMoments(moments, values);
      }
    });

    test('gives the same bits wherever a row is cut at a multiple of 16384', () => {
      const length = 5 * 16384 + 77;
      const memory = new KernelMemory(length);
      const x = memory.floats(normals(length, 2, 1e4, 1));
      const whole = memory.doubles(new Float64Array(MOMENTS));
      const cut = memory.doubles(new Float64Array(MOMENTS));
      memory.run(
        (kernels) => kernels[name](whole.byteOffset, x.byteOffset, 1, length, 1, 0),
        whole,
      );
      for (let done = 0, piece = 16384; done < length; done += piece) {
        piece = done === 0 ? 16384 : 32768;
        const count = Math.min(piece, length - done);
        const start = x.byteOffset + done * 4;
        memory.run((kernels) => kernels[name](cut.byteOffset, start, 1, count, 1, 0), cut);
      }
      expect([...cut]).toEqual([...whole]);
    });
  });
}
