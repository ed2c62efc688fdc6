import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { putPicture } from './support/pictures.ts';
import { runCli, startCli, startWorker } from './support/programs.ts';
import { RedisServer } from './support/redis.ts';

const PICTURES = 20_000;

const folder = temporaryFolder();

it('20,000 pictures, four workers, of which two are killed: the same bytes come out', async () => {
  for (let i = 0; i < PICTURES; i++) {
    const below = join(folder.path, 'photos', String(i % 20).padStart(2, '0'));
    if (i < 20) mkdirSync(below, { recursive: true });
    putPicture(join(below, `${i}.png`), i);
  }
  const server = await RedisServer.start(join(folder.path, 'redis'));
  const local = await runCli(folder.path, 'stats', 'photos', '--json', '--threads', '2');
  const workers = await Promise.all([1, 2, 3, 4].map(() => startWorker(server.url)));
  const args = ['stats', 'photos', '--json', '--queue', server.url, '--shard', '500'];
  const program = startCli(folder.path, args);
  // Each of them in the middle of a shard, the second later.
  for (const [at, doomed] of workers.slice(0, 2).entries()) {
    await doomed.logs('shard-begun', 1 + at);
    await doomed.kill('SIGKILL');
  }
  expect(await program.ended()).toBe(0);
  expect(program.stdout).toBe(local.stdout);
  expect(JSON.parse(program.stdout).pictures).toBe(PICTURES);
  const [taken, merged] = ['shard-taken-over', 'flow-merged'].map((event) =>
    workers.reduce((sum, worker) => sum + worker.count(event), 0),
  );
  expect([taken, merged]).toEqual([2, 1]);
}, 900_000);
