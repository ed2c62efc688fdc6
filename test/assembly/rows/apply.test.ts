import { describe, test } from 'vitest';
import type { Kernels } from '../../../src/kernels/kernels.ts';
import { expectSameBits } from '../../support/closeness.ts';
import { APPLIED_LINES, expectOnLine, type Line } from '../../support/kernels/lines.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { SHORT_LENGTHS } from '../../support/kernels/sizes.ts';
import { rowsOf } from '../../support/matrices.ts';
import { normals } from '../../support/random.ts';

describe('applyRows', () => {
  // Four lines that float32 holds are applied to short rows together: the first four of eight.
  const FOUR_AND_FOUR = [
    ...APPLIED_LINES.slice(0, 3),
    ...APPLIED_LINES.slice(0, 1),
    ...APPLIED_LINES,
  ];

  test.each([
    [1, APPLIED_LINES],
    [3, APPLIED_LINES],
    [5, APPLIED_LINES],
    [19, FOUR_AND_FOUR],
  ] as const)(
    'applies a line to each of %i rows of any length, out of place and in place',
    (rows, lines) => {
      for (const length of SHORT_LENGTHS) {
        const memory = new KernelMemory(2 * rows * length);
        const x = memory.floats(normals(rows * length, length, 1e4, 2));
        const y = memory.floats(new Float32Array(rows * length));
        const at = memory.doubles(lines.flat());
        const apply = (target: Float32Array) => (kernels: Kernels) =>
          kernels.applyRows(
            target.byteOffset,
            x.byteOffset,
            at.byteOffset,
            rows,
            length,
            lines.length,
            0,
          );
        memory.run(apply(y), y);
        rowsOf(x, length).forEach((row, i) => {
          const line = lines[i % lines.length] as Line;
          expectOnLine(rowsOf(y, length)[i] as Float32Array, row, line);
        });
        memory.run(apply(x), x);
        expectSameBits(x, y);
      }
    },
  );

  test('gives rows that are taken together the bits of each alone', () => {
    const [rows, length] = [4, 37];
    const memory = new KernelMemory(2 * rows * length);
    const x = memory.floats(normals(rows * length, 1, 3, 2));
    const y = memory.floats(new Float32Array(rows * length));
    const lines = memory.doubles([
      4 / 3,
      1 / 3,
      -5 / 3,
      8 / 3,
      0.1,
      0.7,
      1 / 9,
      -0.9,
      0.3,
      1e4,
      1 / 7,
      0,
    ]);
    const applyTo = (row: number, count: number) => (kernels: Kernels) => {
      const at = row * length * 4;
      const own = lines.byteOffset + row * 24;
      kernels.applyRows(y.byteOffset + at, x.byteOffset + at, own, count, length, count, 0);
    };
    memory.run(applyTo(0, rows), y);
    const together = y.slice();
    for (let row = 0; row < rows; row++) memory.run(applyTo(row, 1), y);
    expectSameBits(together, y);
  });
});
