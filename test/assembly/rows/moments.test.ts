import { expect, test } from 'vitest';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { expectMoments, MOMENTS } from '../../support/kernels/moments.ts';
import { testRowMoments } from '../../support/kernels/row-moments.ts';

testRowMoments('addMoments', expectMoments);

test('addMoments finds exactly the value for a mean, and no deviation, where all elements are equal', () => {
  for (const value of [0.1, -3e38, 1e-45]) {
    for (const length of [1, 5, 100, 20000]) {
      const memory = new KernelMemory(length);
      const x = memory.floats(new Float32Array(length).fill(value));
      const moments = memory.doubles(new Float64Array(MOMENTS));
      memory.run(
        ({ addMoments }) => addMoments(moments.byteOffset, x.byteOffset, 1, length, 1, 0),
        moments,
      );
      expect([...moments]).toEqual([length, Math.fround(value), 0, 0]);
    }
  }
});
