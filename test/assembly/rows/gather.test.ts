import { expect, test } from 'vitest';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { normals } from '../../support/random.ts';

const STRIDE = 23;

test.each([
  [1, []],
  [1, [22]],
  [3, [0, 1, 5, 22]],
  [4, [2, 3, 4, 7, 11, 19, 20]],
] as const)('gather: of %i rows those at %j', (rows, list) => {
  const memory = new KernelMemory(rows * (STRIDE + list.length) + list.length);
  const x = memory.floats(normals(rows * STRIDE, 1));
  const y = memory.floats(new Float32Array(rows * list.length));
  const places = memory.words(list);
  memory.run(
    ({ gather }) =>
      gather(y.byteOffset, x.byteOffset, places.byteOffset, rows, list.length, STRIDE),
    y,
  );
  const expected = Array.from({ length: rows }, (_, row) =>
    list.map((place) => x[row * STRIDE + place]),
  );
  expect([...y]).toEqual(expected.flat());
});
