import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { expect, test } from 'vitest';
import { decodeBytes } from '../src/decode-bytes.ts';
import { kernelsText } from '../src/kernels-text.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const KB = 1024;

/** What esbuild makes of a program that uses the library, minified. */
function bundle(program: string, condition: 'default' | 'workerd'): Uint8Array {
  const { outputFiles } = buildSync({
    stdin: { contents: program, resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    conditions: [condition],
    external: ['*.wasm'],
  });
  return (outputFiles[0] as { contents: Uint8Array }).contents;
}

const everything = "export * from 'wasm-norm'";
const one = "export { instanceNorm } from 'wasm-norm'";

test('the module has at most 24 KB', () => {
  const { length } = readFileSync(`${root}/dist/kernels.wasm`);
  expect(length).toBeGreaterThan(0);
  expect(length).toBeLessThanOrEqual(24 * KB);
});

test('the text in it decodes to the module', () => {
  const module = readFileSync(`${root}/dist/kernels.wasm`);
  expect(decodeBytes(kernelsText)).toEqual(new Uint8Array(module));
});

test('everything, with the module inside and the loader, gzips to at most 25 KB', () => {
  const bytes = bundle(everything, 'default');
  expect(Buffer.from(bytes).toString()).toContain(JSON.stringify(kernelsText));
  expect(gzipSync(bytes, { level: 9 }).length).toBeLessThanOrEqual(25 * KB);
});

test('instanceNorm alone takes less than 55 % of the JavaScript of everything', () => {
  const whole = bundle(everything, 'workerd').length;
  expect(whole).toBeGreaterThan(0);
  expect(bundle(one, 'workerd').length).toBeLessThan(0.55 * whole);
});
