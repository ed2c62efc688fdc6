import { describe, test } from 'vitest';
import { expectGradientSums } from '../../support/kernels/gradient-sums.ts';
import { type Line, NORMALIZING_LINES } from '../../support/kernels/lines.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { LENGTHS } from '../../support/kernels/sizes.ts';
import { rowsByPeriod } from '../../support/matrices.ts';
import { normals } from '../../support/random.ts';

describe('addGradientSums', () => {
  test.each([
    [1, 1],
    [3, 3],
    [7, 3],
  ])('adds g and g * z of %i rows of any length to %i sums', (rows, period) => {
    for (const length of LENGTHS) {
      const memory = new KernelMemory(2 * rows * length);
      const g = memory.floats(normals(rows * length, length, 0.1));
      const x = memory.floats(normals(rows * length, length + 1));
      const lines = memory.doubles(NORMALIZING_LINES.slice(0, period).flat());
      const sums = memory.doubles(new Float64Array(period).fill(5));
      const products = memory.doubles(new Float64Array(period).fill(-7));
      memory.run(
        (kernels) =>
          kernels.addGradientSums(
            sums.byteOffset,
            products.byteOffset,
            g.byteOffset,
            x.byteOffset,
            lines.byteOffset,
            rows,
            length,
            period,
            0,
          ),
        sums,
        products,
      );
      expectGradientSums(
        sums,
        products,
        rowsByPeriod(g, length, period),
        rowsByPeriod(x, length, period),
        (i) => NORMALIZING_LINES[i] as Line,
      );
    }
  });
});
