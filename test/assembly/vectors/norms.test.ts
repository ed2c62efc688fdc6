import { describe, expect, test } from 'vitest';
import { expectWithin } from '../../support/closeness.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { rowsOf } from '../../support/matrices.ts';
import { normals } from '../../support/random.ts';
import { sum } from '../../support/sums.ts';

// Rows of some vectors and a tail; of two chunks and a tail.
const LENGTHS = [1, 7, 8, 39, 16384, 40_003];
const ROWS = 3;

/** Adds the norms of rows to others, each cut after some elements. */
function add(x: Float32Array, length: number, p: number, cut = length, before = 5): Float64Array {
  const memory = new KernelMemory(x.length);
  const { byteOffset } = memory.floats(x);
  const norms = memory.doubles(new Float64Array(x.length / length).fill(before));
  rowsOf(x, length).forEach((_, row) => {
    const at = byteOffset + 4 * row * length;
    const norm = norms.byteOffset + 8 * row;
    memory.run(({ addNorms }) => addNorms(norm, at, 1, cut, p), norms);
    memory.run(({ addNorms }) => addNorms(norm, at + 4 * cut, 1, length - cut, p), norms);
  });
  return norms;
}

describe('addNorms', () => {
  test.each(LENGTHS)('adds magnitudes and squares of rows of %i', (length) => {
    const x = normals(ROWS * length, length, 0.3, 1e-25);
    x[1] = -3e38;
    const memory = new KernelMemory(x.length);
    const { byteOffset } = memory.floats(x);
    for (const [p, size] of [
      [1, Math.abs],
      [2, (value: number) => value * value],
    ] as const) {
      const norms = memory.doubles(new Float64Array(ROWS).fill(0.25));
      memory.run(({ addNorms }) => addNorms(norms.byteOffset, byteOffset, ROWS, length, p), norms);
      const expected = rowsOf(x, length).map((row) => 0.25 + sum(Array.from(row, size)));
      expectWithin(norms, expected, expected, length * Number.EPSILON);
    }
  });

  test.each(LENGTHS)('finds the largest magnitude of rows of %i', (length) => {
    const x = normals(ROWS * length, length);
    for (const at of [0, 1, 5, length - 1, length >> 1]) {
      const values = x.slice();
      values[length + Math.min(at, length - 1)] = -7;
      const largest = rowsOf(values, length).map((row) =>
        row.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
      );
      expect([...add(values, length, 0, length, 0)]).toEqual(largest);
    }
    expect([...add(x, length, 0, length, 9)]).toEqual([9, 9, 9]);
  });

  test.each([0, 1, 2])('is NaN where an element is, for p of code %i', (p) => {
    for (const at of [0, 5, 38]) {
      const x = normals(78, 1);
      x[39 + at] = Number.NaN;
      const [first, second] = add(x, 39, p);
      expect(first).toBeGreaterThan(0);
      expect(second).toBeNaN();
    }
  });

  test.each([0, 1, 2])('gives the same bits where a row is cut after a chunk, code %i', (p) => {
    const x = normals(40_003, 2);
    for (const cut of [16384, 2 * 16384]) {
      expect(add(x, x.length, p, cut)).toEqual(add(x, x.length, p));
    }
  });
});

describe('countAtLeast', () => {
  test('counts magnitudes, a bound itself too', () => {
    const memory = new KernelMemory(12);
    const x = memory.floats([1, -2, 3, 2, -3, 0, Number.NaN, 5, 5, -5, 4, 1]);
    const least = memory.doubles([2, 5]);
    const counts = memory.doubles([10, 20]);
    const { byteOffset } = counts;
    memory.run(
      ({ countAtLeast }) => countAtLeast(byteOffset, x.byteOffset, least.byteOffset, 2, 6),
      counts,
    );
    expect([...counts]).toEqual([14, 23]);
  });
});
