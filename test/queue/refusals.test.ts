import { appendFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { copyShippedCli } from '../support/shipped-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { filesAppear, putPictures } from './support/pictures.ts';
import { freePort, runCli, startCli, startWorker } from './support/programs.ts';
import { RedisServer } from './support/redis.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SECRET = 'k7Qz-of-nobody';

const folder = temporaryFolder();

const at = (...names: string[]): string => join(folder.path, ...names);

/** What is refused with a queue, by whoever asks. */
const commands = (url: string): string[][] => [
  ['stats', 'photos', '--queue', url],
  ['worker', '--queue', url],
  ['status', 'count-1', '--queue', url],
];

/**
 * Milliseconds. The connection is given up after 5 seconds; the start takes half a second, and many
 * times that where other tests keep the cores busy. Without a limit a command would wait for ever.
 */
const PATIENCE = 40_000;

/** Holds each command to a refusal of one line, in bounded time, without a secret. */
async function expectRefused(url: string, reason: RegExp): Promise<void> {
  putPictures(at('photos'), 2);
  for (const args of commands(url)) {
    const program = startCli(folder.path, args);
    const late = setTimeout(() => program.process.kill('SIGKILL'), PATIENCE);
    const status = await program.ended();
    clearTimeout(late);
    const { stdout, stderr } = program;
    expect({ status, stdout }, args[0]).toEqual({ status: 1, stdout: '' });
    expect(stderr, args[0]).toMatch(reason);
    expect(stderr.trimEnd().split('\n'), args[0]).toHaveLength(1);
    expect(stderr, args[0]).not.toContain(SECRET);
  }
}

describe('a queue is refused by name', () => {
  it.each(['redis', 'postgres'])('at a closed port, as %s', async (protocol) => {
    const port = await freePort();
    await expectRefused(
      `${protocol}://somebody:${SECRET}@127.0.0.1:${port}/0`,
      new RegExp(
        `^${protocol}://127\\.0\\.0\\.1:${port}/0: can't be used as a queue: .*ECONNREFUSED`,
      ),
    );
  });

  it.each(['redis', 'postgres'])('where a server answers nothing, as %s', async (protocol) => {
    const silent = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    try {
      await expectRefused(
        `${protocol}://somebody:${SECRET}@127.0.0.1:${port}/0`,
        new RegExp(
          `^${protocol}://127\\.0\\.0\\.1:${port}/0: can't be used as a queue: .*time`,
          'i',
        ),
      );
    } finally {
      silent.close();
    }
  });

  it('where the password is wrong, without the password', async () => {
    const server = await RedisServer.start(at('redis'), '--requirepass', 'the-right-one');
    await expectRefused(
      `redis://default:${SECRET}@127.0.0.1:${server.port}`,
      /^redis:\/\/127\.0\.0\.1:\d+: can't be used as a queue: WRONGPASS/,
    );
    await expectRefused(server.url, /NOAUTH/);
  });

  it('where it has too many clients', async () => {
    const server = await RedisServer.start(at('redis'), '--maxclients', '1');
    await server.ask(async (redis) => {
      await redis.ping();
      await expectRefused(
        server.url,
        /it closes the connection; has it too many clients\?|max number of clients reached/,
      );
    });
  });

  it.each(['allkeys-lru', 'volatile-lru'])('where it drops keys: %s', async (policy) => {
    const server = await RedisServer.start(at('redis'), '--maxmemory-policy', policy);
    await expectRefused(
      server.url,
      new RegExp(`drops keys .*maxmemory-policy ${policy}.*expected the policy noeviction`),
    );
  });

  it.each([
    ['a port', '6379'],
    ['another protocol', `amqp://somebody:${SECRET}@host`],
    ['no host', `redis://:${SECRET}@`],
    ['no variable', 'env:NOT_THERE'],
  ])('that is no address but %s', async (_, text) => {
    await expectRefused(text, /^--queue: (expected redis:\/\/|there is no variable NOT_THERE)/);
  });
});

describe('a submission fails whole', () => {
  it('with the reason of a server whose memory is full, and leaves no half of it', async () => {
    putPictures(at('photos'), 300);
    const server = await RedisServer.start(at('redis'));
    const id = await server.ask(async (redis) => {
      const used = /^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1];
      await redis.config('SET', 'maxmemory', String(Number(used) + 20_000));
      const { status, stderr } = await runCli(
        folder.path,
        ...['stats', 'photos', '--queue', server.url, '--shard', '1'],
      );
      expect(status).toBe(1);
      expect(stderr).toMatch(/OOM command not allowed when used memory > 'maxmemory'/);
      expect((await redis.keys('*count*')).length).toBe(0);
      await redis.config('SET', 'maxmemory', '0');
      return redis.keys('*');
    });
    expect(id.filter((key) => key.includes('count-'))).toEqual([]);
  });
});

describe('secrets', () => {
  it('are in no output, log, process or key of the server', async () => {
    putPictures(at('photos'), 4, '00003-gate.png', '00002-deadly.png');
    mkdirSync(at('faults'));
    const server = await RedisServer.start(at('redis'), '--requirepass', SECRET);
    const url = `redis://:${SECRET}@127.0.0.1:${server.port}`;
    const env = { QUEUE_ADDRESS: url };
    const worker = await startWorker('env:QUEUE_ADDRESS', { faults: at('faults'), env });
    const program = startCli(
      folder.path,
      ['stats', 'photos', '--queue', 'env:QUEUE_ADDRESS', '--shard', '2'],
      env,
    );
    await filesAppear(at('faults'), 'reached');
    const [reached = ''] = readdirSync(at('faults')).filter((name) => name.startsWith('reached'));
    const pid = /-(\d+)$/.exec(reached)?.[1];
    for (const file of ['cmdline', 'environ']) {
      expect(readFileSync(`/proc/${pid}/${file}`, 'latin1'), file).not.toContain(SECRET);
    }
    expect(readFileSync(`/proc/${worker.pid}/cmdline`, 'latin1')).not.toContain(SECRET);
    await server.kill();
    await worker.logs('queue-lost');
    await server.again('--requirepass', 'another');
    await worker.until(({ stdout }) => stdout.includes('WRONGPASS'), 'it was refused');
    await worker.kill('SIGKILL');
    await program.kill('SIGKILL');
    const texts = [worker.stdout, worker.stderr, program.stdout, program.stderr];
    const keys = await server.ask(async (redis) => {
      const names = await redis.keys('*');
      return Promise.all(names.map(async (name) => `${name} ${await redis.dump(name)}`));
    }, 'another');
    expect(keys.length).toBeGreaterThan(5);
    for (const text of [...texts, ...keys]) expect(text).not.toContain(SECRET);
  });
});

describe('two versions of the code', () => {
  /** Copies the command line, and adds a byte to a file of it. */
  function otherVersion(changed: string): string {
    copyShippedCli(at('other'));
    symlinkSync(join(ROOT, 'node_modules'), at('other/node_modules'));
    appendFileSync(at('other', changed), '\n');
    return at('other/bin/wasm-norm.cjs');
  }

  it.each(['dist/process.js', 'paint/style-network.safetensors'])(
    'never work on the same flow, and who submits is told: %s',
    async (changed) => {
      putPictures(at('photos'), 3);
      const server = await RedisServer.start(at('redis'));
      const other = await startWorker(server.url, { bin: otherVersion(changed) });
      const args = ['stats', 'photos', '--json', '--queue', server.url];
      const program = startCli(folder.path, args);
      await program.until(({ stderr }) => stderr.includes('0 of 4 pictures'), 'it waited');
      const version = String(other.lines[0]?.version);
      expect(program.stderr).toContain(
        `No worker serves it yet, and those of ${version} are other code; install the same: `,
      );
      const same = await startWorker(server.url);
      expect(await program.ended()).toBe(0);
      expect([other.count('shard-begun'), same.count('shard-done')]).toEqual([0, 1]);
      expect(program.stdout).toBe((await runCli(folder.path, 'stats', 'photos', '--json')).stdout);
    },
  );
});
