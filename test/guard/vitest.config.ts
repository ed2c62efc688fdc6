// Runs the tests of the library again, on kernels whose every access is watched.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { compileKernels } from '../support/compile-kernels.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The module of the kernels, in base64. */
    kernels: string;
    /** The module of the kernels of pictures, in base64. */
    pixels: string;
  }
}

export default defineConfig({
  plugins: [
    {
      name: 'provided-kernels',
      enforce: 'pre',
      load(id) {
        const compile = (name: string) =>
          `() => new WebAssembly.Module(Buffer.from(inject('${name}'), 'base64'));`;
        if (id.endsWith('/src/kernels/pixels-host.ts')) {
          return `import { inject } from 'vitest';
            export const compilePixels = ${compile('pixels')}`;
        }
        if (!id.endsWith('/src/kernels/host.ts')) return null;
        return `import { inject } from 'vitest';
          export { instantiateSync } from '@assemblyscript/loader';
          export const compile = ${compile('kernels')}`;
      },
    },
  ],
  resolve: {
    alias: {
      '@assemblyscript/loader': fileURLToPath(new URL('loader.ts', import.meta.url)),
    },
  },
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: [
      'test/layers/{*norm,family,lengths,extremes}.test.ts',
      'test/assembly/**/*.test.ts',
      'test/images/*.test.ts',
      'test/{passes,statistics}/*.test.ts',
      'test/tensor/arena.test.ts',
      'test/properties/*.test.ts',
      'test/guard/passes.test.ts',
    ],
    // Those tests are about the module that is shipped.
    testNamePattern: '^(?!the module)',
    testTimeout: 120_000,
    provide: {
      kernels: Buffer.from(await compileKernels('debug')).toString('base64'),
      pixels: Buffer.from(await compileKernels('debug', undefined, 'pixels')).toString('base64'),
    },
  },
});
