import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ODD, pictureBuckets } from './support/buckets.ts';
import { startCli, startWorker } from './support/programs.ts';
import { RedisServer } from './support/redis.ts';

const SECRET = 'k7Qz-of-nobody';

const folder = temporaryFolder();
const buckets = pictureBuckets(folder);
const { run, fill, resultsIn } = buckets;

const at = (...names: string[]): string => join(folder.path, ...names);

describe('workers', () => {
  it('come to the same, whole or absent, where one is killed at its writing; without secrets', async () => {
    await fill();
    const redis = await RedisServer.start(at('redis'));
    const env = { ...buckets.store.env, AWS_SECRET_ACCESS_KEY: SECRET };
    const stats = ['stats', '--json', 's3://photos/in'];
    const restyle = ['restyle', 's3://photos/in', '--style', `s3://photos/in/${ODD[1]}`, '--out'];
    const queue = ['--queue', redis.url, '--shard', '4'];
    const local = await run([...restyle, 's3://results/local']);
    buckets.store.breakBy({
      hits: (method, url) => method === 'PUT' && url.includes('/queued/00003'),
      kind: 'hold',
      times: 1,
    });
    const doomed = await startWorker(redis.url, { env });
    const program = startCli(folder.path, [...restyle, 's3://results/queued', ...queue], env);
    await buckets.store.holds();
    await doomed.kill('SIGKILL');
    expect(await buckets.store.keys('results')).not.toContain('queued/00003.png');
    const worker = await startWorker(redis.url, { env });
    expect(await program.ended()).toBe(1);
    buckets.store.release();
    expect(program.stdout).toBe(local.stdout.replaceAll('local', 'queued'));
    expect(await resultsIn('queued/')).toEqual(await resultsIn('local/'));
    expect((await run([...stats, ...queue], env)).stdout).toBe((await run(stats)).stdout);

    // What is done is not done again; what is gone is.
    const stored = await run([...restyle, 's3://results/queued', ...queue], env);
    expect(stored.stderr).toMatch(/is finished: this is its stored result/);
    await buckets.store.remove('results', 'queued/00003.png');
    const again = await run([...restyle, 's3://results/queued', ...queue], env);
    expect(again.stderr).toMatch(/1 of its 3 shards are worked on again, the others are done/);
    expect(await resultsIn('queued/')).toEqual(await resultsIn('local/'));

    const told = [doomed, worker, program].map(({ stdout, stderr }) => stdout + stderr).join('');
    const kept = readdirSync(at('redis'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('');
    expect(kept).toContain('s3://photos/in');
    for (const text of [told, kept]) {
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain('S3RVER');
    }
  });

  it('fail a shard, and do not name its pictures, where their own credentials are refused', async () => {
    await fill(3, []);
    const redis = await RedisServer.start(at('redis'));
    await startWorker(redis.url, { env: { ...buckets.store.env, AWS_ACCESS_KEY_ID: SECRET } });
    const { status, stderr, stdout } = await run([
      ...['stats', '--json', 's3://photos/in', '--queue', redis.url],
    ]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/1 of 1 shards failed.* the store refuses the credentials: InvalidAcc/);
    expect(stderr).not.toContain(SECRET);
  });
});
