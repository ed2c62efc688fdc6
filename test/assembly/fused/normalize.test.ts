import { describe, test } from 'vitest';
import type { Kernels } from '../../../src/kernels/kernels.ts';
import { expectClose, expectSameBits } from '../../support/closeness.ts';
import { LINE } from '../../support/kernels/lines.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { expectMoments, MOMENTS } from '../../support/kernels/moments.ts';
import { LENGTHS } from '../../support/kernels/sizes.ts';
import { rowsOf } from '../../support/matrices.ts';
import { normals } from '../../support/random.ts';
import { moments as momentsOf } from '../../support/reference.ts';

describe('normalizeRows', () => {
  const weight = normals(6, 1, 1, 0.5);
  const bias = normals(6, 2);
  const eps = 1e-5;

  test.each([
    ['instance', 1, LENGTHS, true],
    ['group', 3, LENGTHS.slice(1, 70), true],
    ['layer', 6, [1], true],
    ['RMS', 6, [1], false],
  ] as const)(
    'finds moments and lines of rows and applies them, out of place and in place: %s normalization',
    (_, groupSize, lengths, centred) => {
      for (const rows of [1, 6, 10]) {
        for (const length of lengths) {
          const size = groupSize * length;
          const memory = new KernelMemory(2 * rows * size);
          const x = memory.floats(normals(rows * size, length, -20, 3));
          const y = memory.floats(new Float32Array(rows * size));
          const moments = memory.doubles(new Float64Array(rows * MOMENTS).fill(7));
          const lines = memory.doubles(new Float64Array(rows * groupSize * LINE));
          const weights = memory.floats(weight);
          const biases = memory.floats(bias);
          const normalize = (target: Float32Array) => (kernels: Kernels) =>
            kernels.normalizeRows(
              target.byteOffset,
              moments.byteOffset,
              lines.byteOffset,
              x.byteOffset,
              weights.byteOffset,
              biases.byteOffset,
              rows,
              groupSize,
              length,
              6,
              eps,
              centred,
            );
          memory.run(normalize(y), y, moments, lines);
          rowsOf(x, size).forEach((row, i) => {
            const found = momentsOf(row);
            expectMoments(rowsOf(moments, MOMENTS)[i] as Float64Array, row);
            const mean = centred ? found.mean : 0;
            const root = Math.sqrt(found.variance + (centred ? 0 : found.mean ** 2) + eps);
            const expected = Float64Array.from(row, (value, at) => {
              const channel = (i * groupSize + Math.floor(at / length)) % 6;
              return (
                ((value - mean) / root) * (weight[channel] as number) + (bias[channel] as number)
              );
            });
            expectClose(rowsOf(y, size)[i] as Float32Array, expected, { weight, bias });
          });
          memory.run(normalize(x), x, moments, lines);
          expectSameBits(x, y);
        }
      }
    },
  );

  test('gives a row of one element exactly the bias', () => {
    const memory = new KernelMemory();
    const x = memory.floats([-7.3, 1e30, 1e-45]);
    const moments = memory.doubles(new Float64Array(3 * MOMENTS));
    const lines = memory.doubles(new Float64Array(3 * LINE));
    const weights = memory.floats(weight.subarray(0, 3));
    const biases = memory.floats(bias.subarray(0, 3));
    for (const eps of [1e-5, 0]) {
      const y = memory.floats(new Float32Array(3));
      memory.run(
        (kernels) =>
          kernels.normalizeRows(
            y.byteOffset,
            moments.byteOffset,
            lines.byteOffset,
            x.byteOffset,
            weights.byteOffset,
            biases.byteOffset,
            3,
            1,
            1,
            3,
            eps,
            true,
          ),
        y,
        moments,
        lines,
      );
      expectSameBits(y, bias.slice(0, 3));
    }
  });
});
