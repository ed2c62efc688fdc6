// Runs the tests of the library again, on kernels whose every access is watched.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { compileAll, type ModuleName, NAMES } from '../support/compile-kernels.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The modules of the kernels by name, in base64. */
    modules: Readonly<Record<ModuleName, string>>;
  }
}

export default defineConfig({
  plugins: [
    {
      name: 'provided-kernels',
      enforce: 'pre',
      load(id) {
        if (!id.endsWith('/src/kernels/host.ts')) return null;
        const texts = NAMES.map((name) => `${name}Text`);
        const imports = NAMES.map(
          (name, i) => `import { ${texts[i]} } from './compiled-${name}.ts';`,
        );
        return `import { inject } from 'vitest';
          ${imports.join('\n')}
          import { shareMemory } from './share-memory.ts';
          export { instantiateSync } from '@assemblyscript/loader';
          const names = new Map([${NAMES.map((name, i) => `[${texts[i]}, '${name}']`)}]);
          const bytesOf = (text) =>
            new Uint8Array(Buffer.from(inject('modules')[names.get(text)], 'base64'));
          export const compile = (text) => new WebAssembly.Module(bytesOf(text));
          export const compileShared = (text) =>
            new WebAssembly.Module(shareMemory(bytesOf(text)));`;
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
      modules: await compileAll('debug'),
    },
  },
});
