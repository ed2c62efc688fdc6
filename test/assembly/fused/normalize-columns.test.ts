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

  // Strips of several samples and of one, pairs of columns and one column more.
  test.each([
    [1, 2, 1, 1],
    [5, 4, 4, 1],
    [300, 2, 3, 1],
    [300, 2, 3, 3],
    [9, 16, 18, 6],
    [7, 256, 8, 1],
    [7, 33, 65, 13],
  ])(
    'normalizes %i samples of %i rows and %i columns, %i at a time, out of place and in place',
    (samples, rows, columns, groupSize) => {
      const size = rows * columns;
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
          const memory = new KernelMemory(2 * samples * size + 40 * samples * columns);
          const x = memory.floats(normals(samples * size, 3, -20, 3));
          const y = memory.floats(new Float32Array(samples * size));
          const moments = memory.doubles(new Float64Array(samples * groups * MOMENTS).fill(7));
          const means = memory.doubles(new Float64Array(samples * columns + 1));
          const scales = memory.doubles(new Float64Array(samples * columns + 1));
          const w = hasWeight ? memory.floats(weight).byteOffset : 0;
          const b = hasBias ? memory.floats(bias).byteOffset : 0;
          const normalize = (target: Float32Array, momentsAt: number) => (kernels: Kernels) =>
            kernels.normalizeColumns(
              target.byteOffset,
              momentsAt,
              means.byteOffset,
              scales.byteOffset,
              x.byteOffset,
              w,
              b,
              samples,
              rows,
              columns,
              groupSize,
              period,
              eps,
            );
          memory.run(normalize(y, moments.byteOffset), y, moments, means, scales);
          const expected = new Float64Array(samples * size);
          for (let group = 0; group < samples * groups; group++) {
            const start = Math.floor(group / groups) * size + (group % groups) * groupSize;
            const places = Array.from(
              { length: rows * groupSize },
              (_, i) => start + Math.floor(i / groupSize) * columns + (i % groupSize),
            );
            const values = Float32Array.from(places, (at) => x[at] as number);
            expectMoments(rowsOf(moments, MOMENTS)[group] as Float64Array, values);
            const { mean, variance } = momentsOf(values);
            for (const at of places) {
              const channel = Math.floor(at / size) * columns + (at % columns);
              const z = ((x[at] as number) - mean) / Math.sqrt(variance + eps);
              const scaled = hasWeight ? z * (weight[channel % period] as number) : z;
              expected[at] = hasBias ? scaled + (bias[channel % period] as number) : scaled;
            }
          }
          expectClose(y, expected, { weight: hasWeight ? weight : null, bias });
          const before = moments.slice();
          memory.run(normalize(x, 0), x, means, scales);
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
    const scales = memory.doubles(new Float64Array(4));
    for (const eps of [1e-5, 0]) {
      const y = memory.floats(new Float32Array(6));
      memory.run(
        (kernels) =>
          kernels.normalizeColumns(
            y.byteOffset,
            0,
            means.byteOffset,
            scales.byteOffset,
            x.byteOffset,
            0,
            bias.byteOffset,
            1,
            2,
            3,
            1,
            3,
            eps,
          ),
        y,
        means,
        scales,
      );
      expectSameBits(y, Float32Array.of(1, -2, 3, 1, -2, 3));
    }
  });
});
