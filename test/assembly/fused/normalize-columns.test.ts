import { describe, expect, test } from 'vitest';
import type { Kernels } from '../../../src/kernels/kernels.ts';
import { expectClose, expectSameBits } from '../../support/closeness.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { expectMoments, MOMENTS } from '../../support/kernels/moments.ts';
import { rowsOf } from '../../support/matrices.ts';
import { normals } from '../../support/random.ts';
import { moments as momentsOf } from '../../support/reference.ts';

describe('normalizeColumns', () => {
  const eps = 1e-5;

  // Strips of several samples and of one, pairs of columns and one column more; columns of one
  // element in each row, of several, and of all in one row.
  test.each([
    [1, 2, 1, 1, 1],
    [5, 4, 4, 1, 1],
    [300, 2, 3, 1, 1],
    [300, 2, 3, 1, 3],
    [9, 16, 18, 1, 6],
    [7, 256, 8, 1, 1],
    [7, 33, 65, 1, 13],
    [1, 9, 7, 2, 1],
    [1, 2, 5, 3, 1],
    [2, 20, 6, 17, 1],
    [4, 3, 6, 4, 2],
    [90, 1, 3, 9, 1],
    [1, 1, 700, 32, 1],
  ])(
    'normalizes %i samples of %i rows and %i columns of %i, %i at a time, out of place and in place',
    (samples, rows, columns, width, groupSize) => {
      const size = rows * columns * width;
      const groups = columns / groupSize;
      for (const period of [columns, samples * columns]) {
        const weight = normals(period, 1, 1, 0.5);
        const bias = normals(period, 2);
        for (const [hasWeight, hasBias] of [
          [false, false],
          [true, false],
          [false, true],
          [true, true],
        ]) {
          const memory = new KernelMemory(2 * samples * size + 48 * samples * columns);
          const x = memory.floats(normals(samples * size, 3, -20, 3));
          const y = memory.floats(new Float32Array(samples * size));
          const moments = memory.doubles(new Float64Array(samples * groups * MOMENTS).fill(7));
          const means = memory.doubles(new Float64Array(samples * columns + 1));
          const variances = memory.doubles(new Float64Array(samples * columns + 1));
          const scales = memory.doubles(new Float64Array(samples * columns + 1));
          const sums = memory.doubles(new Float64Array(samples * columns + 1));
          const scratch = [means, variances, scales, sums];
          const w = hasWeight ? memory.floats(weight).byteOffset : 0;
          const b = hasBias ? memory.floats(bias).byteOffset : 0;
          const normalize = (target: Float32Array, momentsAt: number) => (kernels: Kernels) =>
            kernels.normalizeColumns(
              target.byteOffset,
              momentsAt,
              means.byteOffset,
              variances.byteOffset,
              scales.byteOffset,
              sums.byteOffset,
              x.byteOffset,
              w,
              b,
              samples,
              rows,
              columns,
              width,
              groupSize,
              period,
              eps,
            );
          memory.run(normalize(y, moments.byteOffset), y, moments, ...scratch);
          const expected = new Float64Array(samples * size);
          for (let group = 0; group < samples * groups; group++) {
            const span = groupSize * width;
            const start = Math.floor(group / groups) * size + (group % groups) * span;
            const places = Array.from(
              { length: rows * span },
              (_, i) => start + Math.floor(i / span) * columns * width + (i % span),
            );
            const values = Float32Array.from(places, (at) => x[at] as number);
            expectMoments(rowsOf(moments, MOMENTS)[group] as Float64Array, values);
            const { mean, variance } = momentsOf(values);
            for (const at of places) {
              const channel = Math.floor(at / size) * columns + (Math.floor(at / width) % columns);
              const z = ((x[at] as number) - mean) / Math.sqrt(variance + eps);
              const scaled = hasWeight ? z * (weight[channel % period] as number) : z;
              expected[at] = hasBias ? scaled + (bias[channel % period] as number) : scaled;
            }
          }
          expectClose(y, expected, { weight: hasWeight ? weight : null, bias });
          const before = moments.slice();
          memory.run(normalize(x, 0), x, ...scratch);
          expectSameBits(x, y);
          expect(moments).toEqual(before);
        }
      }
    },
  );

  test('gives columns without spread exactly the bias', () => {
    const memory = new KernelMemory();
    const x = memory.floats([-7.3, 1e30, 1e-45, -7.3, 1e30, 1e-45]);
    const bias = memory.floats([1, -2, 3]);
    const means = memory.doubles(new Float64Array(4));
    const variances = memory.doubles(new Float64Array(4));
    const scales = memory.doubles(new Float64Array(4));
    const sums = memory.doubles(new Float64Array(4));
    for (const eps of [1e-5, 0]) {
      const y = memory.floats(new Float32Array(6));
      memory.run(
        (kernels) =>
          kernels.normalizeColumns(
            y.byteOffset,
            0,
            means.byteOffset,
            variances.byteOffset,
            scales.byteOffset,
            sums.byteOffset,
            x.byteOffset,
            0,
            bias.byteOffset,
            1,
            2,
            3,
            1,
            1,
            3,
            eps,
          ),
        y,
        means,
        variances,
        scales,
        sums,
      );
      expectSameBits(y, Float32Array.of(1, -2, 3, 1, -2, 3));
    }
  });
});
