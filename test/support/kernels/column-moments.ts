import { describe, test } from 'vitest';
import { columnsOf, rowsOf } from '../matrices.ts';
import { normals } from '../random.ts';
import { KernelMemory } from './memory.ts';
import { type ExpectMoments, MOMENTS } from './moments.ts';
import { COLUMNS, ROWS } from './sizes.ts';

/** A matrix whose columns have different means. */
function spread(rows: number, columns: number, seed: number): Float32Array {
  return normals(rows * columns, seed, 4, 2).map((value, i) => value + 10 * (i % columns));
}

type Name = 'addColumnMoments' | 'addColumnMomentsF64';

/** Returns what runs either kernel. Only the first takes scratch. */
export function columnAdder(
  name: Name,
  memory: KernelMemory,
  columns: number,
): (moments: Float64Array, x: number, rows: number) => void {
  if (name === 'addColumnMomentsF64') {
    return (moments, x, rows) =>
      memory.run((kernels) => kernels[name](moments.byteOffset, x, rows, columns), moments);
  }
  const scratch = memory.floats(new Float32Array(columns * 6).fill(Number.NaN));
  return (moments, x, rows) =>
    memory.run(
      (kernels) => kernels[name](moments.byteOffset, x, rows, columns, scratch.byteOffset),
      moments,
      scratch,
    );
}

/** Tests what both kernels do alike. */
export function testColumnMoments(name: Name, expectMoments: ExpectMoments): void {
  describe(name, () => {
    test.each(COLUMNS)('adds the moments of %i columns of any number of rows', (columns) => {
      for (const rows of ROWS) {
        const memory = new KernelMemory(rows * columns);
        const x = memory.floats(spread(rows, columns, rows));
        const moments = memory.doubles(new Float64Array(columns * MOMENTS));
        columnAdder(name, memory, columns)(moments, x.byteOffset, rows);
        columnsOf(x, columns).forEach((column, i) => {
          expectMoments(rowsOf(moments, MOMENTS)[i] as Float64Array, column);
        });
      }
    });

    test('adds segments as if they were one matrix', () => {
      for (const cut of [1, 8, 299, 300, 599]) {
        const memory = new KernelMemory(600 * 5);
        const x = memory.floats(spread(600, 5, cut));
        const moments = memory.doubles(new Float64Array(5 * MOMENTS));
        const add = columnAdder(name, memory, 5);
        add(moments, x.byteOffset, cut);
        add(moments, x.byteOffset + cut * 5 * 4, 600 - cut);
        columnsOf(x, 5).forEach((column, i) => {
          expectMoments(rowsOf(moments, MOMENTS)[i] as Float64Array, column);
        });
      }
    });
  });
}
