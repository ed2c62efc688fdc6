// What a program that uses the library weighs, after esbuild and gzip.

import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Bundles and minifies a program that imports 'wasm-norm' as it was built. */
export function bundle(program: string, condition: 'default' | 'workerd'): Uint8Array {
  const { outputFiles } = buildSync({
    stdin: { contents: program, resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    conditions: [condition],
    external: ['*.wasm?module'],
  });
  return (outputFiles[0] as { contents: Uint8Array }).contents;
}

/** The bytes of such a bundle after gzip -9, with the module and the loader inside. */
export function gzippedSize(program: string): number {
  return gzipSync(bundle(program, 'default'), { level: 9 }).length;
}
