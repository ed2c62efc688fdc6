import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The folder has a package of its own, from which the library does not see itself.
  resolve: {
    alias: { 'wasm-norm': fileURLToPath(new URL('../../dist/index.js', import.meta.url)) },
  },
});
