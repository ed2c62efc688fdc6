import { afterEach, beforeEach } from 'vitest';
import { type Doings, takeDoings } from './loader.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** What the kernels did in a test, and what was called before the first. */
    doings?: Doings;
  }
}

const outside = new Set<string>();

// What is called between tests, where a file is read, any of its tests may depend on.
beforeEach(() => {
  for (const name of takeDoings().kernels) outside.add(name);
});

afterEach(({ task }) => {
  const { kernels, digest } = takeDoings();
  task.meta.doings = { kernels: [...new Set([...kernels, ...outside])], digest };
});
