import { describe, expect, test } from 'vitest';
import type { Kernels } from '../../../src/kernels/kernels.ts';
import { LINE } from '../../support/kernels/lines.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { rowsOf } from '../../support/matrices.ts';

describe('makeLines', () => {
  const weight = [2, -3, 0.5];
  const bias = [10, 20, 30];

  test('makes scale = weight / sqrt(variance + eps) and shift = bias, period by period', () => {
    const memory = new KernelMemory();
    const moments = memory.doubles(
      [
        [4, 5, 36, 0],
        [2, -1.5, 8, 0],
        [1, 7, 0.25, 0],
        [10, 0, 160, 0],
        [5, 3, 20, 0],
      ].flat(),
    );
    const lines = memory.doubles(new Float64Array(5 * LINE));
    const weights = memory.floats(weight);
    const biases = memory.floats(bias);
    const make = (w: number, b: number, first: number) => (kernels: Kernels) =>
      kernels.makeLines(lines.byteOffset, moments.byteOffset, w, b, 5, 1, first, 3, 1, 0, true);
    memory.run(make(weights.byteOffset, biases.byteOffset, 0), lines);
    expect(rowsOf(lines, LINE).map((line) => [...line])).toEqual([
      [5, 2 / 3, 10],
      [-1.5, -3 / 2, 20],
      [7, 1, 30],
      [0, 2 / 4, 10],
      [3, -3 / 2, 20],
    ]);
    memory.run(make(weights.byteOffset, 0, 2), lines);
    expect([...lines].filter((_, i) => i % LINE === 1)).toEqual([
      0.5 / 3,
      2 / 2,
      -3 / 0.5,
      0.5 / 4,
      2 / 2,
    ]);
    memory.run(make(0, 0, 0), lines);
    expect(rowsOf(lines, LINE).map((line) => [...line])).toEqual([
      [5, 1 / 3, 0],
      [-1.5, 1 / 2, 0],
      [7, 2, 0],
      [0, 1 / 4, 0],
      [3, 1 / 2, 0],
    ]);
  });

  test('writes each line as often as it is asked for', () => {
    const memory = new KernelMemory();
    const moments = memory.doubles([4, 5, 36, 0, 2, -1.5, 8, 0]);
    const lines = memory.doubles(new Float64Array(6 * LINE));
    const biases = memory.floats(bias);
    const [at, from, b] = [lines.byteOffset, moments.byteOffset, biases.byteOffset];
    memory.run(({ makeLines }) => makeLines(at, from, 0, b, 2, 1, 1, 3, 3, 0, true), lines);
    const [first, second] = [
      [5, 1 / 3, 20],
      [-1.5, 1 / 2, 30],
    ];
    const expected = [first, first, first, second, second, second];
    expect(rowsOf(lines, LINE).map((line) => [...line])).toEqual(expected);
  });

  test('makes a line for each of several rows that share their moments', () => {
    const memory = new KernelMemory();
    const moments = memory.doubles([4, 5, 36, 0, 2, -1.5, 8, 0]);
    const lines = memory.doubles(new Float64Array(6 * LINE));
    const weights = memory.floats(weight);
    const biases = memory.floats(bias);
    memory.run(
      (kernels) =>
        kernels.makeLines(
          lines.byteOffset,
          moments.byteOffset,
          weights.byteOffset,
          biases.byteOffset,
          6,
          3,
          0,
          3,
          1,
          0,
          true,
        ),
      lines,
    );
    expect(rowsOf(lines, LINE).map((line) => [...line])).toEqual([
      [5, 2 / 3, 10],
      [5, -1, 20],
      [5, 0.5 / 3, 30],
      [-1.5, 1, 10],
      [-1.5, -3 / 2, 20],
      [-1.5, 0.25, 30],
    ]);
  });

  /** The lines of moments without weights, one after the other. */
  function linesOf(
    values: readonly (readonly number[])[],
    { bias = 0, eps = 0, centred = true } = {},
  ): number[] {
    const memory = new KernelMemory();
    const { byteOffset: moments } = memory.doubles(values.flat());
    const lines = memory.doubles(new Float64Array(values.length * LINE).fill(Number.NaN));
    const { byteOffset: biases } = memory.floats([bias]);
    memory.run(
      ({ makeLines }) =>
        makeLines(lines.byteOffset, moments, 0, biases, values.length, 1, 0, 1, 1, eps, centred),
      lines,
    );
    return [...lines];
  }

  test('divides by the root of the mean of squares, and subtracts no mean, where not centred', () => {
    // Four elements of mean 3 and variance 7: mean of squares 16.
    expect(linesOf([[4, 3, 28, 0]], { centred: false })).toEqual([0, 1 / 4, 0]);
  });

  test('adds eps to the variance, under the root', () => {
    expect(linesOf([[2, 0, 32, 0]], { eps: 9 })).toEqual([0, 1 / 5, 0]);
  });

  test('subtracts a mean within half the deviation from the shift, where it adds no error', () => {
    // Variance 16, and means of half its root and a little more.
    const values = [
      [4, 2, 64, 0],
      [4, 2.5, 64, 0],
    ];
    expect(linesOf(values, { bias: 10 })).toEqual([0, 1 / 4, 9.5, 2.5, 1 / 4, 10]);
  });

  test.each([
    ['rounds', 2 ** 25 * (1 + 0.75 * 2 ** -23), true],
    ['rounds', -(2 ** 99) * (1 + 0.75 * 2 ** -23), true],
    ['keeps, since the nearest float32 is not beyond it,', 2 ** 25 * (1 + 0.25 * 2 ** -23), false],
    ['keeps, since it is not large,', 2 ** 23 * (1 + 0.75 * 2 ** -23), false],
    ['keeps, since it is beyond float32,', 2 ** 100 * (1 + 0.75 * 2 ** -23), false],
  ])('%s a scale of %f by given statistics', (_, scale, isRounded) => {
    const memory = new KernelMemory();
    // Given statistics count as one element. Another line has the same scale by two elements.
    const moments = memory.doubles([1, 5, 1, 0, 2, 5, 2, 0].map((value) => value / scale ** 2));
    moments.set([1, 5], 0);
    moments.set([2, 5], 4);
    const weights = memory.floats([Math.sign(scale)]);
    const lines = memory.doubles(new Float64Array(2 * LINE));
    const [at, from, weight] = [lines.byteOffset, moments.byteOffset, weights.byteOffset];
    memory.run(({ makeLines }) => makeLines(at, from, weight, 0, 2, 1, 0, 1, 1, 0, true), lines);
    const [, given, , , own] = lines;
    expect(Math.abs((own as number) / scale - 1)).toBeLessThan(2 ** -50);
    expect(given).toBe(isRounded ? Math.fround(scale) : own);
  });

  test('makes a scale of 0 where there is no spread and no eps', () => {
    expect(linesOf([[2, 3, 0, 0]])).toEqual([3, 0, 0]);
  });
});
