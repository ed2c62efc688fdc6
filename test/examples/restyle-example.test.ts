import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Image, restyle } from 'wasm-norm';
import { decode, encodePng } from '../../examples/common/codecs.ts';
import { channelStatistics } from '../../examples/restyle/statistics.ts';
import { chunk, header, pngOf } from '../support/png.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/restyle/', import.meta.url));
const ASTRONAUT = photo('astronaut');
const CHELSEA = photo('chelsea');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'restyle-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the example in the folder of the test, as `npm start` runs it in that of the project. */
function start(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const tsx = createRequire(import.meta.url).resolve('tsx/cli');
  const command = [tsx, join(EXAMPLE, 'main.ts'), ...args];
  return spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8' });
}

function read(path: string): Image {
  return decode(readFileSync(resolve(folder, path)));
}

/** Compares bytes at once; `toEqual` takes seconds, since it compares them one by one. */
function expectSame(actual: Image, expected: Image): void {
  expect([actual.width, actual.height]).toEqual([expected.width, expected.height]);
  expect(Buffer.from(actual.data).equals(Buffer.from(expected.data))).toBe(true);
}

function photo(name: string): string {
  return join(EXAMPLE, `photos/${name}.jpg`);
}

describe('npm start -- CONTENT STYLE --out RESULT', () => {
  it("gives the result each channel's mean and std in the style", () => {
    const { status, stderr } = start(ASTRONAUT, CHELSEA, '--out', 'result.png');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const style = channelStatistics(read(CHELSEA));
    for (const [channel, result] of channelStatistics(read('result.png')).entries()) {
      // Before rounding the two agree to within 0.001. Nothing is clamped, so rounding moves
      // each byte by 0.5 at most, and so the mean and the std by 0.5 at most.
      expect(result.atLimits).toBe(0);
      expect(Math.abs(result.mean - (style[channel]?.mean as number))).toBeLessThan(0.501);
      expect(Math.abs(result.std - (style[channel]?.std as number))).toBeLessThan(0.501);
    }
  });

  it('writes what the library returns for the same strength and space', () => {
    const options = ['--strength', '0.7', '--space', 'oklab'];
    expect(start(ASTRONAUT, CHELSEA, '--out', 'result.png', ...options).status).toBe(0);
    const expected = restyle(read(ASTRONAUT), read(CHELSEA), { strength: 0.7, space: 'oklab' });
    expectSame(read('result.png'), expected);
  });

  it('returns the content at strength 0', () => {
    expect(start(ASTRONAUT, CHELSEA, '--out', 'result.png', '--strength', '0').status).toBe(0);
    expectSame(read('result.png'), read(ASTRONAUT));
  });

  it("takes PNG files, and keeps the content's alpha", () => {
    const bytes = Uint8ClampedArray.of(10, 20, 30, 0, 40, 50, 60, 128);
    writeFileSync(join(folder, 'in.png'), encodePng({ data: bytes, width: 2, height: 1 }));
    expect(start('in.png', 'in.png', '--out', 'in.png').status).toBe(0);
    expect([...read('in.png').data]).toEqual([...bytes]);
  });

  it('prints the statistics of content, style and result, and the time spent', () => {
    const { stdout } = start(CHELSEA, CHELSEA, '--out', 'result.png');
    const numbers = / +147\.4 +32\.2 +0\.0% +110\.9 +32\.3 +0\.0% +86\.5 +37\.4 +0\.3%\n/.source;
    expect(stdout).toMatch(new RegExp(`content${numbers}style${numbers}result${numbers}`));
    expect(stdout).toMatch(/Time: decoding \d+ ms, library \d+ ms, encoding \d+ ms\n$/);
  });

  it('prints its usage with --help', () => {
    const { status, stdout, stderr } = start('--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const word of ['npm start', '--out', '--strength', '--space']) {
      expect(stdout).toContain(word);
    }
  });
});

describe('npm start', () => {
  it('restyles every pair of photographs and lays them out on a contact sheet', () => {
    rmSync(join(EXAMPLE, 'out'), { recursive: true, force: true });
    const { status, stdout, stderr } = start();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const pairs = [...stdout.matchAll(/^\[\d\/\d\] (\S+) as (\S+): /gm)];
    expect(pairs.length).toBeGreaterThan(3);
    for (const [, content = '', style = ''] of pairs) {
      const result = read(join(EXAMPLE, `out/${content}-as-${style}.png`));
      expectSame(result, restyle(read(photo(content)), read(photo(style))));
    }
    expect(stdout).toContain('stain normalization');
    const sheet = read(join(EXAMPLE, 'out/contact-sheet.png'));
    expect(sheet.width).toBeGreaterThan(1000);
    expect(readdirSync(join(EXAMPLE, 'out'))).toHaveLength(pairs.length + 1);
  });
});

/** Makes a baseline JPEG of the largest width and height. */
function vast(file: Uint8Array): Uint8Array {
  const frame = file.findIndex((byte, at) => byte === 0xff && file[at + 1] === 0xc0);
  return Uint8Array.from(file).fill(0xff, frame + 5, frame + 9);
}

describe('a refusal', () => {
  const RGB = { colourType: 2, depth: 8, width: 2 };
  const out = ['--out', 'result.png'];
  const dot = encodePng({ data: Uint8Array.of(1, 2, 3, 255), width: 1, height: 1 });
  const files = {
    'notes.txt': Buffer.from('no picture'),
    'empty.png': Buffer.alloc(0),
    'cut.jpg': readFileSync(ASTRONAUT).subarray(0, 30_000),
    'cut.png': dot.subarray(0, -20),
    'flipped.png': dot.slice().fill(7, 23, 24),
    'bomb.png': pngOf(header(RGB), chunk('IDAT', deflateSync(Buffer.alloc(2 ** 26)))),
    'vast.png': pngOf(
      header({ ...RGB, height: 2 ** 31 - 1 }),
      chunk('IDAT', deflateSync(Buffer.of(0))),
    ),
    'vast.jpg': vast(readFileSync(ASTRONAUT)),
  };

  it.each<[string, string[], RegExp]>([
    ['a missing file', ['none.jpg', CHELSEA, ...out], /^none\.jpg: .*no such file/],
    ['a folder for a picture', ['.', CHELSEA, ...out], /^\.: .*directory/],
    ['a text', ['notes.txt', CHELSEA, ...out], /^notes\.txt: neither a PNG nor a JPEG/],
    ['an empty file', [CHELSEA, 'empty.png', ...out], /^empty\.png: neither/],
    ['a truncated JPEG', ['cut.jpg', CHELSEA, ...out], /^cut\.jpg: damaged or truncated JPEG/],
    ['a truncated PNG', [CHELSEA, 'cut.png', ...out], /^cut\.png: damaged or truncated PNG/],
    ['a damaged PNG', [CHELSEA, 'flipped.png', ...out], /^flipped\.png: damaged/],
    [
      'a PNG that inflates to 64 MB',
      ['bomb.png', CHELSEA, ...out],
      /^bomb\.png: .*inflate to more/,
    ],
    [
      'a PNG of 4 billion pixels',
      ['vast.png', CHELSEA, ...out],
      /^vast\.png: PNG of 2 x 2147483647/,
    ],
    [
      'a JPEG of 4 billion pixels',
      ['vast.jpg', CHELSEA, ...out],
      /^vast\.jpg: JPEG of 65535 x 65535/,
    ],
    ['one picture', [CHELSEA, ...out], /two pictures.* got 1/],
    ['three pictures', [CHELSEA, CHELSEA, CHELSEA, ...out], /two pictures.* got 3/],
    ['options alone', ['--strength', '0.5'], /two pictures.* got 0/],
    ['no --out', [CHELSEA, CHELSEA], /^--out: .*\.png, got none/],
    ['a JPEG to write', [CHELSEA, CHELSEA, '--out', 'a.jpg'], /^--out: .*\.png, got a\.jpg/],
    ['an unknown option', [CHELSEA, CHELSEA, ...out, '--stength', '1'], /'--stength'/],
    ['an option without value', [CHELSEA, CHELSEA, '--out'], /'--out/],
    ['a strength beyond 1', [CHELSEA, CHELSEA, ...out, '--strength', '2'], /0 to 1, got '2'/],
    ['a strength below 0', [CHELSEA, CHELSEA, ...out, '--strength=-0.5'], /0 to 1, got '-0.5'/],
    ['a bare minus', [CHELSEA, CHELSEA, ...out, '--strength', '-1'], /'--strength'/],
    ['a strength in words', [CHELSEA, CHELSEA, ...out, '--strength', 'full'], /got 'full'/],
    ['an empty strength', [CHELSEA, CHELSEA, ...out, '--strength='], /0 to 1, got ''/],
    ['an unknown space', [CHELSEA, CHELSEA, ...out, '--space', 'lab'], /rgb or oklab, got 'lab'/],
    ['a missing folder', [CHELSEA, CHELSEA, '--out', 'no/a.png'], /^no\/a\.png: .*no folder no$/],
    ['a file for a folder', [CHELSEA, CHELSEA, '--out', 'notes.txt/a.png'], /not a directory$/],
  ])('of %s is one line, exits with 1 and leaves no file', (_, args, message) => {
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    const { status, stdout, stderr } = start(...args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr.trimEnd()).toMatch(message);
    expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort());
  });

  it('of a folder in place of the result leaves neither a result nor a temporary file', () => {
    mkdirSync(join(folder, 'result.png'));
    const { status, stderr } = start(CHELSEA, CHELSEA, ...out);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^result\.png: cannot be written: [^\n]+\n$/);
    expect(readdirSync(folder)).toEqual(['result.png']);
  });

  it('leaves an earlier result as it was', () => {
    writeFileSync(join(folder, 'cut.jpg'), files['cut.jpg']);
    writeFileSync(join(folder, 'result.png'), 'earlier');
    expect(start('cut.jpg', CHELSEA, ...out).status).toBe(1);
    expect(readFileSync(join(folder, 'result.png'), 'utf8')).toBe('earlier');
  });
});
