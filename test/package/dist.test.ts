// What is published in dist/ is whole in each file, and at rest until it is used.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Context, createContext, runInContext } from 'node:vm';
import { describe, expect, test } from 'vitest';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const src = fileURLToPath(new URL('../../src', import.meta.url));
const read = (name: string): string => readFileSync(join(dist, name), 'utf8');

const modules = readdirSync(dist)
  .filter((name) => name.endsWith('.wasm'))
  .map((name) => name.slice(0, -'.wasm'.length))
  .sort();

/** Makes a realm that has ECMAScript and WebAssembly, and nothing that Node adds. */
function createRealm(): Context {
  const realm = createContext({});
  runInContext('delete globalThis.console', realm);
  return realm;
}

// Each leaves the library in `library`.
const SCRIPTS = {
  'index.cjs': `const module = {}; ${read('index.cjs')}
    const library = module.exports;`,
  'wasm-norm.min.js': `${read('wasm-norm.min.js')}
    const library = wasmNorm;`,
};

const USE = `{
  const { instanceNorm, Tensor } = library;
  instanceNorm(new Tensor(Float32Array.of(1, 3, 0, 4), [1, 2, 2]), { eps: 0 }).data.join();
}`;

describe.each(Object.entries(SCRIPTS))('%s in a realm of the language alone', (_, script) => {
  test('works', () => {
    const realm = createRealm();
    runInContext(script, realm);
    expect(runInContext(USE, realm)).toBe('-1,1,-1,1');
  });

  test('is read without WebAssembly, and its first use says what is missing', () => {
    const realm = createRealm();
    runInContext('delete globalThis.WebAssembly', realm);
    runInContext(script, realm);
    expect(() => runInContext(USE, realm)).toThrow('wasm-norm: this host lacks WebAssembly');
  });

  test('is read where nothing can be changed', () => {
    const realm = createRealm();
    runInContext(
      `for (const name of Object.getOwnPropertyNames(globalThis)) {
        const value = globalThis[name];
        if (value === globalThis) continue;
        Object.freeze(value);
        Object.freeze(value?.prototype);
      }`,
      realm,
    );
    runInContext(script, realm);
    expect(runInContext(USE, realm)).toBe('-1,1,-1,1');
  });
});

test.each(['index.js', 'index.cjs', 'wasm-norm.min.js'])('%s imports nothing', (name) => {
  expect(read(name)).not.toMatch(/^import\b|\bimport\(|\brequire\(/m);
});

test.each(['workerd', 'edge-light'])(
  '%s.js imports each module from a file that imports the module alone',
  (host) => {
    expect(modules).toContain('kernels');
    const imported = importsOf(`${host}.js`);
    expect(imported.sort()).toEqual(modules.map((name) => `./${host}-${name}.js`));
    for (const name of modules) {
      expect(importsOf(`${host}-${name}.js`)).toEqual([`./${name}.wasm?module`]);
    }
  },
);

function importsOf(name: string): string[] {
  const imports = read(name).matchAll(/^(?:import|export) .* from ["'](.*)["'];$/gm);
  return Array.from(imports, ([, from]) => from as string);
}

test('the source maps have each source, or it is shipped', () => {
  const maps = readdirSync(dist).filter((name) => name.endsWith('js.map'));
  expect(maps.length).toBeGreaterThan(0);
  for (const name of maps) {
    const { sources, sourcesContent }: SourceMap = JSON.parse(read(name));
    sources.forEach((source, i) => {
      const isShipped = resolve(dist, source).startsWith(src);
      expect(isShipped || sourcesContent[i], `${name}: ${source}`).toBeTruthy();
    });
  }
});

interface SourceMap {
  readonly sources: readonly string[];
  readonly sourcesContent: readonly (string | null)[];
}

test('the declarations for import and for require name the same files', () => {
  const names = readdirSync(dist, { recursive: true, encoding: 'utf8' });
  const [modern, common] = ['.d.ts', '.d.cts'].map((ending) =>
    names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length)),
  );
  expect(modern).toContain('index');
  expect(common).toEqual(modern);
  for (const name of names.filter((name) => /\.d\.c?ts$/.test(name))) {
    const ending = name.endsWith('.cts') ? 'cjs' : 'js';
    for (const [, target, extension] of read(name).matchAll(/from '(\..*)\.(\w+)'/g)) {
      expect(extension, name).toBe(ending);
      expect(modern).toContain(join(dirname(name), target as string));
    }
  }
});
