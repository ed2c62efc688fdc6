import { expect, test } from 'vitest';
import { KernelMemory } from '../../support/kernels/memory.ts';

// Around blocks of 4, and around strips of 16 rows.
const SIZES = [1, 3, 4, 5, 8, 15, 16, 17, 35];

test.each(SIZES)('transpose makes rows of columns, of %i rows', (rows) => {
  for (const columns of SIZES) {
    const memory = new KernelMemory(2 * rows * columns);
    const x = memory.floats(Float32Array.from({ length: rows * columns }, (_, i) => i));
    const y = memory.floats(new Float32Array(x.length).fill(Number.NaN));
    memory.run(
      ({ transpose }) => transpose(y.byteOffset, x.byteOffset, rows, columns, rows, columns),
      y,
    );
    const expected = x.map((_, i) => (i % rows) * columns + Math.floor(i / rows));
    expect(y).toEqual(expected);
  }
});

test('transpose leaves what lies between rows', () => {
  const [rows, columns, yStride, xStride] = [5, 6, 9, 11];
  const memory = new KernelMemory(rows * xStride + columns * yStride);
  const x = memory.floats(Float32Array.from({ length: rows * xStride }, (_, i) => i));
  const y = memory.floats(new Float32Array(columns * yStride).fill(-1));
  memory.run(
    ({ transpose }) => transpose(y.byteOffset, x.byteOffset, rows, columns, yStride, xStride),
    y,
  );
  y.forEach((value, i) => {
    const [column, row] = [Math.floor(i / yStride), i % yStride];
    expect(value).toBe(row < rows ? row * xStride + column : -1);
  });
});
