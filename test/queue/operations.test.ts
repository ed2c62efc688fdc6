import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments, parse as parseYaml } from 'yaml';
import { copyShippedCli } from '../support/shipped-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { putPictures } from './support/pictures.ts';
import { freePort, Program, runCli, startCli, startWorker } from './support/programs.ts';
import { RedisServer } from './support/redis.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/many-machines/', import.meta.url));

const require = createRequire(import.meta.url);
/** Reads the text format of Prometheus into metrics. */
const readMetrics: (text: string) => readonly Metric[] = require('parse-prometheus-text-format');

interface Metric {
  readonly name: string;
  readonly type: string;
  readonly metrics: readonly { readonly value: string }[];
}

const folder = temporaryFolder();

const at = (...names: string[]): string => join(folder.path, ...names);

describe('a worker', () => {
  it('tells Prometheus what it has done, and its log what it does', async () => {
    putPictures(at('photos'), 9, '00004-deadly.png');
    mkdirSync(at('faults'));
    const server = await RedisServer.start(at('redis'));
    const port = await freePort();
    const args = ['--metrics', String(port)];
    const worker = await startWorker(server.url, { args, faults: at('faults') });
    await runCli(folder.path, ...['stats', 'photos', '--queue', server.url, '--shard', '4']);

    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    const metrics = new Map(
      readMetrics(text).map(({ name, type, metrics }) => [
        name,
        { type, value: metrics[0]?.value },
      ]),
    );
    const counter = (value: number) => ({ type: 'COUNTER', value: String(value) });
    expect(metrics.get('wasm_norm_shards_total')).toEqual(counter(3));
    expect(metrics.get('wasm_norm_merges_total')).toEqual(counter(1));
    expect(metrics.get('wasm_norm_processes_ended_total')).toEqual(counter(3));
    expect(metrics.get('wasm_norm_shard_failures_total')).toEqual(counter(0));
    // Those of a part come again where one of them ends the process.
    const pictures = Number(metrics.get('wasm_norm_pictures_total')?.value);
    expect(pictures).toBeGreaterThanOrEqual(11);
    expect(Number(metrics.get('wasm_norm_shard_seconds_total')?.value)).toBeGreaterThan(0);
    expect(Number(metrics.get('wasm_norm_bytes_total')?.value)).toBeGreaterThan(11 * 60);
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);

    await worker.kill('SIGTERM');
    for (const { time, level, event } of worker.lines) {
      expect(new Date(String(time)).toISOString()).toBe(time);
      expect(level).toMatch(/^(info|warn|error)$/);
      expect(event).toMatch(/^[a-z-]+$/);
    }
    const ends = worker.lines.filter(({ event }) => event === 'process-ended');
    expect(ends.slice(0, 3).map(({ reason }) => reason)).toEqual(Array(3).fill('SIGKILL'));
  });

  it('refuses a port that is taken, and arguments that it does not know', async () => {
    const server = await RedisServer.start(at('redis'));
    const taken = createServer().listen(0);
    const { port } = taken.address() as { port: number };
    try {
      const run = (...args: string[]) =>
        runCli(folder.path, 'worker', '--queue', server.url, ...args);
      expect(await run('--metrics', String(port))).toMatchObject({
        status: 1,
        stderr: `--metrics: port ${port} can't be had: address already in use\n`,
      });
      expect((await run('photos')).stderr).toBe('worker takes no arguments, got photos\n');
      expect((await run('--lock', '0')).stderr).toContain('--lock: expected a whole number from 1');
    } finally {
      taken.close();
    }
  });

  it('runs without BullMQ being installed, up to the queue: it says what is missing', async () => {
    copyShippedCli(folder.path);
    mkdirSync(at('node_modules'));
    for (const name of [
      'sharp',
      '@img',
      'detect-libc',
      'semver',
      'wasm-norm',
      'cli-progress',
      'string-width',
      'strip-ansi',
      'ansi-regex',
      'emoji-regex',
      'is-fullwidth-code-point',
    ]) {
      execFileSync('ln', [
        '-s',
        join(EXAMPLE, '../../node_modules', name),
        at('node_modules', name),
      ]);
    }
    putPictures(at('photos'), 1);
    const run = async (...args: string[]) => {
      const program = new Program(process.execPath, [at('bin/wasm-norm.cjs'), ...args], {
        cwd: folder.path,
      });
      return [await program.ended(), program.stderr];
    };
    for (const [url, names] of [
      ['redis://127.0.0.1', 'bullmq ioredis'],
      ['postgres://127.0.0.1', 'bullmq pg'],
    ] as const) {
      const refusal = `--queue: needs packages that are not there: npm install ${names}\n`;
      expect(await run('worker', '--queue', url)).toEqual([1, refusal]);
      expect(await run('stats', 'photos', '--queue', url)).toEqual([1, refusal]);
    }
    expect((await run('stats', 'photos', '--threads', '1'))[0]).toBe(0);
  });
});

describe('the example of', () => {
  it('Docker Compose passes the linter, and gives options that a worker knows', async () => {
    execFileSync('npx', ['dclint', '--max-warnings', '0', join(EXAMPLE, 'compose.yaml')], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      stdio: 'pipe',
    });
    const { services } = parseYaml(readFileSync(join(EXAMPLE, 'compose.yaml'), 'utf8'));
    expect(services.redis.command).toEqual(expect.arrayContaining(['noeviction', '--appendonly']));
    await expectKnown(services.worker.command);
  });

  it('Kubernetes is valid, and gives options that a worker knows', async () => {
    const documents = parseAllDocuments(readFileSync(join(EXAMPLE, 'kubernetes.yaml'), 'utf8'));
    const objects = documents.map((document) => document.toJS());
    expect(objects.map(({ kind }) => kind)).toEqual([
      'Service',
      'StatefulSet',
      'Deployment',
      'Job',
    ]);
    for (const object of objects) {
      const group = object.apiVersion as string;
      const models = await import(`kubernetes-models/${group}`);
      const model = new models[object.kind](object);
      expect(() => model.validate(), object.kind).not.toThrow();
      expect(() => new models[object.kind]({ ...object, spec: 'none' }).validate()).toThrow();
    }
    const { spec } = objects[2].spec.template;
    const [{ args }] = spec.containers;
    await expectKnown(args);
    const grace = Number(args[args.indexOf('--grace') + 1]);
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(grace);
  });

  /** Holds the arguments of a worker to those that one starts with. */
  async function expectKnown(args: readonly string[]): Promise<void> {
    const server = await RedisServer.start(at('redis'));
    const program = startCli(folder.path, args, { WASM_NORM_QUEUE: server.url });
    await program.until(({ stdout }) => stdout.includes('"started"'), 'it started');
    expect(await program.kill('SIGTERM')).toBe(0);
  }
});
