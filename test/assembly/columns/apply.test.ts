import { describe, test } from 'vitest';
import type { Kernels } from '../../../src/kernels/kernels.ts';
import { expectSameBits } from '../../support/closeness.ts';
import { APPLIED_LINES, expectOnLine, type Line } from '../../support/kernels/lines.ts';
import { columnScratch, KernelMemory } from '../../support/kernels/memory.ts';
import { COLUMNS, FEW_ROWS } from '../../support/kernels/sizes.ts';
import { columnsOf, rowsApart } from '../../support/matrices.ts';
import { normals } from '../../support/random.ts';

describe('applyColumns', () => {
  test.each(COLUMNS)(
    'applies a line to each of %i columns of any number of rows, out of place, in place and apart',
    (columns) => {
      // All columns in float32, then one of each vector in float64.
      for (const lines of [APPLIED_LINES.slice(0, 3), APPLIED_LINES]) {
        for (const rows of FEW_ROWS) {
          const memory = new KernelMemory(4 * rows * (columns + 5));
          const lineOf = (i: number) => lines[i % lines.length] as Line;
          const x = memory.floats(normals(rows * columns, rows, 1e4, 2));
          const y = memory.floats(new Float32Array(rows * columns));
          const at = memory.doubles(Array.from({ length: columns }, (_, i) => lineOf(i)).flat());
          const scratch = columnScratch(memory, columns, 4);
          const apply =
            (target: Float32Array, from = x, stride = columns) =>
            (kernels: Kernels) =>
              kernels.applyColumns(
                target.byteOffset,
                from.byteOffset,
                at.byteOffset,
                rows,
                columns,
                stride,
                scratch.byteOffset,
              );
          memory.run(apply(y), y, scratch);
          const results = columnsOf(y, columns);
          columnsOf(x, columns).forEach((column, i) => {
            expectOnLine(results[i] as Float32Array, column, lineOf(i));
          });
          const stride = columns + 5;
          const apart = memory.floats(rowsApart(x, columns, stride));
          memory.run(apply(apart, apart, stride), apart, scratch);
          expectSameBits(apart, rowsApart(y, columns, stride));
          memory.run(apply(x), x, scratch);
          expectSameBits(x, y);
        }
      }
    },
  );
});
