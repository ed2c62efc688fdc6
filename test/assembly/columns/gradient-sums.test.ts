import { describe, test } from 'vitest';
import { expectGradientSums } from '../../support/kernels/gradient-sums.ts';
import { LINE_SETS, type Line } from '../../support/kernels/lines.ts';
import { columnScratch, KernelMemory } from '../../support/kernels/memory.ts';
import { COLUMNS, FEW_ROWS } from '../../support/kernels/sizes.ts';
import { columnsOf } from '../../support/matrices.ts';
import { normals } from '../../support/random.ts';

describe('addColumnGradientSums', () => {
  test.each(COLUMNS)('adds g and g * z of %i columns of any number of rows', (columns) => {
    for (const rows of FEW_ROWS) {
      for (const set of LINE_SETS) {
        const lineOf = (i: number) => set[i % set.length] as Line;
        const memory = new KernelMemory(2 * rows * columns);
        const g = memory.floats(normals(rows * columns, rows, 0.1));
        const x = memory.floats(normals(rows * columns, rows + 1));
        const lines = memory.doubles(Array.from({ length: columns }, (_, i) => lineOf(i)).flat());
        const sums = memory.doubles(new Float64Array(columns).fill(5));
        const products = memory.doubles(new Float64Array(columns).fill(-7));
        const scratch = columnScratch(memory, columns, 8);
        memory.run(
          (kernels) =>
            kernels.addColumnGradientSums(
              sums.byteOffset,
              products.byteOffset,
              g.byteOffset,
              x.byteOffset,
              lines.byteOffset,
              rows,
              columns,
              scratch.byteOffset,
            ),
          sums,
          products,
          scratch,
        );
        expectGradientSums(sums, products, columnsOf(g, columns), columnsOf(x, columns), lineOf);
      }
    }
  });
});
