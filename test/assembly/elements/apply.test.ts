import { describe, test } from 'vitest';
import type { Kernels } from '../../../src/kernels/kernels.ts';
import { expectSameBits, expectWithin } from '../../support/closeness.ts';
import { APPLIED_LINES, type Line } from '../../support/kernels/lines.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { LENGTHS } from '../../support/kernels/sizes.ts';
import { normals } from '../../support/random.ts';
import { sum, sumOfMagnitudes } from '../../support/sums.ts';

describe('applyElements', () => {
  test.each([
    ['a weight and a bias', true, true],
    ['a weight', true, false],
    ['a bias', false, true],
    ['neither', false, false],
  ])('applies a line to each row and then to each element %s', (_, weighted, biased) => {
    for (const columns of LENGTHS.slice(0, 70)) {
      const memory = new KernelMemory(10 * columns);
      const x = memory.floats(normals(APPLIED_LINES.length * columns, columns, 1e4, 2));
      const y = memory.floats(new Float32Array(APPLIED_LINES.length * columns));
      const weight = memory.floats(normals(columns, 1, 1, 0.5));
      const bias = memory.floats(normals(columns, 2));
      const at = memory.doubles(APPLIED_LINES.flat());
      const apply = (target: Float32Array) => (kernels: Kernels) =>
        kernels.applyElements(
          target.byteOffset,
          x.byteOffset,
          at.byteOffset,
          weighted ? weight.byteOffset : 0,
          biased ? bias.byteOffset : 0,
          APPLIED_LINES.length,
          columns,
        );
      memory.run(apply(y), y);
      const terms = Array.from(x, (value, i) => {
        const [mean, scale, shift] = APPLIED_LINES[Math.floor(i / columns)] as Line;
        const w = weighted ? (weight[i % columns] as number) : 1;
        return [(value - mean) * scale * w, shift * w, biased ? (bias[i % columns] as number) : 0];
      });
      expectWithin(y, terms.map(sum), terms.map(sumOfMagnitudes));
      memory.run(apply(x), x);
      expectSameBits(x, y);
    }
  });
});
