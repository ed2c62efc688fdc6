import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { expectInOrder, promisesOf } from '../support/printed-values.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Returns the examples of a file's docstrings. */
function examplesOf(file: string): string[] {
  const examples = readFileSync(file, 'utf8').matchAll(
    /@example\n((?: *\* (?!@).*\n| *\*\n)+?)(?= *\*\/| *\* @)/g,
  );
  return Array.from(examples, ([, text = '']) => text.replaceAll(/^ *\* ?/gm, ''));
}

function run(folder: string, ...args: string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout;
}

test('the examples in docstrings compile and run as they stand, and print what they say', () => {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts'),
  );
  const examples = files.flatMap((name) => examplesOf(join(root, 'src', name)));
  expect(examples.length).toBeGreaterThan(25);
  mkdirSync(join(root, 'build'), { recursive: true });
  // A folder below the root, where 'wasm-norm' resolves to the library itself.
  const folder = mkdtempSync(join(root, 'build/docstrings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const names = examples.map((_, i) => `example-${i}`);
  for (const [i, name] of names.entries()) {
    writeFileSync(join(folder, `${name}.mts`), examples[i] as string);
  }
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const options =
    '--ignoreConfig --strict --noUncheckedIndexedAccess --skipLibCheck --target es2022 ' +
    '--module nodenext --types node';
  const sources = names.map((name) => `${name}.mts`);
  expect(run(folder, tsc, ...options.split(' '), ...sources)).toBe('');
  const program = names.map((name) => `await import('./${name}.mjs'); console.log('\\f');`);
  writeFileSync(join(folder, 'all.mjs'), program.join('\n'));
  const printed = run(folder, 'all.mjs').split('\f');
  for (const [i, code] of examples.entries()) expectInOrder(promisesOf(code), printed[i] as string);
});
