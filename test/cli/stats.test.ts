import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { PHOTOS, type Run, runHere, startWasmNorm, wasmNorm } from '../support/command-line.ts';
import { readJson } from '../support/json-files.ts';
import { png } from '../support/png.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const NAMES = ['astronaut', 'chelsea', 'coffee', 'ihc', 'rocket'];

interface Report {
  readonly pictures: number;
  readonly pixels: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly histograms: readonly (readonly number[])[];
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[];
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

const folder = temporaryFolder();

const stats = (...args: string[]): Promise<Run> => runHere(folder.path, 'stats', ...args);

/** Runs to the end and returns the JSON as text, which is the same for the same bits. */
async function report(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await stats(...args, '--json');
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return stdout;
}

/** Does so in a process of its own, which may have threads. */
function reportOfThreads(...args: string[]): string {
  const { status, stdout } = wasmNorm(folder.path, 'stats', ...args, '--json');
  expect(status).toBe(0);
  return stdout;
}

const reportOf = async (...args: string[]): Promise<Report> => JSON.parse(await report(...args));

/** Fills a folder with `count` links to photographs. */
function putPhotos(below: string, count: number): void {
  mkdirSync(join(folder.path, below), { recursive: true });
  for (let i = 0; i < count; i++) {
    const photo = join(PHOTOS, `${NAMES[i % NAMES.length]}.jpg`);
    symlinkSync(photo, join(folder.path, below, `${i}.jpg`));
  }
}

/** Writes a PNG of RGBA bytes. */
async function put(
  path: string,
  width: number,
  height: number,
  level: (at: number) => number,
): Promise<Uint8Array> {
  const data = Uint8Array.from({ length: 4 * width * height }, (_, at) => level(at));
  const raw = { width, height, channels: 4 as const };
  folder.put(path, await sharp(data, { raw }).png().toBuffer());
  return data;
}

/** How many files the state in a file has seen. */
function filesSeen(path: string): number {
  const { statistics } = JSON.parse(readFileSync(join(folder.path, path), 'utf8'));
  return statistics.pictures + statistics.unreadable.length;
}

describe('wasm-norm stats FOLDER', () => {
  it('finds the mean and std that Pillow gives for the photographs, to 5 digits', async () => {
    const pillow = readJson('fixtures/pillow-photographs') as Record<string, Report>;
    for (const [name, { mean, std }] of Object.entries(pillow)) {
      const found = await reportOf(name === 'all' ? PHOTOS : join(PHOTOS, name));
      const digits = (values: readonly number[]) => values.map((value) => value.toFixed(5));
      expect(digits(found.mean), name).toEqual(digits(mean));
      expect(digits(found.std), name).toEqual(digits(std));
    }
  });

  it('counts every pixel that is seen of every picture below the folder', async () => {
    const images = [
      await put('data/a.png', 7, 5, (at) => (at * 37) % 256),
      await put('data/deep/er/b.PNG', 64, 32, (at) => (at * at) % 256),
    ];
    folder.put('data/notes.txt', 'no picture, and not named like one');
    folder.put('data/._a.png', 'what a Mac keeps of a picture');
    const found = await reportOf('data', '--histogram', 'h.svg');
    expect(found).toMatchObject({ pictures: 2, unreadable: [], skipped: [] });
    for (let channel = 0; channel < 3; channel++) {
      const values = images.flatMap((data) =>
        [...data].filter((_, at) => at % 4 === channel && data[at - channel + 3] !== 0),
      );
      const mean = values.reduce((sum, value) => sum + value / 255, 0) / values.length;
      const squares = values.reduce((sum, value) => sum + (value / 255 - mean) ** 2, 0);
      expect(found.mean[channel]).toBeCloseTo(mean, 12);
      expect(found.std[channel]).toBeCloseTo(Math.sqrt(squares / values.length), 12);
      expect(found.pixels).toBe(values.length);
      const counts = new Array(256).fill(0);
      for (const value of values) counts[value]++;
      expect(found.histograms[channel]).toEqual(counts);
    }
  });

  it('counts 16 bits as 16 bits', async () => {
    const row = [0x12, 0x34, 0, 1, 0xff, 0xfe, 0x12, 0x36, 0, 3, 0xff, 0xff];
    folder.put('a/a.png', png({ colourType: 2, depth: 16, width: 2, row }));
    const { mean, std } = await reportOf('a');
    expect(mean).toEqual([0x1235 / 65535, 2 / 65535, 131069 / 131070]);
    expect(std).toEqual([1 / 65535, 1 / 65535, 1 / 131070]);
  });

  it('lets each picture weigh the same with --per image', async () => {
    const gray = (row: number[]) => png({ colourType: 0, depth: 8, width: row.length, row });
    folder.put('a/1.png', gray([0, 0, 0, 0, 0, 0]));
    folder.put('a/2.png', gray([102, 204]));
    // Of six pixels at 0 and three times as many, 0.4 and 0.8: mean 0.3, mean square 0.2.
    const { mean, std } = await reportOf('a', '--per', 'image');
    for (const value of mean) expect(value).toBeCloseTo(0.3, 15);
    for (const value of std) expect(value).toBeCloseTo(Math.sqrt(0.2 - 0.09), 15);
    expect((await reportOf('a')).mean[0]).toBeCloseTo(1.2 / 8, 15);
  });

  it('counts tissue alone with --mask tissue', async () => {
    const row = [100, 40, 90, 243, 243, 243];
    folder.put('a/1.png', png({ colourType: 2, depth: 8, width: 2, row }));
    expect(await reportOf('a', '--mask', 'tissue')).toMatchObject({
      pixels: 1,
      mean: [100 / 255, 40 / 255, 90 / 255],
    });
    expect(await reportOf('a')).toMatchObject({ pixels: 2 });
  });

  it('prints a table, and the lines of code that take the numbers', async () => {
    await put('data/a.png', 2, 1, (at) => [0, 51, 102, 255, 102, 51, 204, 255][at] as number);
    const { status, stdout, stderr } = await stats('data');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^1 picture, 2 pixels\n/);
    expect(stdout).toMatch(/^mean +0\.2000 +0\.2000 +0\.6000$/m);
    expect(stdout).toMatch(/^std +0\.2000 +0\.0000 +0\.2000$/m);
    expect(stdout).toContain(
      'transforms.Normalize(mean=[0.2000, 0.2000, 0.6000], std=[0.2000, 0.0000, 0.2000])',
    );
    expect(stdout).toContain(
      'imageToTensor(image, { mean: [0.2000, 0.2000, 0.6000], std: [0.2000, 0.0000, 0.2000] })',
    );
    // What depends on the machine is not among the results.
    expect(stdout).not.toContain('MB');
    expect(stderr).toMatch(/\n\d+ MB of memory at most\n$/);
  });

  it('names and counts what it cannot read, and counts the rest', async () => {
    putPhotos('data', 2);
    folder.put('data/cut.jpg', readFileSync(join(PHOTOS, 'ihc.jpg')).subarray(0, 5000));
    folder.put('data/new/format.webp', 'RIFF....WEBP');
    symlinkSync('nowhere.png', join(folder.path, 'data/lost.png'));
    const { pictures, unreadable } = await reportOf('data');
    expect(pictures).toBe(2);
    expect(unreadable).toEqual([
      {
        file: join('data', 'cut.jpg'),
        reason: expect.stringMatching(/^damaged or truncated JPEG/),
      },
      { file: join('data', 'lost.png'), reason: 'cannot be read: no such file or directory' },
      {
        file: join('data', 'new', 'format.webp'),
        reason: expect.stringMatching(/^damaged or truncated WebP/),
      },
    ]);
    const { status, stdout } = await stats('data');
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^2 pictures, .*\n3 files could not be read:\n {2}data.cut\.jpg: damaged/s,
    );
  });

  it('follows links to folders, and names those that lead round in a circle or nowhere', async () => {
    putPhotos('elsewhere', 2);
    putPhotos('data', 1);
    symlinkSync('../elsewhere', join(folder.path, 'data/linked'));
    symlinkSync('..', join(folder.path, 'elsewhere/up'));
    symlinkSync('.', join(folder.path, 'data/again'));
    symlinkSync('nowhere', join(folder.path, 'data/lost'));
    const { pictures, skipped } = await reportOf('data');
    // Up again there are the folder itself, in which it lies, and the other, which it came from.
    expect(pictures).toBe(3);
    const circle = 'a link to a folder that it lies in';
    expect(skipped).toEqual([
      { file: 'data/again', reason: circle },
      { file: 'data/linked/up/data', reason: circle },
      { file: 'data/linked/up/elsewhere', reason: circle },
      { file: 'data/lost', reason: 'a link that leads nowhere' },
    ]);
    expect((await stats('data')).stdout).toMatch(
      /\n4 links passed over:\n {2}data.again: a link to/,
    );
  });

  it('counts several folders, and files', async () => {
    putPhotos('one', 2);
    putPhotos('two', 3);
    expect((await reportOf('one', 'two', 'two/1.jpg')).pictures).toBe(6);
  });

  it('prints its progress to standard error if that is no terminal', async () => {
    putPhotos('data', 3);
    const { stdout, stderr } = await stats('data', '--json');
    expect(() => JSON.parse(stdout)).not.toThrow();
    expect(stderr).toMatch(/^0 of 3 pictures, .+ left\n(\d of 3 pictures, .+ left\n)*3 of 3 pict/);
  });

  it('draws the histograms, whatever the name of the folder', async () => {
    await put('a < b & c/a.png', 4, 1, (at) => (at % 4 === 3 ? 255 : at < 8 ? 0 : 100));
    expect((await stats('a < b & c', '--histogram', 'h.svg')).status).toBe(0);
    const svg = readFileSync(join(folder.path, 'h.svg'), 'utf8');
    expect(svg).toContain('>a &lt; b &amp; c</text>');
    expect(svg.match(/mean 0\.1961 {3}std 0\.1961/g)).toHaveLength(3);
    expect(svg.match(/50\.0% at 0, 0\.0% at 1/g)).toHaveLength(3);
    // Half of the pixels have level 100. It is the highest bar except level 0, and as high as the panel.
    const [, bars = ''] = svg.match(/<path d="M0 276((V[\d.]+H[\d.]+){256})V276z"/) ?? [];
    const heights = [...bars.matchAll(/V([\d.]+)H/g)].map(([, y]) => 276 - Number(y));
    expect(heights.flatMap((height, level) => (height > 0 ? [level] : []))).toEqual([0, 100]);
    expect(heights[100]).toBe(276 - 112);
  });

  it('needs no more memory for ten times as many pictures', async () => {
    await put('texture.png', 64, 64, (at) => (at * at * 31) % 251);
    const megabytes = [300, 3000].map((count) => {
      for (let i = 0; i < count; i++) {
        const below = join(folder.path, `of-${count}`, String(i % 10));
        mkdirSync(below, { recursive: true });
        symlinkSync('../../texture.png', join(below, `${i}.png`));
      }
      const { stdout, stderr } = wasmNorm(folder.path, 'stats', `of-${count}`, '--threads', '2');
      expect(stdout).toContain(`${count.toLocaleString('en')} pictures, `);
      return Number(stderr.match(/(\d+) MB of memory/)?.[1]);
    });
    // The bytes of the pictures would take 49 MB.
    expect((megabytes[1] as number) - (megabytes[0] as number)).toBeLessThan(40);
  });
});

describe('wasm-norm stats FOLDER --threads N', () => {
  it('gives the same bits for any number', async () => {
    putPhotos('data', 30);
    folder.put('data/7.txt.png', 'no picture');
    folder.put('data/1.txt.png', 'no picture');
    const one = reportOfThreads('data', '--threads', '1', '--histogram', 'h.svg');
    for (const threads of ['2', '5']) {
      expect(reportOfThreads('data', '--threads', threads, '--histogram', 'h.svg')).toBe(one);
    }
    expect(JSON.parse(one).unreadable).toHaveLength(2);
  });
});

describe('wasm-norm stats FOLDER --resume STATE', () => {
  it.each(['1', '3'])(
    'stops at SIGINT, and gives the same bits when it is resumed, with %s threads',
    async (threads) => {
      putPhotos('data', 60);
      folder.put('data/1.txt.png', 'no picture');
      const whole = await report('data');

      const resume = ['data', '--resume', 'state.json', '--threads', threads];
      const child = startWasmNorm(folder.path, 'stats', ...resume);
      const lines = createInterface({ input: child.stderr as NodeJS.ReadableStream });
      const said: string[] = [];
      // The first line is printed when the handler is in place.
      lines.once('line', () => child.kill('SIGINT'));
      lines.on('line', (line) => said.push(line));
      const [code] = await once(child, 'close');
      expect(code).toBe(130);
      const seen = filesSeen('state.json');
      expect(seen).toBeLessThan(61);
      expect(said.at(-1)).toBe(`Stopped after ${seen} of 61; the same command goes on from there.`);

      expect(reportOfThreads(...resume)).toBe(whole);
      expect(filesSeen('state.json')).toBe(61);
      expect(reportOfThreads(...resume)).toBe(whole);
    },
  );

  it('gives the same bits when it is killed and resumed several times', async () => {
    putPhotos('data', 120);
    const whole = await report('data');
    const resume = ['data', '--resume', 'state.json', '--threads', '2'];
    for (let kills = 0, seen = 0; kills < 2; kills++) {
      const child = startWasmNorm(folder.path, 'stats', ...resume);
      const ended = once(child, 'exit');
      const poll = setInterval(() => {
        if (readdirSync(folder.path).includes('state.json') && filesSeen('state.json') > seen) {
          child.kill('SIGKILL');
        }
      }, 5);
      expect((await ended)[1]).toBe('SIGKILL');
      clearInterval(poll);
      seen = filesSeen('state.json');
      expect(seen).toBeGreaterThan(0);
      expect(seen).toBeLessThan(120);
    }
    expect(reportOfThreads(...resume)).toBe(whole);
  });

  it('says without a state how to have one', async () => {
    putPhotos('data', 60);
    const child = startWasmNorm(folder.path, 'stats', 'data');
    let said = '';
    child.stderr?.on('data', (text) => {
      if (said === '') child.kill('SIGINT');
      said += text;
    });
    expect((await once(child, 'close'))[0]).toBe(130);
    expect(said).toMatch(
      /\nStopped after \d+ of 60; with --resume FILE a run goes on from where it stopped\.\n$/,
    );
  });

  it('gives the same bits as without a state, whatever order the files were made in', async () => {
    for (const [below, names] of [
      ['one', ['b', 'a', 'C', 'é', '10', '9']],
      ['two', ['9', 'é', '10', 'C', 'a', 'b']],
    ] as const) {
      for (const name of names) {
        await put(`${below}/${name}.png`, 50, 40, (at) => (at * name.charCodeAt(0)) % 256);
      }
    }
    const { folders: _, ...one } = JSON.parse(await report('one', '--resume', 'state.json'));
    const { folders: __, ...two } = JSON.parse(await report('two'));
    expect(two).toEqual(one);
  });

  it('refuses the state of other pictures in one line that says what to do, and leaves it', async () => {
    putPhotos('data', 1);
    putPhotos('other', 1);
    await report('data', '--resume', 'state.json');
    const before = readFileSync(join(folder.path, 'state.json'), 'utf8');
    const { status, stdout, stderr } = await stats('other', '--resume', 'state.json');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe('state.json: is of data, not other; delete state.json to count anew\n');
    expect(readFileSync(join(folder.path, 'state.json'), 'utf8')).toBe(before);
  });

  it('refuses a state that it could not write, before it counts', async () => {
    putPhotos('data', 1);
    const { status, stderr } = await stats('data', '--resume', 'no/state.json');
    expect(status).toBe(1);
    expect(stderr).toBe('no/state.json: cannot be written: there is no folder no\n');
  });
});

describe('a refusal', () => {
  it.each<[string, string[], RegExp]>([
    ['no folder', [], /^expected a folder of pictures, got none; --help says more$/],
    ['a missing folder', ['none'], /^none: cannot be read: no such file or directory$/],
    ['a folder without pictures', ['empty'], /^empty: expected pictures, got none$/],
    [
      'a folder of damaged pictures',
      ['damaged', '--json'],
      /^damaged: none of 1 pictures could be read; damaged.a\.png: a text that begins with "text"$/,
    ],
    [
      'a folder of blank slides',
      ['blank', '--mask', 'tissue'],
      /^blank: no pixel counts: none is tissue$/,
    ],
    ['a histogram that is no SVG', ['empty', '--histogram', 'h.png'], /\.svg, got 'h\.png'$/],
    [
      'a histogram that cannot be written',
      ['blank', '--histogram', 'no/h.svg'],
      /^no\/h\.svg: .*no folder no$/,
    ],
    ['an unknown mask', ['empty', '--mask', 'glass'], /^--mask: expected tissue, got 'glass'$/],
    [
      'an unknown weighing',
      ['empty', '--per', 'file'],
      /^--per: expected pixel or image, got 'file'$/,
    ],
  ])('of %s is the last line, exits with 1 and prints no numbers', async (_, args, message) => {
    mkdirSync(join(folder.path, 'empty'));
    folder.put('damaged/a.png', 'text');
    folder.put('blank/a.png', png({ colourType: 0, depth: 8, width: 2, row: [255, 255] }));
    const { status, stdout, stderr } = await stats(...args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(message);
    expect(stderr).not.toContain('    at ');
  });
});
