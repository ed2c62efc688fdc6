import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const read = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

it('the workspace depends on the library beside it, and is never published so', () => {
  const { private: isPrivate, dependencies } = read('cli/package.json');
  expect({ isPrivate, library: dependencies['wasm-norm'] }).toEqual({
    isPrivate: true,
    library: 'file:..',
  });
});

it('what is published depends on the version of the library, with its bin and its bundle', () => {
  execFileSync(process.execPath, ['scripts/stage-cli.mjs'], { cwd: ROOT });
  const { version, publishConfig } = read('package.json');
  const { scripts: _, private: __, ...workspace } = read('cli/package.json');
  const staged = read('build/cli/package.json');
  expect(staged).toEqual({
    ...workspace,
    publishConfig,
    dependencies: { ...workspace.dependencies, 'wasm-norm': version },
  });
  for (const path of [staged.bin['wasm-norm'], 'dist/main.js', 'dist/worker.js', 'LICENSE']) {
    expect(existsSync(join(ROOT, 'build/cli', path)), path).toBe(true);
  }
});
