import { expect, test } from 'vitest';
import { KernelMemory } from '../../support/kernels/memory.ts';

// Around blocks of 4, and around strips of 16 rows.
const SIZES = [1, 3, 4, 5, 8, 15, 16, 17, 35];

test.each(SIZES)('transpose makes rows of columns, of %i rows', (rows) => {
  for (const columns of SIZES) {
    const memory = new KernelMemory(2 * rows * columns);
    const x = memory.floats(Float32Array.from({ length: rows * columns }, (_, i) => i));
    const y = memory.floats(new Float32Array(x.length).fill(Number.NaN));
    memory.run(({ transpose }) => transpose(y.byteOffset, x.byteOffset, rows, columns), y);
    const expected = x.map((_, i) => (i % rows) * columns + Math.floor(i / rows));
    expect(y).toEqual(expected);
  }
});
