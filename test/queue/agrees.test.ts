import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { filesAppear, putPicture, putPictures } from './support/pictures.ts';
import { runCli, startCli, startWorker } from './support/programs.ts';
import { RedisServer } from './support/redis.ts';

const folder = temporaryFolder();

const start = () => RedisServer.start(join(folder.path, 'redis'));

describe('wasm-norm stats --queue', () => {
  it('prints what the command prints without it, byte for byte', async () => {
    putPictures(join(folder.path, 'photos'), 23);
    const server = await start();
    await startWorker(server.url, { args: ['--threads', '2'] });
    for (const options of [
      [],
      ['--json'],
      ['--json', '--per', 'image'],
      ['--json', '--histogram', 'a.svg'],
      ['--json', '--mask', 'tissue'],
    ]) {
      const local = await runCli(folder.path, 'stats', 'photos', ...options);
      expect(local.status).toBe(0);
      const svg = options.includes('a.svg') && readFileSync(join(folder.path, 'a.svg'), 'utf8');
      for (const size of options.length === 1 ? ['1', '7', '1000'] : ['7']) {
        const queue = ['--queue', server.url, '--shard', size];
        const { status, stdout } = await runCli(
          folder.path,
          'stats',
          'photos',
          ...options,
          ...queue,
        );
        expect({ status, stdout }, options.join(' ')).toEqual({ status: 0, stdout: local.stdout });
        if (svg) expect(readFileSync(join(folder.path, 'a.svg'), 'utf8')).toBe(svg);
      }
    }
  });

  it('ends as the command ends without it where no picture counts', async () => {
    folder.put('photos/a.png', 'none');
    const server = await start();
    await startWorker(server.url);
    const local = await runCli(folder.path, 'stats', 'photos');
    const { status, stdout, stderr } = await runCli(
      folder.path,
      ...['stats', 'photos', '--queue', server.url],
    );
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.split('\n').at(-2)).toBe(local.stderr.split('\n').at(-2));
  });

  it('is worked on once, however often it is submitted', async () => {
    putPictures(join(folder.path, 'photos'), 8, 'gate.png');
    const server = await start();
    const faults = join(folder.path, 'faults');
    mkdirSync(faults);
    const worker = await startWorker(server.url, { faults });
    const args = ['stats', 'photos', '--json', '--queue', server.url, '--shard', '2'];
    const first = startCli(folder.path, args);
    await filesAppear(faults, 'reached');
    const others = [startCli(folder.path, args), startCli(folder.path, args)];
    for (const other of others) {
      await other.until(({ stderr }) => stderr.includes('is being worked on already'), 'it joined');
    }
    writeFileSync(join(faults, 'open'), '');
    const status = await first.ended();
    for (const other of others) {
      expect([await other.ended(), other.stdout]).toEqual([status, first.stdout]);
    }
    expect(JSON.parse(first.stdout)).toMatchObject({ pictures: 9, unreadable: { length: 1 } });
    const again = await runCli(folder.path, ...args);
    expect(again.stdout).toBe(first.stdout);
    expect(again.stderr).toContain('this is its stored result');
    expect([worker.count('shard-begun'), worker.count('flow-merged')]).toEqual([5, 1]);
  });

  it('counts a picture anew that has changed', async () => {
    putPictures(join(folder.path, 'photos'), 3);
    const server = await start();
    await startWorker(server.url);
    const args = ['stats', 'photos', '--json', '--queue', server.url];
    const before = await runCli(folder.path, ...args);
    putPicture(join(folder.path, 'photos/00002.png'), 99);
    const after = await runCli(folder.path, ...args);
    expect(after.stdout).not.toBe(before.stdout);
    expect(after.stdout).toBe((await runCli(folder.path, 'stats', 'photos', '--json')).stdout);
  });

  it('goes on without whoever has submitted it: --detach, and wasm-norm status', async () => {
    putPictures(join(folder.path, 'photos'), 8);
    const server = await start();
    const args = ['stats', 'photos', '--json', '--queue', server.url, '--shard', '4'];
    const detached = await runCli(folder.path, ...args, '--detach');
    expect(detached.status).toBe(0);
    const id = detached.stdout.trim();
    expect(detached.stderr).toContain(`${id}: 3 shards of 9 pictures are submitted\n`);
    expect(detached.stderr).toContain('No worker serves it yet: wasm-norm worker --queue redis://');
    const status = async () =>
      (await runCli(folder.path, 'status', id, '--queue', server.url)).stdout;
    expect(await status()).toBe(
      `${id}: stats of 9 pictures, at work\n0 of 3 shards done, 0 failed, 0 workers\n`,
    );
    const worker = await startWorker(server.url);
    const joined = await runCli(folder.path, ...args);
    expect(joined.stdout).toBe((await runCli(folder.path, 'stats', 'photos', '--json')).stdout);
    expect(await status()).toBe(
      `${id}: stats of 9 pictures, finished\n3 of 3 shards done, 0 failed, 1 workers\n`,
    );
    const remove = ['status', id, '--remove', '--queue', server.url];
    expect((await runCli(folder.path, ...remove)).stdout).toBe(`${id}: removed\n`);
    const gone = await runCli(folder.path, ...remove);
    expect([gone.status, gone.stderr]).toEqual([
      1,
      expect.stringMatching(`^${id}: there is no such work of version `),
    ]);
    // Nothing of it is left in the server, but the queues' own bookkeeping.
    expect(await server.ask((redis) => redis.keys(`*${id}*`))).toEqual([]);
    await runCli(folder.path, ...args);
    expect(worker.count('shard-begun')).toBe(6);
  });

  it('ends its waiting alone at SIGINT', async () => {
    putPictures(join(folder.path, 'photos'), 3);
    const server = await start();
    const program = startCli(folder.path, ['stats', 'photos', '--queue', server.url]);
    await program.until(({ stderr }) => stderr.includes('0 of 4 pictures'), 'it waited');
    expect(await program.kill('SIGINT')).toBe(130);
    const [id] = /count-\w+/.exec(program.stderr) ?? [];
    expect(program.stderr).toContain(
      `Stopped waiting; the work goes on: wasm-norm status ${id} --queue ${server.url}\n`,
    );
  });
});

describe('wasm-norm restyle --queue', () => {
  it('writes and prints what the command does without it', async () => {
    putPictures(join(folder.path, 'photos/below'), 9);
    putPicture(join(folder.path, 'style.png'), 77);
    const server = await start();
    await startWorker(server.url, { args: ['--threads', '2'] });
    const args = ['restyle', 'photos', '--style', 'style.png', '--out', 'styled'];
    const local = await runCli(folder.path, ...args);
    const results = () =>
      readdirSync(join(folder.path, 'styled/below')).map((name) => [
        name,
        readFileSync(join(folder.path, 'styled/below', name), 'base64'),
      ]);
    const expected = results();
    expect(expected).toHaveLength(9);
    rmSync(join(folder.path, 'styled'), { recursive: true });
    const queue = ['--queue', server.url, '--shard', '4'];
    const queued = await runCli(folder.path, ...args, ...queue);
    expect([queued.status, queued.stdout]).toEqual([local.status, local.stdout]);
    expect(queued.stderr).toContain('photos/below/00001-not.png: a text that begins with');
    expect(results()).toEqual(expected);

    // A stored result is one whose files are still there.
    const stored = await runCli(folder.path, ...args, ...queue);
    expect([stored.stdout, stored.status]).toEqual([local.stdout, 1]);
    expect(stored.stderr).toContain('this is its stored result');
    rmSync(join(folder.path, 'styled/below/00003.png'));
    const mended = await runCli(folder.path, ...args, ...queue);
    expect(mended.stdout).toBe(local.stdout);
    expect(mended.stderr).toContain('1 of its 3 shards are worked on again');
    expect(results()).toEqual(expected);
  });

  it('tells of one picture what the command tells', async () => {
    putPicture(join(folder.path, 'a.png'), 1);
    putPicture(join(folder.path, 'style.png'), 77);
    const server = await start();
    await startWorker(server.url);
    const args = ['restyle', 'a.png', '--style', 'style.png', '--out', 'b.jpg'];
    const local = await runCli(folder.path, ...args);
    rmSync(join(folder.path, 'b.jpg'));
    const queued = await runCli(folder.path, ...args, '--queue', server.url);
    expect([queued.status, queued.stdout]).toEqual([0, local.stdout]);
  });
});

describe('wasm-norm paint --queue', () => {
  it('writes and prints what the command does without it', async () => {
    putPictures(join(folder.path, 'photos'), 3);
    const server = await start();
    await startWorker(server.url);
    const args = ['paint', 'photos', '--style', 'great-wave', '--out', 'painted'];
    const local = await runCli(folder.path, ...args);
    const results = () =>
      readdirSync(join(folder.path, 'painted')).map((name) =>
        readFileSync(join(folder.path, 'painted', name), 'base64'),
      );
    const expected = results();
    expect(expected).toHaveLength(3);
    rmSync(join(folder.path, 'painted'), { recursive: true });
    const queued = await runCli(folder.path, ...args, '--queue', server.url, '--shard', '2');
    expect([queued.status, queued.stdout]).toEqual([local.status, local.stdout]);
    expect(results()).toEqual(expected);
  });
});
