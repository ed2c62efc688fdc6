import { expect, test } from 'vitest';
import { expectWithin } from '../../support/closeness.ts';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { rowsOf } from '../../support/matrices.ts';
import { normals } from '../../support/random.ts';
import { sum } from '../../support/sums.ts';

const ROWS = 3;

/** Adds the products of rows to 5, each row cut after some elements. */
function add(g: Float32Array, x: Float32Array, length: number, cut = length): Float64Array {
  const memory = new KernelMemory(2 * x.length);
  const gAt = memory.floats(g).byteOffset;
  const xAt = memory.floats(x).byteOffset;
  const products = memory.doubles(new Float64Array(x.length / length).fill(5));
  const { byteOffset } = products;
  const rows = x.length / length;
  memory.run(({ addProducts }) => {
    if (cut === length) {
      addProducts(byteOffset, gAt, xAt, rows, length);
      return;
    }
    addProducts(byteOffset, gAt, xAt, 1, cut);
    addProducts(byteOffset, gAt + 4 * cut, xAt + 4 * cut, 1, length - cut);
  }, products);
  return products;
}

test.each([1, 3, 4, 39, 40_003])('addProducts adds the products of rows of %i', (length) => {
  const x = normals(ROWS * length, 1, 0, 1e-30);
  const g = normals(x.length, 2, 0, 1e30);
  x[1] = 3e38;
  const products = add(g, x, length);
  const terms = rowsOf(x, length).map((row, i) =>
    Array.from(row, (value, j) => value * (g[i * length + j] as number)),
  );
  const expected = terms.map((row) => 5 + sum(row));
  const sizes = terms.map((row) => 5 + sum(row.map(Math.abs)));
  expectWithin(products, expected, sizes, length * Number.EPSILON);
});

test('addProducts gives the same bits where a row is cut after a chunk', () => {
  const x = normals(40_003, 2);
  const g = normals(x.length, 3);
  expect(add(g, x, x.length, 16384)).toEqual(add(g, x, x.length));
});
