import { expect, test } from 'vitest';
import { KernelMemory } from '../../support/kernels/memory.ts';
import { normals } from '../../support/random.ts';

const STRIDE = 23;

test.each([
  [1, []],
  [1, [22]],
  [3, [0, 1, 5, 22]],
  [4, [2, 3, 4, 7, 11, 19, 20]],
] as const)('scatter: into %i rows at %j, and zeros', (rows, list) => {
  const memory = new KernelMemory(rows * (STRIDE + list.length) + list.length);
  const y = memory.floats(normals(rows * STRIDE, 1));
  const x = memory.floats(normals(rows * list.length, 2));
  const places = memory.words(list);
  for (const from of [x, null]) {
    const expected = [...y];
    for (let i = 0; i < rows * list.length; i++) {
      const row = Math.floor(i / list.length);
      expected[row * STRIDE + (list[i % list.length] as number)] = from ? (from[i] as number) : 0;
    }
    const at = from ? from.byteOffset : 0;
    memory.run(
      ({ scatter }) => scatter(y.byteOffset, at, places.byteOffset, rows, list.length, STRIDE),
      y,
    );
    expect([...y]).toEqual(expected);
  }
});
