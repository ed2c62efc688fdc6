import { describe, test } from 'vitest';
import type { GradientKernels } from '../../../src/kernels/gradients.ts';
import { expectSameBits } from '../../support/closeness.ts';
import {
  COMBINATIONS,
  type Combination,
  expectCombined,
} from '../../support/kernels/combinations.ts';
import { LINE_SETS, type Line } from '../../support/kernels/lines.ts';
import { columnScratch, KernelMemory } from '../../support/kernels/memory.ts';
import { COLUMNS, FEW_ROWS } from '../../support/kernels/sizes.ts';
import { rowsApart } from '../../support/matrices.ts';
import { normals } from '../../support/random.ts';

describe('combineColumns', () => {
  test.each(COLUMNS)(
    'combines %i columns of any number of rows, out of place, in place of either and apart',
    (columns) => {
      for (const rows of FEW_ROWS) {
        for (const set of LINE_SETS) {
          const lineOf = (i: number) => set[(i % columns) % set.length] as Line;
          const combinationOf = (i: number) => COMBINATIONS[(i % columns) % 3] as Combination;
          const memory = new KernelMemory(5 * rows * (columns + 5));
          const g = memory.floats(normals(rows * columns, rows));
          const x = memory.floats(normals(rows * columns, rows + 1));
          const dx = memory.floats(new Float32Array(rows * columns));
          const each = Array.from({ length: columns }, (_, i) => i);
          const lines = memory.doubles(each.flatMap(lineOf));
          const at = memory.doubles(each.flatMap(combinationOf));
          const scratch = columnScratch(memory, columns, 8);
          const combine =
            (target: Float32Array, from: Float32Array, of = x, stride = columns) =>
            (kernels: GradientKernels) =>
              kernels.combineColumns(
                target.byteOffset,
                from.byteOffset,
                of.byteOffset,
                lines.byteOffset,
                at.byteOffset,
                rows,
                columns,
                stride,
                scratch.byteOffset,
              );
          memory.run(combine(dx, g), dx, scratch);
          expectCombined(dx, g, x, lineOf, combinationOf);
          const stride = columns + 5;
          const [apart, of] = [g, x].map((values) =>
            memory.floats(rowsApart(values, columns, stride)),
          ) as [Float32Array, Float32Array];
          memory.run(combine(apart, apart, of, stride), apart, scratch);
          expectSameBits(apart, rowsApart(dx, columns, stride));
          const gradient = g.slice();
          memory.run(combine(g, g), g, scratch);
          expectSameBits(g, dx);
          g.set(gradient);
          memory.run(combine(x, g), x, scratch);
          expectSameBits(x, dx);
        }
      }
    },
  );
});
