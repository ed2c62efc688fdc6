import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { copyShippedCli } from '../support/shipped-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ODD, pictureBuckets } from './support/buckets.ts';
import { putPicture, putPictures } from './support/pictures.ts';
import { freePort, Program, startCli } from './support/programs.ts';

const SECRET = 'k7Qz-of-nobody';
const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

const folder = temporaryFolder();
const buckets = pictureBuckets(folder);
const { run, fill, resultsIn } = buckets;

const at = (...names: string[]): string => join(folder.path, ...names);

/** Returns what a command prints of a folder, as of the same pictures elsewhere. */
async function reportOf(args: readonly string[], from: string, to: string): Promise<string> {
  const { status, stdout } = await run(args);
  expect(status).toBe(0);
  return stdout.replaceAll(from, to);
}

/** Returns all files of a folder with their bytes. */
function filesIn(path: string): Record<string, string> {
  const files = readdirSync(path, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    files
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(path.length + 1), readFileSync(file, 'hex')])
      .sort(),
  );
}

const isGetOf = (name: string) => (method: string, url: string) =>
  method === 'GET' && url.includes(`/${name}`);

describe('stats', () => {
  it('prints of a bucket, a folder of it, one object and a list what it prints of files', async () => {
    await fill();
    const expected = await reportOf(['stats', '--json', 'photos'], 'photos', 's3://photos/in');
    expect(JSON.parse(expected)).toMatchObject({ pictures: 9, unreadable: [{}] });
    for (const address of ['s3://photos/in', 's3://photos/in/', 's3://photos']) {
      const { stdout } = await run(['stats', '--json', address]);
      expect(stdout.replace(`"${address}"`, '"s3://photos/in"')).toBe(expected);
    }
    const one = await reportOf(['stats', '--json', `photos/${ODD[0]}`], 'photos', 's3://photos/in');
    expect((await run(['stats', '--json', `s3://photos/in/${ODD[0]}`])).stdout).toBe(one);
    const lines = [...ODD, '00001-not.png'].map((name) => `9\t${name}\n`).join('');
    folder.put('photos/some.tsv', lines);
    const some = await reportOf(['stats', '--json', 'photos/some.tsv'], 'photos', 's3://photos/in');
    await buckets.store.put('photos', 'in/some.tsv', lines);
    expect((await run(['stats', '--json', 's3://photos/in/some.tsv'])).stdout).toBe(some);
    // A list of this machine may hold addresses.
    folder.put('far.tsv', lines.replaceAll('\t', '\ts3://photos/in/'));
    const far = await run(['stats', '--json', 'far.tsv']);
    expect(far.stdout.replace('far.tsv', 's3://photos/in/some.tsv')).toBe(some);
  });

  it('lists more than a page of keys', async () => {
    await fill();
    for (let i = 0; i < 1_000; i += 40) {
      const some = Array.from({ length: 40 }, (_, at) => `in/0/${i + at}.txt`);
      await Promise.all(some.map((key) => buckets.store.put('photos', key, 'text')));
    }
    buckets.store.breakBy();
    const { pictures } = JSON.parse((await run(['stats', '--json', 's3://photos/in'])).stdout);
    expect(pictures).toBe(9);
    expect(
      buckets.store.requests.filter((line) => line.includes('continuation-token')),
    ).toHaveLength(1);
  });

  it('takes an object as it is when it is read, and knows afterwards that it is another', async () => {
    await fill(3, []);
    const args = ['stats', '--json', 's3://photos/in', '--resume', 'state.json', '--threads', '1'];
    buckets.store.breakBy({ hits: isGetOf('in/00002.png'), kind: 'hold', times: 1 });
    const program = startCli(folder.path, args, buckets.store.env);
    await buckets.store.holds();
    putPicture(at('photos/00002.png'), 77);
    await buckets.store.put('photos', 'in/00002.png', readFileSync(at('photos/00002.png')));
    buckets.store.release();
    expect(await program.ended()).toBe(0);
    expect(program.stdout).toBe(
      await reportOf(['stats', '--json', 'photos'], 'photos', 's3://photos/in'),
    );
    const again = await run(args);
    expect(again.status).toBe(1);
    expect(again.stderr).toMatch(/is of 4 pictures .*, some of them added, removed or changed/);
  });

  it('names what fails or breaks off each time, after some tries, and counts the others', async () => {
    await fill(6, []);
    buckets.store.breakBy(
      { hits: isGetOf('in/00000.png'), kind: 'slow', times: 2 },
      { hits: isGetOf('in/00001.png'), kind: 'drop', times: 2 },
      { hits: isGetOf('in/00002.png'), kind: 'cut', times: 2 },
      { hits: isGetOf('in/00003.png'), kind: 'slow' },
      { hits: isGetOf('in/00004.png'), kind: 'drop' },
      { hits: isGetOf('in/00005.png'), kind: 'cut' },
    );
    const { status, stdout } = await run(['stats', '--json', 's3://photos/in']);
    expect(status).toBe(0);
    const file = (number: number) => `s3://photos/in/0000${number}.png`;
    const { pictures, unreadable } = JSON.parse(stdout);
    expect(pictures).toBe(3);
    expect(unreadable.slice(1)).toEqual([
      { file: file(3), reason: 'cannot be read: the store answers 503 SlowDown, 3 times' },
      { file: file(4), reason: 'cannot be read: socket hang up, 3 times' },
      { file: file(5), reason: 'cannot be read: its bytes break off: aborted, 4 times' },
    ]);
    const tries = (number: number) =>
      buckets.store.requests.filter((line) => line.includes(`in/0000${number}.png`)).length;
    expect([0, 1, 2, 3, 4, 5].map(tries)).toEqual([3, 3, 3, 3, 3, 4]);
  });
});

describe('restyle and paint', () => {
  it('write the same bytes into a bucket and a folder, from either', async () => {
    await fill();
    const style = `photos/${ODD[1]}`;
    await run(['restyle', 'photos', '--style', style, '--out', 'expected']);
    const expected = filesIn(at('expected'));
    expect(Object.keys(expected)).toHaveLength(9);
    const far = `s3://photos/in/${ODD[1]}`;
    const each = [
      ['s3://photos/in', far, 's3://results/a'],
      ['photos', far, 's3://results/b/'],
      ['s3://photos/in', style, 'c'],
    ] as const;
    for (const [content, style, out] of each) {
      const { stderr } = await run(['restyle', content, '--style', style, '--out', out]);
      expect(stderr).toMatch(/1 of 10 pictures could not be restyled\n$/);
    }
    expect(await resultsIn('a/')).toEqual(expected);
    expect(await resultsIn('b/')).toEqual(expected);
    expect(filesIn(at('c'))).toEqual(expected);
    await run(['paint', 'photos/00000.png', '--style', 'starry-night', '--out', 'd.png']);
    const painted = ['--style', 'starry-night', '--out', 's3://results/d.png'];
    const { stdout } = await run(['paint', 's3://photos/in/00000.png', ...painted]);
    expect(stdout).toMatch(/^s3:\/\/results\/d\.png: 16 x 1, 1 KB\n$/);
    expect(await buckets.store.get('results', 'd.png')).toEqual(readFileSync(at('d.png')));
    // Beside the contents, and never over them.
    await run(['restyle', 's3://photos/in/00000.png', '--style', style]);
    expect(await buckets.store.keys('photos')).toContain('in/00000-restyled.png');
    const over = await run([...['restyle', far, '--style', style, '--out', 's3://photos/in/']]);
    expect(over.stderr).toBe(`${far}: is an input; --overwrite replaces it\n`);
  });

  it('write no result at all where the store takes none', async () => {
    await fill(3, []);
    buckets.store.breakBy({ hits: (method) => method === 'PUT', kind: 'slow' });
    const args = ['restyle', 's3://photos/in', '--style', 'photos/00000.png', '--threads', '1'];
    const { status, stderr } = await run([...args, '--out', 's3://results/a']);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /s3:\/\/results\/a\/00000\.png: cannot be written: the store answers 503 SlowDown, 3 times\n$/,
    );
    expect(await buckets.store.keys('results')).toEqual([]);
  });
});

describe('refuses in one line', () => {
  const cases: readonly [string, string, Record<string, string>, RegExp][] = [
    ['a bucket that is none', 's3://nobodys/in', {}, /nobodys\/in: .*there is no such bucket$/],
    ['a bucket of nothing', 's3://results', {}, /results: .*the bucket is empty$/],
    ['a folder of nothing', 's3://photos/none', {}, /there is no such object, and none below it$/],
    ['a folder that begins as another', 's3://photos/i', {}, /no such object, and none below it$/],
    [
      'another key',
      's3://photos/in',
      { AWS_ACCESS_KEY_ID: SECRET },
      /s3:\/\/photos\/in: cannot be read: the store refuses the credentials: InvalidAccessKeyId$/,
    ],
    [
      'no region',
      's3://photos/in',
      { AWS_ENDPOINT_URL_S3: '' },
      /no region; AWS_REGION gives one$/,
    ],
    [
      'an endpoint that is none',
      's3://photos/in',
      { AWS_ENDPOINT_URL_S3: 'elsewhere' },
      /AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL is no URL$/,
    ],
    ['a password in the address', `s3://me:${SECRET}@photos`, {}, /^expected s3:\/\/BUCKET or/],
  ];

  it.each(cases)('%s', async (_, address, env, reason) => {
    await buckets.store.put('photos', 'in/a.png', 'a');
    const { status, stdout, stderr } = await run(['stats', address], env);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.trimEnd()).toMatch(reason);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(stderr).not.toContain(SECRET);
  });

  it('a store that nobody is at, and a state in a store', async () => {
    const AWS_ENDPOINT_URL_S3 = `http://127.0.0.1:${await freePort()}`;
    const { stderr } = await run(['stats', 's3://photos/in'], { AWS_ENDPOINT_URL_S3 });
    expect(stderr).toBe('s3://photos/in: cannot be read: connection refused, 3 times\n');
    const state = await run(['stats', 's3://photos/in', '--resume', 's3://results/state']);
    expect(state.stderr).toMatch(/^--resume: expected a file of this machine/);
  });

  it('an address where the client is not installed, and nothing else', async () => {
    putPictures(at('photos'), 2);
    copyShippedCli(at('cli'));
    mkdirSync(at('node_modules'));
    for (const name of readdirSync(MODULES).filter((name) => name !== '@aws-sdk')) {
      symlinkSync(join(MODULES, name), at('node_modules', name));
    }
    const stats = async (what: string) => {
      const args = [at('cli/bin/wasm-norm.cjs'), 'stats', what];
      const program = new Program(process.execPath, args, { cwd: folder.path });
      const status = await program.ended();
      return { status, stderr: program.stderr };
    };
    expect(await stats('s3://photos')).toEqual({
      status: 1,
      stderr: 's3://: needs packages that are not there: npm install @aws-sdk/client-s3\n',
    });
    expect((await stats('photos')).status).toBe(0);
  });
});
