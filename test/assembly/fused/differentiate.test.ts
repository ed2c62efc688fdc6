import { describe, expect, test } from 'vitest';
import type { GradientKernels } from '../../../src/kernels/gradients.ts';
import { expectSameBits } from '../../support/closeness.ts';
import { LINE } from '../../support/kernels/lines.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { MOMENTS } from '../../support/kernels/moments.ts';
import { normals } from '../../support/random.ts';

describe('differentiateRows', () => {
  // Several strips of 2048 elements, some of more than one row, and rows larger than a strip.
  test.each([
    [1, 1, 5],
    [7, 1, 49],
    [100, 1, 49],
    [5, 3, 200],
    [9, 4, 67],
    [3, 2, 3000],
  ])(
    'gives what the kernels that it replaces give: %i rows of %i channels of %i',
    (rows, groupSize, length) => {
      const [size, channels] = [rows * groupSize * length, rows * groupSize];
      const period = rows === 1 ? groupSize : groupSize * Math.ceil(rows / 2);
      for (const weighted of [false, true]) {
        const memory = new KernelMemory(8 * size + 64 * channels);
        const g = memory.floats(normals(size, 1));
        const x = memory.floats(normals(size, 2, 3, 2));
        const weight = memory.floats(normals(period, 3, 1));
        const w = weighted ? weight.byteOffset : 0;
        const dx = memory.floats(new Float32Array(size));
        const expected = memory.floats(new Float32Array(size));
        const parts = {
          moments: memory.doubles(new Float64Array(rows * MOMENTS)),
          lines: memory.doubles(new Float64Array(channels * LINE)),
          combinations: memory.doubles(new Float64Array(channels * 3)),
        };
        const sums = memory.doubles(new Float64Array(channels).fill(Number.NaN));
        const products = memory.doubles(new Float64Array(channels).fill(Number.NaN));
        const expectedSums = memory.doubles(new Float64Array(channels));
        const expectedProducts = memory.doubles(new Float64Array(channels));
        const { moments, lines, combinations } = parts;
        const differentiate = (target: Float32Array) => (kernels: GradientKernels) =>
          kernels.differentiateRows(
            target.byteOffset,
            sums.byteOffset,
            products.byteOffset,
            moments.byteOffset,
            lines.byteOffset,
            combinations.byteOffset,
            g.byteOffset,
            x.byteOffset,
            w,
            rows,
            groupSize,
            length,
            period,
            1e-5,
          );
        memory.run(differentiate(dx), dx, sums, products, ...Object.values(parts));

        const [at, sumsAt, productsAt] = [lines, expectedSums, expectedProducts].map(
          ({ byteOffset }) => byteOffset,
        ) as [number, number, number];
        const { kernels } = memory;
        moments.fill(0);
        kernels.addMoments(moments.byteOffset, x.byteOffset, rows, groupSize * length, rows, 0);
        kernels.makeLines(
          at,
          moments.byteOffset,
          0,
          0,
          channels,
          groupSize,
          0,
          channels,
          1,
          1e-5,
          true,
        );
        kernels.addGradientSums(
          sumsAt,
          productsAt,
          g.byteOffset,
          x.byteOffset,
          at,
          channels,
          length,
          channels,
          0,
        );
        kernels.makeCombinations(
          combinations.byteOffset,
          moments.byteOffset,
          at,
          sumsAt,
          productsAt,
          w,
          rows,
          groupSize,
          0,
          period,
          true,
        );
        kernels.combineRows(
          expected.byteOffset,
          g.byteOffset,
          x.byteOffset,
          at,
          combinations.byteOffset,
          0,
          channels,
          length,
          channels,
          0,
        );
        expectSameBits(dx, expected);
        expect([...sums]).toEqual([...expectedSums]);
        expect([...products]).toEqual([...expectedProducts]);

        const gradient = g.slice();
        memory.run(differentiate(g), g, sums, products, ...Object.values(parts));
        expectSameBits(g, expected);
        g.set(gradient);
        memory.run(differentiate(x), x, sums, products, ...Object.values(parts));
        expectSameBits(x, expected);
      }
    },
  );
});
