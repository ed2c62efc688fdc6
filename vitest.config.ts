import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/edge/**', 'test/queue/**', 'test/web/**'],
    testTimeout: 120_000,
  },
});
