import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { chunk, header, pngOf } from '../support/png.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { putPicture, putPictures } from './support/pictures.ts';
import { runCli, startCli, startWorker } from './support/programs.ts';
import { RedisServer } from './support/redis.ts';

const folder = temporaryFolder();

const at = (...names: string[]): string => join(folder.path, ...names);

/** Counts the pictures of a folder by a worker with faults, and holds them to a run without. */
async function expectNamed(
  reasons: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<void> {
  mkdirSync(at('faults'));
  const server = await RedisServer.start(at('redis'));
  const worker = await startWorker(server.url, { faults: at('faults'), args });
  const queued = await runCli(folder.path, ...['stats', 'photos', '--json', '--queue', server.url]);
  expect(queued.status).toBe(0);
  const { unreadable, ...rest } = JSON.parse(queued.stdout);
  for (const [name, reason] of Object.entries(reasons)) {
    expect(unreadable).toContainEqual({ file: `photos/${name}`, reason });
    rmSync(at('photos', name));
  }
  // All others are counted, each once.
  const local = await runCli(folder.path, 'stats', 'photos', '--json');
  const { unreadable: expected, ...others } = JSON.parse(local.stdout);
  expect(rest).toEqual(others);
  expect(unreadable).toHaveLength(expected.length + Object.keys(reasons).length);
  expect(worker.count('shard-failed')).toBe(0);
}

describe('one picture is named, and the others are counted, where it', () => {
  it('ends the process that reads it, each time', async () => {
    putPictures(at('photos'), 9, '00005-deadly.png');
    await expectNamed({
      '00005-deadly.png': 'ended the process that read it (SIGKILL), 3 times of 3',
    });
  });

  it('never comes to its end, at rest or at work', async () => {
    putPictures(at('photos'), 9, '00002-hang.png', '00006-spin.png');
    const reason = 'took more than 3 s';
    await expectNamed({ '00002-hang.png': reason, '00006-spin.png': reason }, [
      ...['--picture-seconds', '3'],
    ]);
  });

  it('takes ever more memory', async () => {
    putPictures(at('photos'), 5, '00002-hungry.png');
    await expectNamed({ '00002-hungry.png': 'took more than 400 MB of memory' }, [
      ...['--picture-memory', '400'],
    ]);
  });

  it('is of a few kilobytes, and a gigabyte once it is decoded', async () => {
    putPictures(at('photos'), 5);
    const size = 16_000;
    const bomb = pngOf(
      header({ colourType: 0, depth: 1, width: size, height: size }),
      chunk('IDAT', deflateSync(Buffer.alloc((1 + size / 8) * size))),
    );
    writeFileSync(at('photos/00002-bomb.png'), bomb);
    await expectNamed({ '00002-bomb.png': 'took more than 400 MB of memory' }, [
      ...['--picture-memory', '400'],
    ]);
  });

  it('is a FIFO, a socket, or a link to a device', async () => {
    putPictures(at('photos'), 5);
    execFileSync('mkfifo', [at('photos/a.jpg')]);
    const socket = createServer().listen(at('photos/b.png'));
    symlinkSync('/dev/zero', at('photos/c.png'));
    try {
      const server = await RedisServer.start(at('redis'));
      await startWorker(server.url);
      const args = ['stats', 'photos', '--json'];
      const { stdout } = await runCli(folder.path, ...args, '--queue', server.url);
      const { unreadable } = JSON.parse(stdout);
      expect(unreadable.slice(1)).toEqual([
        { file: 'photos/a.jpg', reason: 'a FIFO, not a file' },
        { file: 'photos/b.png', reason: 'a socket, not a file' },
        { file: 'photos/c.png', reason: 'a device, not a file' },
      ]);
      expect(stdout).toBe((await runCli(folder.path, ...args)).stdout);
    } finally {
      socket.close();
    }
  });
});

describe('a shard fails by name, and the others are merged, where', () => {
  it('its worker is killed at every attempt', async () => {
    putPictures(at('photos'), 9, '00005-murder.png');
    mkdirSync(at('faults'));
    const server = await RedisServer.start(at('redis'));
    const args = ['stats', 'photos', '--json', '--queue', server.url, '--shard', '4'];
    const program = startCli(folder.path, args);
    for (let attempt = 1; attempt <= 3; attempt++) {
      const doomed = await startWorker(server.url, { faults: at('faults') });
      expect(await doomed.ended(), `attempt ${attempt}`).toBe('SIGKILL');
    }
    await startWorker(server.url, { faults: at('faults') });
    expect(await program.ended()).toBe(1);
    expect(program.stderr).toMatch(
      /1 of 3 shards failed, and their pictures are missing; the same command works on them again; shard 2 \(photos\/00003\.png to photos\/00005\.png\): its worker was lost 3 times\n$/,
    );
    const { pictures, unreadable } = JSON.parse(program.stdout);
    expect([pictures, unreadable.length]).toEqual([6, 1]);
    // Mended, the same command works on that shard alone, and comes to the bits of one process.
    await startWorker(server.url);
    const mended = await runCli(folder.path, ...args);
    expect(mended.stderr).toMatch(/1 of its 3 shards are worked on again, the others are done/);
    expect(mended.stdout).toBe((await runCli(folder.path, 'stats', 'photos', '--json')).stdout);
  });

  it('a worker does not see the folder', async () => {
    putPictures(at('photos'), 3);
    const server = await RedisServer.start(at('redis'));
    const args = ['stats', 'photos', '--json', '--queue', server.url];
    const id = (await runCli(folder.path, ...args, '--detach')).stdout.trim();
    // The worker's machine has another folder in its place.
    rmSync(at('photos'), { recursive: true });
    const moved = `${folder.path}-moved`;
    execFileSync('mv', [folder.path, moved]);
    writeFileSync(folder.path, '');
    try {
      const worker = await startWorker(server.url);
      await worker.logs('flow-merged');
      expect(worker.count('shard-failed')).toBe(3);
      const { stdout } = await runCli('/', 'status', id, '--queue', server.url);
      expect(stdout).toContain(
        `shard 1: ${folder.path}: can't be entered where a worker is (not a directory); expected ` +
          'the same folder on every machine\n',
      );
    } finally {
      rmSync(folder.path);
      execFileSync('mv', [moved, folder.path]);
    }
  });
});

describe('a full disk', () => {
  let mounted: string | null = null;

  afterEach(() => {
    if (mounted !== null) execFileSync('umount', [mounted]);
    mounted = null;
  });

  it('fails shards by name, and the same command goes on with those once there is room', async () => {
    mkdirSync(at('photos'));
    for (let i = 0; i < 12; i++) {
      const noise = createHash('shake256', { outputLength: 3 * 4_096 })
        .update(String(i))
        .digest();
      const raw = { width: 64, height: 64, channels: 3 as const };
      await sharp(noise, { raw })
        .png()
        .toFile(at(`photos/${String(i).padStart(2, '0')}.png`));
    }
    putPicture(at('style.png'), 7);
    mkdirSync(at('styled'));
    // Needs root.
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at('styled')]);
    mounted = at('styled');
    const server = await RedisServer.start(at('redis'));
    const worker = await startWorker(server.url);
    const args = ['restyle', 'photos', '--style', 'style.png'];
    const queued = [...args, '--out', 'styled', '--queue', server.url, '--shard', '3'];
    const full = await runCli(folder.path, ...queued);
    expect(full.status).toBe(1);
    expect(full.stderr).toMatch(/\d of 4 shards failed/);
    expect(full.stderr).toContain('cannot be written: no space left on device');
    const left = readdirSync(mounted);
    expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    const done = worker.count('shard-done');
    expect(done).toBeGreaterThan(0);

    execFileSync('mount', ['-o', 'remount,size=1m', mounted]);
    const mended = await runCli(folder.path, ...queued);
    expect(mended.stderr).toContain(`${4 - done} of its 4 shards are worked on again`);
    expect(worker.count('shard-done')).toBe(4);
    const local = await runCli(folder.path, ...args, '--out', 'local');
    expect([mended.status, mended.stdout.replace('styled', 'local')]).toEqual([0, local.stdout]);
    execFileSync('diff', ['-r', at('local'), mounted]);
  });
});

describe('leftovers of killed workers', () => {
  it('are no pictures, and are removed by the next run', async () => {
    putPictures(at('photos'), 4);
    putPicture(at('style.png'), 7);
    const leftover = '.00002.png.3f0f7d6c-7c5b-4e53-9bb5-04b6f0e4f5a1.tmp';
    for (const place of ['photos', 'styled']) folder.put(`${place}/${leftover}`, 'half a picture');
    folder.put('styled/.keep.tmp', 'of somebody else');
    const server = await RedisServer.start(at('redis'));
    await startWorker(server.url);
    const args = ['restyle', 'photos', '--style', 'style.png', '--out', 'styled'];
    const { stdout } = await runCli(folder.path, ...args, '--queue', server.url);
    expect(stdout).toContain('4 of 5 pictures');
    expect(readdirSync(at('styled')).sort()).toEqual(
      ['.keep.tmp', ...[0, 1, 2, 3].map((i) => `0000${i}.png`)].sort(),
    );
  });
});
