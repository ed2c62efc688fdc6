import { describe, test } from 'vitest';
import { expectWithin } from '../../support/closeness.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { sum } from '../../support/sums.ts';

describe('makeCombinations', () => {
  // Two groups of 3 channels.
  const SUMS = [1, -2, 0.5, 4, 3, -1];
  const PRODUCTS = [-3, 0.25, 2, 1, -5, 7];
  const RSTD = [0.5, 3];
  const COUNTS = [12, 40];

  test.each([
    ['none', null, 0],
    ['one for each channel', [2, -1, 0.5, 3, 1, -4], 0],
    ['those of a period, from its third', [2, -1, 0.5, 3], 2],
  ])('combines by the formula of the gradient, weights: %s', (_, weight, first) => {
    for (const centred of [true, false]) {
      for (const fixed of [true, false]) {
        const memory = new KernelMemory();
        const combinations = memory.doubles(new Float64Array(6 * 3));
        const moments = memory.doubles(COUNTS.flatMap((count) => [count, 9, 9, 9]));
        const lines = memory.doubles(SUMS.flatMap((_, i) => [9, Number(RSTD[i < 3 ? 0 : 1]), 9]));
        const sums = memory.doubles(SUMS);
        const products = memory.doubles(PRODUCTS);
        const weights = weight && memory.floats(weight);
        memory.run(
          (kernels) =>
            kernels.makeCombinations(
              combinations.byteOffset,
              fixed ? 0 : moments.byteOffset,
              lines.byteOffset,
              sums.byteOffset,
              products.byteOffset,
              weights ? weights.byteOffset : 0,
              2,
              3,
              first,
              weight?.length ?? 6,
              centred,
            ),
          combinations,
        );
        const weightOf = (i: number) => weight?.[(first + i) % weight.length] ?? 1;
        const expected = SUMS.flatMap((_, i) => {
          const group = i < 3 ? 0 : 1;
          const [rstd, count] = [Number(RSTD[group]), Number(COUNTS[group])];
          const mean = (values: readonly number[]) =>
            sum([0, 1, 2].map((j) => weightOf(3 * group + j) * Number(values[3 * group + j]))) /
            count;
          return [
            weightOf(i) * rstd,
            fixed ? 0 : -rstd * mean(PRODUCTS),
            fixed || !centred ? 0 : -rstd * mean(SUMS),
          ];
        });
        expectWithin(combinations, expected, expected.map(Math.abs), 2 ** -50);
      }
    }
  });
});
