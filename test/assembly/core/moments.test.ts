import { describe, expect, test } from 'vitest';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { MOMENTS } from '../../support/kernels/moments.ts';
import { rowsOf } from '../../support/matrices.ts';

describe('mergeMoments', () => {
  /** Merges parts into moments and returns the moments. */
  function merged(moments: number[][], parts: number[][], groupSize: number): number[][] {
    const memory = new KernelMemory();
    const to = memory.doubles(moments.flat());
    const from = memory.doubles(parts.flat());
    memory.run(
      (kernels) =>
        kernels.mergeMoments(
          to.byteOffset,
          from.byteOffset,
          parts.length,
          groupSize,
          moments.length,
        ),
      to,
    );
    return rowsOf(to, MOMENTS).map((values) => [...values]);
  }

  const empty = [0, 0, 0, 0];

  test('merges two halves into what the whole has', () => {
    // 1, 3 and 5, 7, 9, 11.
    expect(merged([[2, 2, 2, 0]], [[4, 8, 20, 0]], 1)).toEqual([[6, 6, 70, 0]]);
  });

  test('keeps what the mean loses to rounding', () => {
    const next = 1 + 2 ** -52;
    expect(merged([[1, 1, 0, 0]], [[1, next, 0, 0]], 1)).toEqual([[2, 1, 2 ** -105, 2 ** -53]]);
    const both = [2, 1, 0, 2 ** -53];
    expect(merged([both], [both], 1)).toEqual([[4, 1, 0, 2 ** -53]]);
  });

  test('takes the first part as it is', () => {
    const part = [3, 0.1, 1e-300, 1e-20];
    expect(merged([empty], [part], 1)).toEqual([part]);
  });

  test('passes over parts that hold nothing', () => {
    expect(merged([[2, 2, 2, 0]], [empty], 1)).toEqual([[2, 2, 2, 0]]);
    expect(merged([empty], [empty], 1)).toEqual([empty]);
  });

  test('merges each groupSize consecutive parts into the next moments, and begins again after the last', () => {
    const part = (mean: number) => [1, mean, 0, 0];
    const parts = [1, 3, 10, 30, 100, 300, 5, 5].map(part);
    // Two parts each go into the moments 0, 1, 2 and 0.
    const found = merged([empty, empty, empty], parts, 2).map((values) => values.slice(0, 3));
    expect(found).toEqual([
      [4, 3.5, 11],
      [2, 20, 200],
      [2, 200, 20000],
    ]);
  });
});
