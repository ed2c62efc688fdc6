// Runs tests on kernels that another process provides.

import { fileURLToPath } from 'node:url';
import guarded from '../guard/vitest.config.ts';

export default {
  ...guarded,
  resolve: {
    alias: {
      '@assemblyscript/loader': fileURLToPath(new URL('loader.ts', import.meta.url)),
    },
  },
  test: {
    ...guarded.test,
    include: [
      'test/assembly/**/*.test.ts',
      'test/{images,layers,passes,statistics}/*.test.ts',
      'test/guard/passes.test.ts',
    ],
    setupFiles: [fileURLToPath(new URL('report-doings.ts', import.meta.url))],
    bail: 1,
    pool: 'threads',
    isolate: false,
    fileParallelism: false,
    watch: false,
  },
};
