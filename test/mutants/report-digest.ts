import { afterEach } from 'vitest';
import { takeDigest } from './loader.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** Of all that the kernels wrote in a test. */
    digest?: number;
  }
}

afterEach(({ task }) => {
  task.meta.digest = takeDigest();
});
