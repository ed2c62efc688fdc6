import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runHere, wasmNorm } from '../support/command-line.ts';
import { copyShippedCli } from '../support/shipped-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('wasm-norm', () => {
  it.each([[[]], [['--help']], [['-h']]])('with %j lists its commands', (args) => {
    const { status, stdout, stderr } = wasmNorm('.', ...args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const name of ['restyle', 'fit', 'stats', 'worker', 'status'])
      expect(stdout).toMatch(new RegExp(`^ +${name} `, 'm'));
  });

  it.each<[string, readonly string[]]>([
    [
      'restyle',
      ['--style', '--out', '--strength', '--space', '--mask', '--quality', '--overwrite'],
    ],
    ['fit', ['--out', '--space', '--mask']],
    ['worker', ['--queue', '--lock', '--grace', '--metrics', '--picture-memory']],
    ['stats', ['--json', '--histogram', '--resume', '--mask', '--per', '--queue', '--detach']],
  ])('%s --help names its options', async (command, options) => {
    const { status, stdout, stderr } = await runHere('.', command, '--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const option of [...options, '--threads', '--help'])
      expect(stdout).toContain(`\n  ${option} `);
    // An option in the text is one that is taken.
    for (const [, option] of stdout.matchAll(/^ {2}--([\w-]+)/gm)) {
      const { stderr } = await runHere('.', command, `--${option}`);
      expect(stderr).not.toMatch(/unknown option/);
    }
  });

  it.each<[[string, ...string[]], string]>([
    [['restile'], 'unknown command restile; did you mean restyle?'],
    [
      ['paint-it'],
      'unknown command paint-it; there are restyle, paint, fit, stats, worker, status',
    ],
    [
      ['--version'],
      'unknown option --version; there are restyle, paint, fit, stats, worker, status',
    ],
    [['restyle', '--strenght', '1'], 'unknown option --strenght; did you mean --strength?'],
    [['restyle', '--strenght=1'], 'unknown option --strenght; did you mean --strength?'],
    [['stats', '-j'], 'unknown option -j; --help says more'],
    [['stats', '--frobnicate'], 'unknown option --frobnicate; --help says more'],
    [['stats', '--__proto__'], 'unknown option --__proto__; --help says more'],
    [['stats', '--json=yes'], "--json: takes no value, got 'yes'"],
    [['stats', 'a', '--resume'], '--resume: expected a value, got none'],
    [['stats', 'a', '--resume', '--json'], '--resume: expected a value, got --json'],
    [['stats', 'a', '--detach'], '--detach: needs --queue'],
    [['stats', 'a', '--shard', '9'], '--shard: needs --queue'],
    [
      ['stats', 'a', '--queue', 'redis://a', '--threads', '2'],
      '--threads: is chosen by each worker of a queue',
    ],
  ])('%j is refused in one line', async (args, message) => {
    const run = await runHere('.', ...args);
    expect(run).toEqual({ status: 1, stdout: '', stderr: `${message}\n` });
  });

  it('ends with 1 where it refuses', () => {
    const { status, stdout, stderr } = wasmNorm('.', 'restyle', '--strenght', '1');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe('unknown option --strenght; did you mean --strength?\n');
  });

  it('says in one line how to install sharp where it is not there', () => {
    copyShippedCli(join(folder.path, 'cli'));
    mkdirSync(join(folder.path, 'node_modules'));
    for (const name of ['wasm-norm', 'cli-progress', 'string-width']) {
      symlinkSync(join(ROOT, 'node_modules', name), join(folder.path, 'node_modules', name));
    }
    folder.put('pictures/a.png', 'any');
    const bin = join(folder.path, 'cli/bin/wasm-norm.cjs');
    const args = [bin, 'stats', join(folder.path, 'pictures')];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr.split('\n').at(-2)).toMatch(
      /^sharp, which decodes pictures, can't be loaded: npm install --include=optional sharp@0\.35 /,
    );
  });
});
