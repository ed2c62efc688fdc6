import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decode, encodePng } from '../../examples/common/codecs.ts';

const MAIN = fileURLToPath(new URL('../../examples/dataset-stats/main.ts', import.meta.url));
const PHOTOS = fileURLToPath(new URL('../../examples/restyle/photos/', import.meta.url));
const NAMES = ['astronaut', 'chelsea', 'coffee', 'ihc', 'rocket'];

interface Report {
  readonly folder: string;
  readonly pictures: number;
  readonly pixels: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly histograms: readonly (readonly number[])[];
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[];
}

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'dataset-stats-')));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

// The command that `npm run stats` runs, so that a signal reaches the program itself.
function commandOf(args: readonly string[]): string[] {
  return ['--import', import.meta.resolve('tsx'), MAIN, ...args];
}

function stats(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, commandOf(args), { cwd: folder, encoding: 'utf8' });
}

/** Runs to the end and returns the JSON as text, which is the same for the same bits. */
function report(...args: string[]): string {
  const { status, stdout } = stats(...args, '--json');
  expect(status).toBe(0);
  return stdout;
}

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, commandOf(args), { cwd: folder });
}

/** Returns how a run ended: its exit code, or the signal that killed it. */
async function ending(child: ChildProcess): Promise<number | string> {
  const [code, signal] = await once(child, 'exit');
  return code ?? signal;
}

function put(path: string, bytes: Uint8Array | string): void {
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), bytes);
}

/** Fills a folder with `count` links to photographs. */
function putPhotos(below: string, count: number): void {
  mkdirSync(join(folder, below), { recursive: true });
  for (let i = 0; i < count; i++) {
    const photo = join(PHOTOS, `${NAMES[i % NAMES.length]}.jpg`);
    symlinkSync(photo, join(folder, below, `${i}.jpg`));
  }
}

function png(width: number, height: number, level: (at: number) => number): Uint8Array {
  const data = Uint8Array.from({ length: 4 * width * height }, (_, at) => level(at));
  return encodePng({ data, width, height });
}

/** How many files the state in a file has seen. */
function filesSeen(path: string): number {
  const { statistics } = JSON.parse(readFileSync(join(folder, path), 'utf8'));
  return statistics.pictures + statistics.unreadable.length;
}

describe('npm run stats -- FOLDER', () => {
  it('finds mean, std and histogram of every pixel of every picture below the folder', () => {
    put(
      'data/a.png',
      png(7, 5, (at) => (at * 37) % 256),
    );
    put(
      'data/deep/er/b.PNG',
      png(64, 32, (at) => (at * at) % 256),
    );
    put('data/deep/c.jpg', readFileSync(join(PHOTOS, 'ihc.jpg')));
    put('data/notes.txt', 'no picture, and not named like one');
    const { mean, std, histograms, pictures, pixels, unreadable }: Report = JSON.parse(
      report('data'),
    );
    const images = ['data/a.png', 'data/deep/er/b.PNG', 'data/deep/c.jpg'].map((path) =>
      decode(readFileSync(join(folder, path))),
    );
    expect({ pictures, unreadable }).toEqual({ pictures: 3, unreadable: [] });
    for (let channel = 0; channel < 3; channel++) {
      const values = images.flatMap(({ data }) => [...data].filter((_, at) => at % 4 === channel));
      const expectedMean = values.reduce((sum, value) => sum + value / 255, 0) / values.length;
      const squares = values.reduce((sum, value) => sum + (value / 255 - expectedMean) ** 2, 0);
      const expectedStd = Math.sqrt(squares / values.length);
      // Each value was rounded to a float32 of at most 1, and so moved by 2^-25 at most.
      expect(Math.abs((mean[channel] as number) - expectedMean)).toBeLessThanOrEqual(2 ** -25);
      expect(Math.abs((std[channel] as number) - expectedStd)).toBeLessThanOrEqual(2 ** -25);
      expect(pixels).toBe(values.length);
      const counts = new Array(256).fill(0);
      for (const value of values) counts[value]++;
      expect(histograms[channel]).toEqual(counts);
    }
  });

  it('prints a table, and the line of code that takes the numbers', () => {
    put(
      'data/a.png',
      png(2, 1, (at) => [0, 51, 102, 255, 102, 51, 204, 255][at] as number),
    );
    const { status, stdout } = stats('data');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^1 picture, 2 pixels\n/);
    expect(stdout).toMatch(/^mean +0\.2000 +0\.2000 +0\.6000$/m);
    expect(stdout).toMatch(/^std +0\.2000 +0\.0000 +0\.2000$/m);
    expect(stdout).toContain(
      'imageToTensor(image, { mean: [0.2000, 0.2000, 0.6000], std: [0.2000, 0.0000, 0.2000] })',
    );
    expect(stdout).toMatch(
      /\nThis run: decoding \d+ ms, statistics \d+ ms, \d+ MB of memory at most\n$/,
    );
  });

  it('names and counts what it cannot read, and counts the rest', () => {
    putPhotos('data', 2);
    put('data/cut.jpg', readFileSync(join(PHOTOS, 'ihc.jpg')).subarray(0, 5000));
    put('data/new/format.webp', 'RIFF....WEBP');
    symlinkSync('nowhere.png', join(folder, 'data/lost.png'));
    const { pictures, unreadable }: Report = JSON.parse(report('data'));
    expect(pictures).toBe(2);
    expect(unreadable).toEqual([
      { file: 'cut.jpg', reason: expect.stringMatching(/^damaged or truncated JPEG/) },
      { file: 'lost.png', reason: 'cannot be read: no such file or directory' },
      { file: join('new', 'format.webp'), reason: 'neither a PNG nor a JPEG' },
    ]);
    const { status, stdout } = stats('data');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^2 pictures, .*\n3 files could not be read:\n {2}cut\.jpg: damaged/s);
  });

  it('follows no link to a folder, which could lead in a circle', () => {
    putPhotos('data', 1);
    symlinkSync('.', join(folder, 'data/again.png'));
    symlinkSync('..', join(folder, 'data/up'));
    expect(JSON.parse(report('data'))).toMatchObject({ pictures: 1, unreadable: [] });
  });

  it('prints its progress to standard error if that is no terminal', () => {
    putPhotos('data', 3);
    const { stdout, stderr } = stats('data', '--json');
    expect(() => JSON.parse(stdout)).not.toThrow();
    expect(stderr).toMatch(
      /^0 of 3 pictures, .+ left\n(\d of 3 pictures, .+ left\n)*3 of 3 pictures, /,
    );
  });

  it('draws the histograms, whatever the name of the folder', () => {
    put(
      'a < b & c/a.png',
      png(4, 1, (at) => (at < 8 && at % 4 !== 3 ? 0 : 100)),
    );
    expect(stats('a < b & c', '--histogram', 'h.svg').status).toBe(0);
    const svg = readFileSync(join(folder, 'h.svg'), 'utf8');
    expect(svg).toContain('>a &lt; b &amp; c</text>');
    expect(svg.match(/mean 0\.1961 {3}std 0\.1961/g)).toHaveLength(3);
    expect(svg.match(/50\.0% at 0, 0\.0% at 1/g)).toHaveLength(3);
    // Half of the pixels have level 100. It is the highest bar except level 0, and as high as the panel.
    const [, bars = ''] = svg.match(/<path d="M0 276((V[\d.]+H[\d.]+){256})V276z"/) ?? [];
    const heights = [...bars.matchAll(/V([\d.]+)H/g)].map(([, y]) => 276 - Number(y));
    expect(heights.flatMap((height, level) => (height > 0 ? [level] : []))).toEqual([0, 100]);
    expect(heights[100]).toBe(276 - 112);
  });

  it('needs no more memory for 10,000 pictures than for 1,000', () => {
    const texture = png(64, 64, (at) => (at * at * 31) % 251);
    put('texture.png', texture);
    const megabytes = [1000, 10_000].map((count) => {
      const name = `of-${count}`;
      for (let i = 0; i < count; i++) {
        const below = join(folder, name, String(i % 10));
        mkdirSync(below, { recursive: true });
        symlinkSync('../../texture.png', join(below, `${i}.png`));
      }
      const { stdout } = stats(name);
      expect(stdout).toContain(`${count.toLocaleString('en')} pictures, `);
      return Number(stdout.match(/(\d+) MB of memory/)?.[1]);
    });
    // The bytes of the pictures would take 164 MB, their tensors 492 MB.
    expect((megabytes[1] as number) - (megabytes[0] as number)).toBeLessThan(64);
  });
});

describe('npm run stats -- FOLDER --resume STATE', () => {
  it('stops at SIGINT, and gives the same bits when it is resumed', async () => {
    putPhotos('data', 30);
    put('data/1.txt.png', 'no picture');
    const whole = report('data');

    const child = start('data', '--resume', 'state.json');
    const lines = createInterface({ input: child.stderr as NodeJS.ReadableStream });
    const said: string[] = [];
    // The first line is printed when the handler is in place.
    lines.once('line', () => child.kill('SIGINT'));
    lines.on('line', (line) => said.push(line));
    expect(await ending(child)).toBe(130);
    const seen = filesSeen('state.json');
    expect(seen).toBeLessThan(31);
    expect(said.at(-1)).toBe(`Stopped after ${seen} of 31; the same command goes on from there.`);

    expect(report('data', '--resume', 'state.json')).toBe(whole);
    expect(filesSeen('state.json')).toBe(31);
    expect(report('data', '--resume', 'state.json')).toBe(whole);
  });

  it('gives the same bits when it is killed and resumed several times', async () => {
    putPhotos('data', 60);
    const whole = report('data');
    for (let kills = 0, seen = 0; kills < 2; kills++) {
      const child = start('data', '--resume', 'state.json');
      const ended = ending(child);
      const poll = setInterval(() => {
        if (readdirSync(folder).includes('state.json') && filesSeen('state.json') > seen) {
          child.kill('SIGKILL');
        }
      }, 5);
      expect(await ended).toBe('SIGKILL');
      clearInterval(poll);
      seen = filesSeen('state.json');
      expect(seen).toBeGreaterThan(0);
      expect(seen).toBeLessThan(60);
    }
    expect(report('data', '--resume', 'state.json')).toBe(whole);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('gives the same bits as without a state, whatever order the files were made in', () => {
    for (const name of ['b', 'a', 'C', 'é', '10', '9']) {
      put(
        `one/${name}.png`,
        png(50, 40, (at) => (at * name.charCodeAt(0)) % 256),
      );
    }
    for (const name of ['9', 'é', '10', 'C', 'a', 'b']) {
      put(
        `two/${name}.png`,
        png(50, 40, (at) => (at * name.charCodeAt(0)) % 256),
      );
    }
    const { folder: _, ...one } = JSON.parse(report('one', '--resume', 'state.json'));
    const { folder: __, ...two } = JSON.parse(report('two'));
    expect(two).toEqual(one);
  });

  it('refuses the state of other pictures in one line, and leaves it as it was', () => {
    putPhotos('data', 1);
    putPhotos('other', 1);
    report('data', '--resume', 'state.json');
    const before = readFileSync(join(folder, 'state.json'), 'utf8');
    const { status, stdout, stderr } = stats('other', '--resume', 'state.json');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^state\.json: is of the folder .*data, not .*other\n$/);
    expect(readFileSync(join(folder, 'state.json'), 'utf8')).toBe(before);
  });

  it('refuses a state that it could not write, before it counts', () => {
    putPhotos('data', 1);
    const { status, stderr } = stats('data', '--resume', 'no/state.json');
    expect(status).toBe(1);
    expect(stderr).toBe('no/state.json: cannot be written: there is no folder no\n');
  });
});

describe('a refusal', () => {
  it.each<[string, string[], RegExp]>([
    ['no folder', [], /^expected one folder, got 0; --help says more$/],
    ['two folders', ['empty', 'empty'], /^expected one folder, got 2/],
    ['a missing folder', ['none'], /none: cannot be read: no such file or directory$/],
    ['a file', ['notes.txt'], /notes\.txt: cannot be read: not a directory$/],
    ['a folder without pictures', ['empty'], /^empty: expected pictures, got none$/],
    [
      'a folder of damaged pictures',
      ['damaged', '--json'],
      /^damaged: none of 1 pictures could be read; a\.png: neither/,
    ],
    ['an unknown option', ['empty', '--josn'], /'--josn'/],
    ['a histogram that is no SVG', ['empty', '--histogram', 'h.png'], /\.svg, got 'h\.png'$/],
  ])('of %s is the last line, exits with 1 and prints no numbers', (_, args, message) => {
    mkdirSync(join(folder, 'empty'));
    put('notes.txt', 'text');
    put('damaged/a.png', 'text');
    const { status, stdout, stderr } = stats(...args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(message);
    expect(stderr).not.toContain('    at ');
  });

  it('of a picture that could not be written comes after the numbers', () => {
    putPhotos('data', 1);
    const { status, stdout, stderr } = stats('data', '--histogram', 'no/h.svg');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^mean /m);
    expect(stderr).toMatch(/\nno\/h\.svg: cannot be written: there is no folder no\n$/);
  });
});

it('prints its usage with --help', () => {
  const { status, stdout, stderr } = stats('--help');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const word of ['npm run stats', '--resume', '--histogram', '--json']) {
    expect(stdout).toContain(word);
  }
});
