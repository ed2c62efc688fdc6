import { instanceNorm, instanceNormBackward, SharedArena } from '../../../src/index.ts';
import { normals } from '../../support/random.ts';
import { sizeOf } from '../../support/shapes.ts';

/** How many threads are asked for. */
export const WANTED = 3;

// Rows that threads take, and rows that are cut for them.
const SHAPES = [
  [2, 64, 40, 40],
  [1, 3, 200, 331],
];

/** What became of threads. */
export interface ThreadsReport {
  readonly threads: number;
  readonly failures: readonly string[];
}

/** Makes large calls in a shared arena, and says what differs from those on ordinary arrays. */
export async function tryThreads(): Promise<ThreadsReport> {
  const arena = new SharedArena(8 << 20, { threads: WANTED });
  await arena.ready;
  const { threads, reason } = arena;
  const failures: string[] = [];
  if ((threads === WANTED) !== (reason === null)) failures.push(`${threads} threads: ${reason}`);
  SHAPES.forEach((shape, seed) => {
    arena.reset();
    const x = { data: normals(sizeOf(shape), seed, 3, 2), shape };
    const g = { data: normals(sizeOf(shape), seed + 9), shape };
    const shared = arena.tensor(x);
    const out = arena.tensor(shape);
    const name = `${threads} threads on ${shape.join('x')}`;
    if (!isSame(instanceNorm(shared, { out }).data, instanceNorm(x).data)) failures.push(name);
    const found = instanceNormBackward(arena.tensor(g), shared, { out }).input.data;
    const expected = instanceNormBackward(g, x).input.data;
    if (!isSame(found, expected)) failures.push(`gradients of ${name}`);
  });
  arena.close();
  return { threads, failures };
}

function isSame(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, i) => Object.is(value, b[i]));
}
