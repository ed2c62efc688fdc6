import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type OnResolveResult, type Plugin } from 'esbuild';

const tests = new URL('../', import.meta.url);
const vectors = process.env.CONFORMANCE_DIR
  ? new URL(`file://${process.env.CONFORMANCE_DIR}/`)
  : new URL('../../shared/conformance/', tests);

const common: BuildOptions = {
  bundle: true,
  target: 'es2022',
  alias: { vitest: fileURLToPath(new URL('suite/vitest.ts', import.meta.url)) },
  // Parts of vitest read process.env, which Deno does not permit by default.
  define: { process: 'undefined' },
  logLevel: 'warning',
};

/**
 * Bundles the tests and the digest into the modules tests.js and bits.js, which run in any
 * host and import only wasm-norm; into bits-of-global.js, a script that takes the
 * library from the global wasmNorm; and into commonjs/, where run.js is what run.mjs is.
 */
export async function bundleSuite(folder: string): Promise<void> {
  const entry = (name: string) => fileURLToPath(new URL(`suite/${name}.ts`, import.meta.url));
  await Promise.all([
    build({
      ...common,
      entryPoints: [entry('tests'), entry('bits')],
      outdir: folder,
      format: 'esm',
      plugins: [takeLibrary({ path: 'wasm-norm', external: true }), jsonInside],
    }),
    build({
      ...common,
      entryPoints: [entry('bits'), `${folder}/run.mjs`],
      entryNames: '[name]',
      outdir: `${folder}/commonjs`,
      format: 'cjs',
      plugins: [takeLibrary({ path: 'wasm-norm', external: true }), jsonInside],
    }),
    build({
      ...common,
      entryPoints: [entry('bits')],
      outfile: `${folder}/bits-of-global.js`,
      format: 'iife',
      globalName: 'bits',
      plugins: [takeLibrary({ path: 'wasm-norm', namespace: 'global' }), jsonInside],
    }),
  ]);
}

/** Resolves imports of the library to `resolved` in place of its sources. */
function takeLibrary(resolved: OnResolveResult): Plugin {
  return {
    name: 'take-library',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\/src\// }, ({ path }) =>
        path.endsWith('/src/index.ts')
          ? resolved
          : { errors: [{ text: `${path} is not a public entry` }] },
      );
      onLoad({ filter: /./, namespace: 'global' }, () => ({
        contents: 'module.exports = globalThis.wasmNorm',
      }));
    },
  };
}

const jsonInside: Plugin = {
  name: 'json-inside',
  setup({ onLoad }) {
    onLoad({ filter: /json-files\.ts$/ }, () => {
      const files = {
        ...readFolder('fixtures', new URL('fixtures/', tests)),
        ...readFolder('conformance', vectors),
      };
      const contents = `const files = ${JSON.stringify(files)};
        export const readJson = (name) => JSON.parse(files[name] ?? 'null');`;
      return { contents, loader: 'js' };
    });
  },
};

function readFolder(name: string, folder: URL): Record<string, string> {
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return Object.fromEntries(
    files.map((file) => [
      `${name}/${file.slice(0, -'.json'.length)}`,
      readFileSync(new URL(file, folder), 'utf8'),
    ]),
  );
}
