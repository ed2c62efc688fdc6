import { afterEach, beforeEach } from 'vitest';
import { type Doings, takeDoings } from './loader.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** What the kernels did in a test, with the kernels that were called before the first test. */
    doings?: Doings;
  }
}

const outside = new Set<string>();

// Any test of a file may depend on kernels that were called between tests, while the file was read.
beforeEach(() => {
  for (const name of takeDoings().kernels) outside.add(name);
});

afterEach(({ task }) => {
  const { kernels, digest } = takeDoings();
  task.meta.doings = { kernels: [...new Set([...kernels, ...outside])], digest };
});
