// What a program in Node meets: its end, its flags, threads that it has not, and threads that die.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const cwd = fileURLToPath(new URL('../..', import.meta.url));

interface Ending {
  readonly code: number | null;
  readonly printed: string;
}

/** Runs a program of lines that have `SharedArena` and more, and returns how it ended. */
function run(lines: string, flags: readonly string[] = [], env = {}): Promise<Ending> {
  const program = `
    import { Arena, instanceNorm, instanceNormBackward, SharedArena } from 'wasm-norm';
    import { readdirSync } from 'node:fs';
    const SHAPE = [1, 64, 64, 64];
    const countThreads = () => readdirSync('/proc/self/task').length;
    const fill = (x) => { for (let i = 0; i < x.size; i++) x.data[i] = Math.sin(i) * 3 + 1; return x; };
    const expected = instanceNorm(fill(new Arena(1 << 21).tensor(SHAPE))).data;
    const sum = (data) => new BigUint64Array(data.slice().buffer).reduce((a, b) => (a * 31n + b) & 0xffffffffffffn, 7n);
    const isRight = (data) => sum(data) === sum(expected);
    const use = (arena) => { arena.reset(); return isRight(instanceNorm(fill(arena.tensor(SHAPE)), { out: arena.tensor(SHAPE) }).data); };
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    ${lines}`;
  const argv = [...flags, '--input-type=module', '--eval', program];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, argv, { cwd, env: { ...process.env, ...env } });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        printed += text;
      });
    }
    child.on('close', (code) => resolve({ code, printed }));
  });
}

describe('a program', () => {
  const three = `
    const arena = new SharedArena(1 << 23, { threads: 3 });
    await arena.ready;
    console.log(arena.threads, arena.reason, use(arena));`;
  const joined = { code: 0, printed: '3 null true\n' };

  test('ends by itself with workers that wait', async () => {
    expect(await run(three)).toEqual(joined);
  });

  test('ends by itself where it awaits nothing', async () => {
    const lines = 'console.log(use(new SharedArena(1 << 23, { threads: 3 })));';
    expect(await run(lines)).toEqual({ code: 0, printed: 'true\n' });
  });

  test('has all threads with flags that workers may not have', async () => {
    expect(await run(three, ['--title', 'x', '--expose-gc', '--stack-size=800'])).toEqual(joined);
  });

  test('preloads modules once, not in every worker', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wasm-norm-'));
    const [preload, log] = [join(folder, 'preload.cjs'), join(folder, 'log')];
    writeFileSync(preload, `require('node:fs').appendFileSync(${JSON.stringify(log)}, 'once')`);
    expect(await run(three, ['--require', preload])).toEqual(joined);
    expect(readFileSync(log, 'utf8')).toBe('once');
    expect(await run(three, [], { NODE_OPTIONS: `--require ${preload}` })).toEqual(joined);
    expect(readFileSync(log, 'utf8')).toBe('onceonce');
  });

  test('works on one thread where the host refuses workers, and is told why', async () => {
    const lines = `
      const worker = process.getBuiltinModule('node:worker_threads');
      process.getBuiltinModule = (name) => name === 'node:worker_threads' ? { Worker: class { constructor() { throw new Error('no workers here'); } } } : undefined;
      const arena = new SharedArena(1 << 23, { threads: 3 });
      await arena.ready;
      console.log(arena.threads, arena.reason, use(arena));`;
    const printed = '1 this host refused a worker: no workers here true\n';
    expect(await run(lines)).toEqual({ code: 0, printed });
  });

  test('works on one thread where the host is too old for them', async () => {
    const lines = `process.getBuiltinModule = undefined; globalThis.Worker = undefined; ${three}`;
    const { code, printed } = await run(lines);
    expect(code).toBe(0);
    expect(printed).toBe('1 this host has no threads true\n');
  });

  test('works on one thread where a permission is missing', async () => {
    const flags = ['--experimental-permission', '--allow-fs-read=*'];
    const { code, printed } = await run(three, flags);
    expect(code).toBe(0);
    expect(printed).toMatch(/^1 this host refused a worker: Access to this API .* true$/m);
  });

  test('without SharedArrayBuffer, as a page that is not isolated, works on one thread', async () => {
    const { code, printed } = await run(`delete globalThis.SharedArrayBuffer; ${three}`);
    expect(code).toBe(0);
    expect(printed).toMatch(/^1 the page is not cross-origin isolated.* true\n$/);
  });
});

describe('threads', () => {
  test('go when arenas are closed', async () => {
    const lines = `
      await wait(50);
      const before = countThreads();
      for (let i = 0; i < 9; i++) {
        const arena = new SharedArena(1 << 23, { threads: 3 });
        // Some are closed before their workers join, some while these spin, some while they wait.
        if (i % 3 > 0) await arena.ready;
        if (i % 3 === 1) use(arena);
        if (i % 3 === 2) await wait(5);
        arena.close();
        await arena.ready;
        if (arena.threads !== 1 || arena.reason !== 'the arena was closed' || !use(arena)) throw arena;
      }
      for (let i = 0; countThreads() > before && i < 500; i++) await wait(10);
      console.log(countThreads() - before);`;
    expect(await run(lines)).toEqual({ code: 0, printed: '0\n' });
  });

  test('go when arenas and their tensors are collected, and not before', async () => {
    const lines = `
      let tensors = [0, 1, 2].map((i) => {
        const arena = new SharedArena(1 << 23, { threads: 2 });
        return [fill(arena.tensor(SHAPE)), arena.tensor(SHAPE), arena.ready];
      });
      await Promise.all(tensors.map(([, , ready]) => ready));
      const most = countThreads();
      const useAll = (i) => {
        for (const [x, out] of tensors) if (!isRight(instanceNorm(x, { out }).data)) throw i;
      };
      for (let i = 0; i < 30; i++) {
        gc();
        await wait(1);
        useAll(i);
      }
      console.log(countThreads() - most);
      tensors = undefined;
      for (let i = 0; countThreads() > most - 3 && i < 500; i++) { gc(); await wait(10); }
      console.log(countThreads() - most);`;
    expect(await run(lines, ['--expose-gc'])).toEqual({ code: 0, printed: '0\n-3\n' });
  });

  test('that die between calls and in them leave results right', async () => {
    const lines = `
      const workers = [];
      const threads = process.getBuiltinModule('node:worker_threads');
      const Worker = class extends threads.Worker { constructor(...all) { super(...all); workers.push(this); } };
      const given = process.getBuiltinModule;
      process.getBuiltinModule = (name) => name === 'node:worker_threads' ? { ...threads, Worker } : given(name);
      for (let i = 0; i < 5; i++) {
        const arena = new SharedArena(1 << 23, { threads: 4 });
        await arena.ready;
        const [one, two, three] = workers.splice(0);
        const ended = one.terminate();
        for (let j = 0; j < 5; j++) if (!use(arena)) throw j;
        await ended;
        if (arena.threads !== 3 || arena.reason !== 'a worker ended' || !use(arena)) throw arena.threads;
        const others = [two.terminate(), three.terminate()];
        if (!use(arena)) throw 'use';
        await Promise.all(others);
        if (arena.threads !== 1 || !use(arena)) throw arena.threads;
      }
      console.log('right');`;
    expect(await run(lines)).toEqual({ code: 0, printed: 'right\n' });
  });
});
