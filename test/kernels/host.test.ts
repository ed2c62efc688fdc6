import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { kernelsText } from '../../src/kernels/compiled-kernels.ts';
import { compiledOf } from '../../src/kernels/modules.ts';

const cwd = fileURLToPath(new URL('../..', import.meta.url));
const hosts = 'Node 16.4, Deno 1.9, Bun, workerd, Chrome 91, Firefox 90, Safari 16.4';

/** Runs a program that imports the library and then uses it, in Node with flags, and returns what it prints. */
function run(...flags: readonly string[]): string {
  const program = `
    import { instanceNorm, Tensor } from 'wasm-norm';
    console.log('imported');
    try {
      console.log(instanceNorm(new Tensor(Float32Array.of(1, 2), [1, 1, 2])).shape);
    } catch (error) {
      console.log(error.message);
    }`;
  const argv = [...flags, '--input-type=module', '--eval', program];
  return spawnSync(process.execPath, argv, { cwd, encoding: 'utf8' }).stdout;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test('without flags the first use works', () => {
  expect(run()).toBe('imported\n[ 1, 1, 2 ]\n');
});

test('where WebAssembly is missing, the import works and the first use says where it is', () => {
  const printed = run('--jitless');
  expect(printed).toContain('imported\nwasm-norm: this host lacks WebAssembly.');
  expect(printed).toContain(hosts);
});

// An x86 processor without SSE 4.1; other architectures always have SIMD.
test.runIf(process.arch === 'x64')(
  'where its SIMD is missing, the import works and the first use says where it is',
  () => {
    const printed = run('--no-enable-sse4-1');
    expect(printed).toContain('imported\nwasm-norm: this host lacks SIMD in its WebAssembly.');
    expect(printed).toContain(hosts);
  },
);

test('where compiling is forbidden, the first use says what allows it, and what the host says', () => {
  const { validate, CompileError } = WebAssembly;
  const message = 'Wasm code generation disallowed by embedder';
  const Module = function refuse() {
    throw new CompileError(message);
  };
  vi.stubGlobal('WebAssembly', { Module, validate });
  for (const part of [message, 'wasm-unsafe-eval', "serverExternalPackages: ['wasm-norm']"]) {
    expect(() => compiledOf({ text: kernelsText })).toThrow(part);
  }
});
