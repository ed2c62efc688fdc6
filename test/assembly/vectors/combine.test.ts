import { describe, expect, test } from 'vitest';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { normals } from '../../support/random.ts';

const ROWS = 2;
// In each row a number a, a number b and a magnitude.
const COMBINATIONS = [1e45, -3, 1, -0.5, 2, 0.75];

/** Combines rows where dx is an array of its own, g or x. */
function combine(
  g: Float32Array,
  x: Float32Array,
  length: number,
  signs: boolean,
  where: 'dx' | 'g' | 'x',
): Float32Array {
  const memory = new KernelMemory(3 * x.length);
  const arrays = {
    g: memory.floats(g),
    x: memory.floats(x),
    dx: memory.floats(new Float32Array(x.length).fill(Number.NaN)),
  };
  const combinations = memory.doubles(COMBINATIONS);
  const dx = arrays[where];
  memory.run(
    ({ combineVectors }) =>
      combineVectors(
        dx.byteOffset,
        arrays.g.byteOffset,
        arrays.x.byteOffset,
        combinations.byteOffset,
        ROWS,
        length,
        signs,
      ),
    dx,
  );
  return dx;
}

describe.each([1, 2, 3, 4, 7, 39])('combineVectors of rows of %i', (length) => {
  const x = normals(ROWS * length, length).map((value) => Math.round(value * 4) / 4);
  const g = normals(x.length, 7).map((value, i) => (i < length ? value * 1e-40 : value));
  const numbersOf = (i: number) =>
    COMBINATIONS.slice(3 * Math.floor(i / length)) as [number, number, number];

  test.each(['dx', 'g', 'x'] as const)('gives a * g + b * x, into %s', (where) => {
    const expected = g.map((slope, i) => {
      const [a, b] = numbersOf(i);
      return Math.fround(a * slope + b * (x[i] as number));
    });
    expect(combine(g, x, length, false, where)).toEqual(expected);
  });

  test.each(['dx', 'g', 'x'] as const)('gives a * g + b * sign(x), into %s', (where) => {
    const expected = g.map((slope, i) => {
      const [a, b, least] = numbersOf(i);
      const value = x[i] as number;
      const sign = Math.abs(value) >= least ? Math.sign(value) : 0;
      return Math.fround(a * slope + b * sign);
    });
    expect(combine(g, x, length, true, where)).toEqual(expected);
  });
});
