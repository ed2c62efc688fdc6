import { describe, expect, test } from 'vitest';
import { columnAdder, testColumnMoments } from '../../support/kernels/column-moments.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { expectMoments, MOMENTS } from '../../support/kernels/moments.ts';
import { rowsOf } from '../../support/matrices.ts';
import { normals } from '../../support/random.ts';

testColumnMoments('addColumnMoments', expectMoments);

describe('addColumnMoments', () => {
  test('gives the same bits wherever a matrix is cut at a multiple of 65536 elements', () => {
    for (const columns of [1, 3, 4, 7, 32]) {
      const chunk = Math.floor(65536 / columns);
      const rows = 3 * chunk + 19;
      const memory = new KernelMemory(rows * columns);
      const x = memory.floats(normals(rows * columns, columns, 1e4, 1));
      const whole = memory.doubles(new Float64Array(columns * MOMENTS));
      const cut = memory.doubles(new Float64Array(columns * MOMENTS));
      const add = columnAdder('addColumnMoments', memory, columns);
      add(whole, x.byteOffset, rows);
      add(cut, x.byteOffset, chunk);
      add(cut, x.byteOffset + chunk * columns * 4, rows - chunk);
      expect([...cut]).toEqual([...whole]);
    }
  });

  test('finds exactly the value for the mean of a constant column beside others', () => {
    for (const rows of [1, 5, 100, 300, 20000]) {
      const memory = new KernelMemory(rows * 6);
      const values = normals(rows * 6, rows);
      // A column that is taken in a vector, and one of the two that are left over.
      for (let row = 0; row < rows; row++) {
        values[row * 6 + 1] = 0.1;
        values[row * 6 + 5] = -3e38;
      }
      const x = memory.floats(values);
      const moments = memory.doubles(new Float64Array(6 * MOMENTS));
      columnAdder('addColumnMoments', memory, 6)(moments, x.byteOffset, rows);
      const found = rowsOf(moments, MOMENTS).map((column) => [...column]);
      expect(found[1]).toEqual([rows, Math.fround(0.1), 0, 0]);
      expect(found[5]).toEqual([rows, Math.fround(-3e38), 0, 0]);
    }
  });
});
