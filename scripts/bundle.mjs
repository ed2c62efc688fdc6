// Bundles src/ into one file for each host, dist/INDEX.js beside the declarations of
// tsc, and into one for pages without modules. One file because reading thirty costs
// more time than the first normalization.
import { build } from 'esbuild';

const options = {
  entryPoints: ['src/index.ts'],
  bundle: true,
  format: 'esm',
  target: 'es2022',
  sourcemap: true,
  sourcesContent: false,
  packages: 'external',
  loader: { '.wasm': 'copy' },
  assetNames: '[name]',
  logLevel: 'warning',
};

await Promise.all([
  build({ ...options, outfile: 'dist/index.js' }),
  build({ ...options, outfile: 'dist/workerd.js', conditions: ['workerd'] }),
  build({ ...options, outfile: 'dist/edge-light.js', conditions: ['edge-light'] }),
  build({
    ...options,
    outfile: 'dist/wasm-norm.min.js',
    packages: 'bundle',
    format: 'iife',
    globalName: 'wasmNorm',
    minify: true,
  }),
]);
