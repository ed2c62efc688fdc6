import { describe, test } from 'vitest';
import type { Kernels } from '../../../src/kernels/kernels.ts';
import { expectSameBits } from '../../support/closeness.ts';
import { APPLIED_LINES, expectOnLine, type Line } from '../../support/kernels/lines.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { SHORT_LENGTHS } from '../../support/kernels/sizes.ts';
import { rowsOf } from '../../support/matrices.ts';
import { normals } from '../../support/random.ts';

describe('applyRows', () => {
  test.each([1, 3, 5])(
    'applies a line to each of %i rows of any length, out of place and in place',
    (rows) => {
      for (const length of SHORT_LENGTHS) {
        const memory = new KernelMemory(2 * rows * length);
        const x = memory.floats(normals(rows * length, length, 1e4, 2));
        const y = memory.floats(new Float32Array(rows * length));
        const at = memory.doubles(APPLIED_LINES.flat());
        const apply = (target: Float32Array) => (kernels: Kernels) =>
          kernels.applyRows(
            target.byteOffset,
            x.byteOffset,
            at.byteOffset,
            rows,
            length,
            APPLIED_LINES.length,
            0,
          );
        memory.run(apply(y), y);
        rowsOf(x, length).forEach((row, i) => {
          const line = APPLIED_LINES[i % APPLIED_LINES.length] as Line;
          expectOnLine(rowsOf(y, length)[i] as Float32Array, row, line);
        });
        memory.run(apply(x), x);
        expectSameBits(x, y);
      }
    },
  );
});
