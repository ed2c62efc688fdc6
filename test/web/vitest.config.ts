import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/web/*.test.ts'],
    globalSetup: 'test/web/serve.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Each file has its own browser.
    maxWorkers: 2,
  },
});
