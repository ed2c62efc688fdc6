// Bundles src/ into one file for each host, with everything inside: dist/index.js, and
// dist/index.cjs for `require`, beside the declarations of tsc; workerd.js and edge-light.js,
// which alone import the modules of WebAssembly; wasm-norm.min.js for pages without
// modules. One file because reading thirty costs more time than the first normalization.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import { MODULES } from './modules.mjs';

// What the loader does to globals when it is imported, and what it does here: it decodes and asks
// only once it is used. Hosts such as a page's AudioWorklet and jsdom have no TextDecoder.
const LOADER = [
  [
    'const utf16 = new TextDecoder("utf-16le", { fatal: true });',
    'const utf16 = { decode: (text) => new TextDecoder("utf-16le", { fatal: true }).decode(text) };',
  ],
  ['Object.hasOwn = Object.hasOwn || function', 'const hasOwn = function'],
  ['Object.hasOwn(curr, ', 'hasOwn(curr, '],
];

const quietLoader = {
  name: 'quiet-loader',
  setup({ onLoad }) {
    onLoad({ filter: /@assemblyscript.loader.index\.js$/ }, ({ path }) => {
      let contents = readFileSync(path, 'utf8');
      for (const [from, to] of LOADER) {
        if (!contents.includes(from)) throw new Error(`${path}: expected ${from}`);
        contents = contents.replaceAll(from, to);
      }
      return { contents };
    });
  },
};

const MODULE_TEXT = new RegExp(`/compiled-(${MODULES.join('|')})\\.ts$`);

/**
 * Imports each module of WebAssembly, in place of its text, from a file of its own. A bundler keeps
 * what a file imports as WebAssembly, used or not, and drops a file that nobody uses.
 */
function importModules(host) {
  return {
    name: 'import-modules',
    setup({ onLoad, onResolve }) {
      // These hosts have no threads.
      onLoad({ filter: /\/compiled-worker\.ts$/ }, () => ({
        contents: "export const workerText = '';",
      }));
      onResolve({ filter: MODULE_TEXT }, ({ path }) => ({
        path: path.replace(/.*compiled-(\w+)\.ts$/, `./${host}-$1.js`),
        external: true,
      }));
    },
  };
}

/** Writes those files for a host. By the query the bundlers of all hosts know what is wanted. */
function writeImports(host) {
  for (const name of MODULES) {
    const text = `export { default as ${name}Text } from './${name}.wasm?module';\n`;
    writeFileSync(`dist/${host}-${name}.js`, text);
  }
}

/** Leaves in a source map the text of those sources alone that are not shipped. */
function slimMap(path) {
  const map = JSON.parse(readFileSync(path, 'utf8'));
  const isShipped = (source) =>
    !relative(resolve('src'), resolve(dirname(path), source)).startsWith('..');
  map.sourcesContent = map.sources.map((source, i) =>
    isShipped(source) ? null : map.sourcesContent[i],
  );
  writeFileSync(path, JSON.stringify(map));
}

async function bundle(outfile, { plugins = [], ...options }) {
  await build({
    entryPoints: ['src/index.ts'],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    sourcemap: true,
    logLevel: 'warning',
    outfile,
    plugins: [quietLoader, ...plugins],
    ...options,
  });
  slimMap(`${outfile}.map`);
}

await Promise.all([
  bundle('dist/index.js', {}),
  bundle('dist/index.cjs', { format: 'cjs' }),
  bundle('dist/workerd.js', { conditions: ['workerd'], plugins: [importModules('workerd')] }),
  bundle('dist/edge-light.js', {
    conditions: ['edge-light'],
    plugins: [importModules('edge-light')],
  }),
  bundle('dist/wasm-norm.min.js', { format: 'iife', globalName: 'wasmNorm', minify: true }),
]);
writeImports('workerd');
writeImports('edge-light');
for (const name of MODULES) copyFileSync(`build/${name}.wasm`, `dist/${name}.wasm`);
// For pages whose policy allows no worker from a text.
copyFileSync('build/worker.js', 'dist/worker.js');

// What Apache-2.0 asks of whoever hands on the loader.
const { version } = JSON.parse(
  readFileSync('node_modules/@assemblyscript/loader/package.json', 'utf8'),
);
const [notice, license] = ['NOTICE', 'LICENSE'].map((name) =>
  readFileSync(`node_modules/assemblyscript/${name}`, 'utf8'),
);
writeFileSync(
  'dist/THIRD-PARTY-NOTICES.txt',
  `The JavaScript files of this folder contain @assemblyscript/loader ${version}, changed so that
importing it neither reads nor changes a global. What follows is AssemblyScript's notice and licence.

${notice}
${license}`,
);
