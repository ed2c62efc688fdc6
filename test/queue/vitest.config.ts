// Runs the tests of queues: real servers, each on a free port with a folder of its own, and real
// processes, many of which are killed.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/queue/*.test.ts'],
    // Each test has several processes already.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
