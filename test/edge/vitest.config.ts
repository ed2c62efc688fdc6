// Runs the tests of the edge service over HTTP, in workerd.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/edge/**/*.test.ts'],
    globalSetup: ['test/edge/start.ts', 'test/edge/stats/start.ts'],
    // One process of workerd serves all files, and one of them watches its memory.
    fileParallelism: false,
    // The services tell their logs what they fail at, as some tests make them.
    silent: 'passed-only',
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // Milliseconds: a second, the default, is too short beside other programs.
    expect: { poll: { timeout: 60_000 } },
  },
});
