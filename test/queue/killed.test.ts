import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { filesAppear, putPicture, putPictures } from './support/pictures.ts';
import { type Program, runCli, startCli, startWorker } from './support/programs.ts';
import { RedisServer } from './support/redis.ts';

const folder = temporaryFolder();

const at = (...names: string[]): string => join(folder.path, ...names);

/** Makes pictures, one of which holds a worker with faults in the middle of the second shard. */
function prepare(): void {
  putPictures(at('photos'), 8, '00004-gate.png');
  mkdirSync(at('faults'));
}

const SHARDS = 5;

/** Submits the pictures in shards of two. */
const submit = (url: string): Program =>
  startCli(folder.path, ['stats', 'photos', '--json', '--queue', url, '--shard', '2']);

/** Holds a submission to the same bits as the run of one process, without a queue. */
async function expectAgreement(program: Program): Promise<void> {
  const status = await program.ended();
  expect(program.stderr).not.toContain('failed');
  const local = await runCli(folder.path, 'stats', 'photos', '--json');
  expect({ status, stdout: program.stdout }).toEqual({ status: 0, stdout: local.stdout });
}

const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Returns the process that has reached a gate. */
const heldProcess = (): number => {
  const [name] = readdirSync(at('faults')).filter((name) => name.startsWith('reached'));
  return Number(/-(\d+)$/.exec(name as string)?.[1]);
};

describe('the same bits come out', () => {
  it('where a worker is killed in the middle of a shard, and its process goes with it', async () => {
    prepare();
    const server = await RedisServer.start(at('redis'));
    const doomed = await startWorker(server.url, { faults: at('faults') });
    const program = submit(server.url);
    await filesAppear(at('faults'), 'reached');
    const held = heldProcess();
    await doomed.kill('SIGKILL');
    const heir = await startWorker(server.url);
    await expectAgreement(program);
    expect(heir.count('shard-taken-over')).toBe(1);
    expect(doomed.count('shard-done') + heir.count('shard-done')).toBe(SHARDS);
    expect(isThere(held)).toBe(false);
  });

  it('where the one that merges is killed', async () => {
    prepare();
    const server = await RedisServer.start(at('redis'));
    const doomed = await startWorker(server.url, { faults: at('faults'), env: { HOLD: 'merge' } });
    writeFileSync(at('faults/open'), '');
    const program = submit(server.url);
    await filesAppear(at('faults'), 'merging');
    await doomed.kill('SIGKILL');
    const heir = await startWorker(server.url);
    await expectAgreement(program);
    expect([doomed.count('shard-done'), heir.count('shard-done')]).toEqual([SHARDS, 0]);
    expect(heir.count('flow-merged')).toBe(1);
  });

  it('where the server is killed and started again', async () => {
    prepare();
    const server = await RedisServer.start(at('redis'));
    const worker = await startWorker(server.url, { faults: at('faults') });
    const program = submit(server.url);
    await filesAppear(at('faults'), 'reached');
    await server.kill();
    await worker.logs('queue-lost');
    await program.until(({ stderr }) => stderr.includes('is lost, and waited for'), 'it told');
    writeFileSync(at('faults/open'), '');
    await server.again();
    await expectAgreement(program);
    await worker.logs('queue-found');
    expect(worker.count('flow-merged')).toBe(1);
  });

  it('where the server has forgotten all', async () => {
    prepare();
    const server = await RedisServer.start(at('redis'));
    const worker = await startWorker(server.url, { faults: at('faults') });
    const program = submit(server.url);
    await filesAppear(at('faults'), 'reached');
    await server.ask((redis) => redis.flushall());
    writeFileSync(at('faults/open'), '');
    await expectAgreement(program);
    expect(worker.count('flow-merged')).toBe(1);
  });

  it('where a worker is stopped past its lock and comes back: nothing counts twice', async () => {
    prepare();
    const server = await RedisServer.start(at('redis'));
    const late = await startWorker(server.url, { faults: at('faults') });
    const program = submit(server.url);
    await filesAppear(at('faults'), 'reached');
    const held = heldProcess();
    process.kill(late.pid, 'SIGSTOP');
    process.kill(held, 'SIGSTOP');
    const heir = await startWorker(server.url);
    await heir.logs('flow-merged');
    writeFileSync(at('faults/open'), '');
    process.kill(late.pid, 'SIGCONT');
    process.kill(held, 'SIGCONT');
    await expectAgreement(program);
    // The late one serves again, with what it is given from now on.
    await late.until(
      ({ stdout }) => /could not renew|Missing lock|shard-lost/.test(stdout),
      'it saw',
    );
    expect(await late.kill('SIGTERM')).toBe(0);
    expect(late.count('shard-done') + heir.count('shard-done')).toBeGreaterThanOrEqual(SHARDS);
    const status = await runCli(folder.path, ...statusOf(program, server.url));
    expect(status.stdout).toContain(`${SHARDS} of ${SHARDS} shards done, 0 failed`);
  });

  it('where a shard is delivered twice at once', async () => {
    prepare();
    const server = await RedisServer.start(at('redis'));
    const first = await startWorker(server.url, { faults: at('faults') });
    const program = submit(server.url);
    await filesAppear(at('faults'), 'reached');
    // What a failover does that loses the last writes: the job is waiting, and worked on.
    await server.ask(async (redis) => {
      const [active] = await redis.keys('bull:*-shards:active');
      const [id] = await redis.lrange(active as string, 0, -1);
      await redis.lpush((active as string).replace(/active$/, 'wait'), id as string);
      await redis.zadd((active as string).replace(/active$/, 'marker'), 0, '0');
    });
    const second = await startWorker(server.url, { faults: at('faults') });
    await filesAppear(at('faults'), 'reached', 2);
    writeFileSync(at('faults/open'), '');
    await expectAgreement(program);
    expect(first.count('shard-begun') + second.count('shard-begun')).toBeGreaterThan(SHARDS);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'where %s comes to a whole group of processes: the shard at work is brought to its end',
    async (signal) => {
      prepare();
      const server = await RedisServer.start(at('redis'));
      const leaving = await startWorker(server.url, { faults: at('faults'), detached: true });
      const program = submit(server.url);
      await filesAppear(at('faults'), 'reached');
      process.kill(-leaving.pid, signal);
      await leaving.logs('stopping');
      writeFileSync(at('faults/open'), '');
      expect(await leaving.ended()).toBe(0);
      expect(leaving.lines.map(({ event }) => event).slice(-3)).toEqual([
        'stopping',
        'shard-done',
        'stopped',
      ]);
      const heir = await startWorker(server.url);
      await expectAgreement(program);
      expect(heir.count('shard-taken-over')).toBe(0);
      expect(leaving.count('shard-done') + heir.count('shard-done')).toBe(SHARDS);
    },
  );

  it('where the grace period is too short: the shard is given back', async () => {
    prepare();
    const server = await RedisServer.start(at('redis'));
    const args = ['--grace', '1'];
    const leaving = await startWorker(server.url, { faults: at('faults'), args });
    const program = submit(server.url);
    await filesAppear(at('faults'), 'reached');
    expect(await leaving.kill('SIGTERM')).toBe(0);
    expect(leaving.count('shard-returned')).toBe(1);
    const heir = await startWorker(server.url);
    await expectAgreement(program);
    // It did not have to wait for a lock to expire.
    expect(heir.count('shard-taken-over')).toBe(0);
  });
});

describe('a worker ends', () => {
  it('at SIGTERM within its grace period where the server is gone', async () => {
    prepare();
    const server = await RedisServer.start(at('redis'));
    const worker = await startWorker(server.url, { faults: at('faults'), args: ['--grace', '1'] });
    submit(server.url);
    await filesAppear(at('faults'), 'reached');
    await server.kill();
    await worker.logs('queue-lost');
    expect(await worker.kill('SIGTERM')).toBe(0);
    expect(worker.lines.at(-1)).toMatchObject({ event: 'stopped' });
  });

  it('at once at a second signal', async () => {
    prepare();
    const server = await RedisServer.start(at('redis'));
    const worker = await startWorker(server.url, { faults: at('faults') });
    submit(server.url);
    await filesAppear(at('faults'), 'reached');
    worker.process.kill('SIGTERM');
    await worker.logs('stopping');
    expect(await worker.kill('SIGTERM')).toBe('SIGTERM');
  });
});

describe('results of restyle are whole', () => {
  it('where workers are killed again and again', async () => {
    putPictures(at('photos'), 30, '00003-gate.png', '00012-gate.png');
    putPicture(at('style.png'), 77);
    mkdirSync(at('faults'));
    const server = await RedisServer.start(at('redis'));
    const args = ['restyle', 'photos', '--style', 'style.png', '--out', 'styled'];
    const program = startCli(folder.path, [...args, '--queue', server.url, '--shard', '4']);
    for (const killed of [1, 2]) {
      const worker = await startWorker(server.url, { faults: at('faults') });
      await filesAppear(at('faults'), 'reached', killed);
      await worker.kill('SIGKILL');
    }
    await startWorker(server.url);
    expect(await program.ended()).toBe(1);
    const names = readdirSync(at('styled'));
    const results = new Map(names.map((name) => [name, readFileSync(at('styled', name), 'hex')]));
    const local = await runCli(folder.path, ...args, '--out', 'local');
    expect(program.stdout).toBe(local.stdout.replace(', in local', ', in styled'));
    expect(names.filter((name) => name.endsWith('.png'))).toHaveLength(32);
    for (const name of readdirSync(at('local'))) {
      expect(results.get(name), name).toBe(readFileSync(at('local', name), 'hex'));
    }
  });
});

function statusOf(program: Program, url: string): string[] {
  const [id = ''] = /count-\w+/.exec(program.stderr) ?? [];
  return ['status', id, '--queue', url];
}
