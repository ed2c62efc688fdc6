import { describe, expect, test } from 'vitest';
import { LINE } from '../../support/kernels/lines.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { uniformFrom } from '../../support/random.ts';

describe('makeGivenLines', () => {
  /** The lines of given statistics, by it and by `makeLines` from moments of one element. */
  function bothOf(
    statistics: readonly (readonly [mean: number, variance: number])[],
    channels: number,
    { weight = [] as readonly number[], bias = [] as readonly number[], times = 1, eps = 0 } = {},
  ): readonly [given: number[], made: number[]] {
    const memory = new KernelMemory();
    const period = weight.length || bias.length || channels;
    const means = memory.floats(statistics.map(([mean]) => mean));
    const variances = memory.floats(statistics.map(([, variance]) => variance));
    const moments = memory.doubles(
      Array.from({ length: channels }, (_, i) => {
        const at = i % statistics.length;
        return [1, means[at] as number, variances[at] as number, 0];
      }).flat(),
    );
    const w = weight.length > 0 ? memory.floats(weight).byteOffset : 0;
    const b = bias.length > 0 ? memory.floats(bias).byteOffset : 0;
    const nothing = new Float64Array(channels * times * LINE).fill(Number.NaN);
    const given = memory.doubles(nothing);
    const made = memory.doubles(nothing);
    memory.run(
      (kernels) =>
        kernels.makeGivenLines(
          given.byteOffset,
          means.byteOffset,
          variances.byteOffset,
          w,
          b,
          channels,
          statistics.length,
          period,
          times,
          eps,
        ),
      given,
    );
    memory.run(
      (kernels) =>
        kernels.makeLines(
          made.byteOffset,
          moments.byteOffset,
          w,
          b,
          channels,
          1,
          0,
          period,
          times,
          eps,
          true,
        ),
      made,
    );
    return [[...given], [...made]];
  }

  const ORDINARY = [
    [5, 9],
    [-1.5, 4],
    [0.25, 1],
    [0, 2],
    [3, 0.5],
  ] as const;

  test('makes scale = weight / sqrt(variance + eps) and shift = bias', () => {
    const [given] = bothOf(ORDINARY.slice(0, 2), 2, { weight: [2, -3], bias: [10, 20], eps: 0 });
    expect(given).toEqual([5, 2 / 3, 10, -1.5, -3 / 2, 20]);
    expect(bothOf([[5, 7]], 1, { eps: 9 })[0]).toEqual([5, 1 / 4, 0]);
  });

  test.each([1, 2, 3, 4, 5])('makes those of %i statistics, which repeat', (count) => {
    for (const channels of [count, 2 * count, 5 * count]) {
      for (const parameters of [
        {},
        { weight: ORDINARY.slice(0, count).map(([mean]) => mean + 7) },
        { bias: Array.from({ length: channels }, (_, i) => i - 3) },
        { weight: Array.from({ length: channels }, (_, i) => 2 - i), times: 3 },
      ]) {
        const [given, made] = bothOf(ORDINARY.slice(0, count), channels, parameters);
        expect(given).toEqual(made);
      }
    }
  });

  test('makes the lines that moments make, of statistics of any size', () => {
    const next = uniformFrom(3);
    const any = () => (next() - 0.5) * 10 ** (next() * 76 - 38);
    const statistics = Array.from({ length: 500 }, () => [any(), Math.abs(any())] as const);
    const weight = statistics.map(() => any());
    const bias = statistics.map(() => any());
    for (const eps of [0, 1e-5]) {
      const [given, made] = bothOf(statistics, 500, { weight, bias, eps });
      expect(given).toEqual(made);
    }
  });

  test.each([
    ['no spread', [3, 0], 2],
    ['a mean of half a deviation', [2, 16], 1],
    ['a mean of a little more', [2.5, 16], 1],
    ['a scale that is rounded', [0, 1], 2 ** 25 * (1 + 0.5 * 2 ** -23)],
    ['a weight of NaN', [1, 1], Number.NaN],
    ['a mean of NaN', [Number.NaN, 1], 1],
    ['a variance of NaN', [1, Number.NaN], 1],
    ['a variance below 0', [1, -1], 1],
    ['an infinite variance', [1, Number.POSITIVE_INFINITY], 1],
  ] as const)('makes the line that moments make of %s', (_, statistics, weight) => {
    const [given, made] = bothOf([statistics], 1, { weight: [weight], bias: [0.5] });
    expect(given).toEqual(made);
  });

  test('rounds large scales whose nearest float32 is beyond them', () => {
    // The variance is a power of 2, so that the scale is one of float64 only by its root.
    const rounded = Array.from({ length: 64 }, (_, i) => [0, 2 ** -60 * (1 + i / 64)] as const);
    const [given, made] = bothOf(rounded, 64);
    expect(given).toEqual(made);
    const scales = given.filter((_, i) => i % LINE === 1);
    const exact = rounded.map(([, variance]) => 1 / Math.sqrt(variance));
    expect(scales).not.toEqual(exact);
    scales.forEach((scale, i) => {
      const nearest = Math.fround(exact[i] as number);
      expect(scale).toBe(Math.max(nearest, exact[i] as number));
    });
  });
});
