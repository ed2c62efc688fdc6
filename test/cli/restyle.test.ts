import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { type ImageLike, imageMoments, type RestyleOptions, restyle, tissueMask } from 'wasm-norm';
import { asBytes, readPicture } from '../../cli/src/pictures/read-picture.ts';
import { PHOTOS, type Run, runHere, startWasmNorm, wasmNorm } from '../support/command-line.ts';
import { withOrientation } from '../support/jpeg.ts';
import { png } from '../support/png.ts';
import { normalFrom } from '../support/random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const run = (...args: string[]): Promise<Run> => runHere(folder.path, 'restyle', ...args);

const photo = (name: string): string => join(PHOTOS, `${name}.jpg`);
const ASTRONAUT = photo('astronaut');
const CHELSEA = photo('chelsea');

async function read(path: string): Promise<ImageLike> {
  return asBytes((await readPicture(join(folder.path, path))).image);
}

/** Compares bytes at once; `toEqual` takes seconds, since it compares them one by one. */
function expectSame(actual: ImageLike, expected: ImageLike): void {
  expect([actual.width, actual.height]).toEqual([expected.width, expected.height]);
  expect(Buffer.from(actual.data).equals(Buffer.from(expected.data))).toBe(true);
}

async function expectRestyled(
  path: string,
  content: string,
  style: string,
  options?: RestyleOptions,
): Promise<void> {
  const [picture, model] = await Promise.all(
    [content, style].map(async (name) => asBytes((await readPicture(name)).image)),
  );
  expectSame(await read(path), restyle(picture as ImageLike, model as ImageLike, options));
}

async function encoded(
  { data, width, height }: ImageLike,
  format: 'png' | 'jpeg',
): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 4 } })
    .toFormat(format)
    .toBuffer();
}

describe('wasm-norm restyle CONTENT --style STYLE --out RESULT', () => {
  it('writes what the library returns, and says so', async () => {
    const { status, stdout, stderr } = await run(ASTRONAUT, '--style', CHELSEA, '--out', 'r.png');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^r\.png: 512 x 512, \d+ KB\n$/);
    await expectRestyled('r.png', ASTRONAUT, CHELSEA);
  });

  it.each<[string[], RestyleOptions]>([
    [['--strength', '0.7', '--space', 'oklab'], { strength: 0.7, space: 'oklab' }],
    [['--space=lab'], { space: 'lab' }],
    [['--strength', '0'], { strength: 0 }],
  ])('takes %j', async (args, options) => {
    expect((await run(CHELSEA, '--style', ASTRONAUT, '--out', 'r.png', ...args)).status).toBe(0);
    await expectRestyled('r.png', CHELSEA, ASTRONAUT, options);
  });

  it.each([
    ['jpg', 'jpeg'],
    ['JPEG', 'jpeg'],
    ['webp', 'webp'],
    ['avif', 'heif'],
  ])('writes .%s by the name of the result, close to the pixels', async (extension, format) => {
    const out = `r.${extension}`;
    const args = ['--style', photo('rocket'), '--out', out, '--quality', '95'];
    const { stdout } = await run(CHELSEA, ...args);
    expect(stdout).toMatch(new RegExp(`^${out.replace('.', '\\.')}: 451 x 300, \\d+ KB\n$`));
    const file = readFileSync(join(folder.path, out));
    expect((await sharp(file).metadata()).format).toBe(format);
    const [content, style] = await Promise.all(
      [CHELSEA, photo('rocket')].map(async (name) => asBytes((await readPicture(name)).image)),
    );
    const expected = imageMoments(restyle(content as ImageLike, style as ImageLike)).mean;
    imageMoments(await read(out)).mean.forEach((mean, i) => {
      expect(Math.abs(mean - (expected[i] as number))).toBeLessThan(2 / 255);
    });
  });

  it('writes a smaller JPEG for a lower quality', async () => {
    for (const quality of ['20', '90']) {
      await run(CHELSEA, '--style', CHELSEA, '--out', `${quality}.jpg`, '--quality', quality);
    }
    const sizeOf = (name: string) => readFileSync(join(folder.path, name)).length;
    expect(2 * sizeOf('20.jpg')).toBeLessThan(sizeOf('90.jpg'));
  });

  it('comes out upright, without an orientation', async () => {
    const lying = folder.put('o6.jpg', withOrientation(readFileSync(CHELSEA), 6));
    expect((await run(lying, '--style', CHELSEA, '--out', 'r.jpg')).stdout).toMatch(/: 300 x 451,/);
    const { width, height, orientation } = await sharp(
      readFileSync(join(folder.path, 'r.jpg')),
    ).metadata();
    expect([width, height, orientation]).toEqual([300, 451, undefined]);
  });

  it("keeps the content's alpha, and lays it on white in a JPEG", async () => {
    const data = Uint8ClampedArray.of(10, 20, 30, 0, 40, 50, 60, 128);
    folder.put('in.png', await encoded({ data, width: 2, height: 1 }, 'png'));
    expect((await run('in.png', '--style', 'in.png', '--out', 'out.png')).status).toBe(0);
    expect([...(await read('out.png')).data]).toEqual([...data]);
    const { stdout } = await run('in.png', '--style', 'in.png', '--out', 'out.jpg');
    expect(stdout).toMatch(/^out\.jpg: 2 x 1, 1 KB, what was transparent is white\n$/);
    expect((await read('out.jpg')).data[0]).toBeGreaterThan(240);
  });

  it('gives a picture without colour one even tint in Oklab', async () => {
    const gray = await sharp(readFileSync(CHELSEA))
      .grayscale()
      .toColourspace('srgb')
      .png()
      .toBuffer();
    folder.put('gray.png', gray);
    await run('gray.png', '--style', photo('coffee'), '--space', 'oklab', '--out', 'r.png');
    const [before, after] = [await read('gray.png'), await read('r.png')];
    const colours = new Map<number, string>();
    let odd = 0;
    for (let at = 0; at < before.data.length; at += 4) {
      const level = before.data[at] as number;
      const colour = after.data.subarray(at, at + 3).join();
      if ((colours.get(level) ?? colour) !== colour) odd++;
      colours.set(level, colour);
    }
    expect(odd).toBe(0);
    expect(colours.size).toBeGreaterThan(150);
  });

  it('leaves the glass of a slide as it was with --mask tissue, and tissue in its style too', async () => {
    const ihc = asBytes((await readPicture(photo('ihc'))).image);
    const [width, height] = [1280, ihc.height];
    const normal = normalFrom(5);
    const data = new Uint8ClampedArray(4 * width * height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = 4 * (y * width + x);
        const from = 4 * (y * ihc.width + x);
        if (x < ihc.width) data.set(ihc.data.subarray(from, from + 4), at);
        else data.set([243 + 1.2 * normal(), 243 + 1.2 * normal(), 243 + 1.2 * normal(), 255], at);
      }
    }
    const slide = { data, width, height };
    folder.put('slide.png', await encoded(slide, 'png'));
    const args = ['--style', photo('ihc'), '--space', 'oklab', '--mask', 'tissue'];
    expect((await run('slide.png', ...args, '--out', 'r.png')).status).toBe(0);
    const result = await read('r.png');
    const mask = tissueMask(slide);
    const most = { tissue: 0, glass: 0 };
    for (let at = 0; at < data.length; at++) {
      const where = mask[at >> 2] === 0 ? 'glass' : 'tissue';
      const difference = Math.abs((result.data[at] as number) - (data[at] as number));
      most[where] = Math.max(most[where], difference);
    }
    expect(most.glass).toBe(0);
    expect(most.tissue).toBeLessThanOrEqual(1);
    const white = folder.put(
      'blank.png',
      png({ colourType: 0, depth: 8, width: 2, row: [250, 243] }),
    );
    expect((await run(white, ...args, '--out', 'blank-out.png')).status).toBe(0);
    expectSame(await read('blank-out.png'), await read('blank.png'));
  });

  it('writes beside the content where no place is named', async () => {
    folder.put('a.jpg', readFileSync(CHELSEA));
    expect((await run('a.jpg', '--style', ASTRONAUT)).stdout).toMatch(/^a-restyled\.jpg: /);
    mkdirSync(join(folder.path, 'into'));
    expect((await run('a.jpg', '--style', ASTRONAUT, '--out', 'into')).stdout).toMatch(
      /^into.a\.jpg: /,
    );
  });

  it('says that it takes the first of several pictures', async () => {
    const frames = Buffer.concat([Buffer.alloc(192, 0), Buffer.alloc(192, 255)]);
    const raw = { width: 8, height: 16, channels: 3 as const, pageHeight: 8 };
    folder.put('film.gif', await sharp(frames, { raw }).gif().toBuffer());
    const { stdout } = await run('film.gif', '--style', CHELSEA);
    expect(stdout).toMatch(/^film-restyled\.png: 8 x 8, 1 KB, the first of 2 pictures\n$/);
  });
});

describe('wasm-norm fit STYLE --out MOMENTS.json', () => {
  it.each<[string[], RestyleOptions]>([
    [[], {}],
    [['--space', 'lab'], { space: 'lab' }],
  ])('with %j writes moments that give the bytes that the style gives', async (args, options) => {
    const { status, stdout } = await runHere(
      folder.path,
      'fit',
      CHELSEA,
      '--out',
      'm.json',
      ...args,
    );
    const space = options.space ?? 'rgb';
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `m.json: moments in ${space}, 135,300 pixels\n`,
    });
    expect((await run(ASTRONAUT, '--style', 'm.json', '--out', 'r.png')).status).toBe(0);
    await expectRestyled('r.png', ASTRONAUT, CHELSEA, options);
  });

  it('merges the moments of a folder in the order of its pictures, for any number of threads', async () => {
    const texts = ['1', '3'].map((threads) => {
      const args = ['--space', 'oklab', '--threads', threads];
      wasmNorm(folder.path, 'fit', PHOTOS, '--out', 'm.json', ...args);
      return readFileSync(join(folder.path, 'm.json'), 'utf8');
    });
    expect(texts[0]).toBe(texts[1]);
    expect(JSON.parse(texts[0] as string)).toMatchObject({ space: 'oklab', count: 1_435_012 });
  });

  it.each<[string, string[], RegExp]>([
    ['no style', ['--out', 'm.json'], /^expected a style picture, got none/],
    ['no place', [CHELSEA], /^--out: expected a file name that ends in \.json, got none$/],
    ['a place for a picture', [CHELSEA, '--out', 'm.png'], /ends in \.json, got m\.png$/],
    ['a missing folder', [CHELSEA, '--out', 'no/m.json'], /^no\/m\.json: .*no folder no$/],
    ['a text', ['notes.txt', '--out', 'm.json'], /^notes\.txt: a text that begins with/],
    [
      'a blank slide',
      ['blank.png', '--out', 'm.json', '--mask', 'tissue'],
      /^blank\.png: has no tissue$/,
    ],
  ])('refuses %s in one line', async (_, args, message) => {
    folder.put('notes.txt', 'no picture');
    folder.put('blank.png', png({ colourType: 0, depth: 8, width: 1, row: [255] }));
    const { status, stdout, stderr } = await runHere(folder.path, 'fit', ...args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.trimEnd()).toMatch(message);
    expect(readdirSync(folder.path).sort()).toEqual(['blank.png', 'notes.txt']);
  });
});

describe('wasm-norm restyle FOLDER --style STYLE --out FOLDER', () => {
  const files = () =>
    (readdirSync(join(folder.path, 'out'), { recursive: true }) as string[]).sort();

  function putFolder(): void {
    folder.put('in/a.jpg', readFileSync(CHELSEA));
    folder.put('in/deep/b.webp', readFileSync(ASTRONAUT));
    folder.put('in/notes.txt', 'no picture');
    folder.put('in/._a.jpg', 'what a Mac keeps');
  }

  it('keeps the structure, with the same bytes for any number of threads', async () => {
    putFolder();
    await sharp(readFileSync(CHELSEA))
      .tiff({ compression: 'lzw' })
      .toFile(join(folder.path, 'in/c.tif'));
    const bytes = ['1', '2'].map((threads) => {
      const args = ['in', '--style', photo('rocket'), '--out', 'out', '--threads', threads];
      const { status, stdout } = wasmNorm(folder.path, 'restyle', ...args);
      expect({ status, stdout }).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^3 of 3 pictures, \d+ KB, in out\n$/),
      });
      const names = files();
      expect(names).toEqual(['a.jpg', 'c.png', 'deep', 'deep/b.webp']);
      return ['a.jpg', 'c.png', 'deep/b.webp'].map((name) =>
        readFileSync(join(folder.path, 'out', name)).toString('base64'),
      );
    });
    expect(bytes[0]).toEqual(bytes[1]);
    await expectRestyled('out/c.png', CHELSEA, photo('rocket'));
  });

  it('writes beside the folder where no place is named', async () => {
    putFolder();
    expect((await run('in', '--style', CHELSEA)).status).toBe(0);
    expect(readdirSync(join(folder.path, 'in-restyled')).sort()).toEqual(['a.jpg', 'deep']);
  });

  it('gives each of several folders a folder of its own, and passes over its results', async () => {
    putFolder();
    folder.put('b.jpg', readFileSync(CHELSEA));
    const args = ['in', 'b.jpg', '--style', CHELSEA, '--out', 'out'];
    expect((await run(...args)).stdout).toMatch(/^3 of 3 pictures,/);
    expect(files()).toEqual(['b.jpg', 'in', 'in/a.jpg', 'in/deep', 'in/deep/b.webp']);
    const inside = await run('in', '--style', CHELSEA, '--out', 'in/out');
    expect(inside.stdout).toMatch(/^2 of 2 pictures,/);
    expect((await run('in', '--style', CHELSEA, '--out', 'in/out')).stdout).toBe(inside.stdout);
  });

  it('names what it cannot read, restyles the rest, and ends with 1', async () => {
    putFolder();
    folder.put('in/cut.jpg', readFileSync(CHELSEA).subarray(0, 5000));
    const { status, stdout, stderr } = await run('in', '--style', CHELSEA, '--out', 'out');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^2 of 3 pictures,/);
    expect(stderr).toMatch(
      /\nin.cut\.jpg: damaged or truncated JPEG.*\n1 of 3 pictures could not be restyled\n$/,
    );
    expect(files()).toEqual(['a.jpg', 'deep', 'deep/b.webp']);
  });
});

describe('Ctrl-C', () => {
  it('stops after the pictures at hand, and leaves those that are written whole', async () => {
    mkdirSync(join(folder.path, 'in'));
    for (let i = 0; i < 60; i++) symlinkSync(CHELSEA, join(folder.path, `in/${i}.jpg`));
    const args = ['restyle', 'in', '--style', ASTRONAUT, '--out', 'out', '--threads', '2'];
    const child = startWasmNorm(folder.path, ...args);
    let said = '';
    child.stderr?.on('data', (text) => {
      if (said === '') child.kill('SIGINT');
      said += text;
    });
    expect((await once(child, 'close'))[0]).toBe(130);
    const written = readdirSync(join(folder.path, 'out'));
    expect(said).toContain(`\nStopped after ${written.length} of 60; what was written is whole.\n`);
    expect(written.length).toBeLessThan(60);
    for (const name of written) expect((await read(`out/${name}`)).width).toBe(451);
  });
});

describe('--overwrite', () => {
  it('is needed to replace an input, by whatever name', async () => {
    folder.put('a.jpg', readFileSync(CHELSEA));
    folder.put('in/a.jpg', readFileSync(CHELSEA));
    symlinkSync('a.jpg', join(folder.path, 'link.jpg'));
    for (const args of [
      ['a.jpg', '--style', CHELSEA, '--out', './a.jpg'],
      ['a.jpg', '--style', CHELSEA, '--out', 'link.jpg'],
      [CHELSEA, '--style', 'a.jpg', '--out', 'a.jpg'],
      ['in', '--style', CHELSEA, '--out', './in/'],
    ]) {
      const { status, stderr } = await run(...args);
      expect(status).toBe(1);
      expect(stderr).toMatch(/^\S+: is an input; --overwrite replaces it\n$/);
    }
    expect(readFileSync(join(folder.path, 'a.jpg'))).toEqual(readFileSync(CHELSEA));
    const { status } = await run('a.jpg', '--style', ASTRONAUT, '--out', 'a.jpg', '--overwrite');
    expect(status).toBe(0);
    expect(readFileSync(join(folder.path, 'a.jpg'))).not.toEqual(readFileSync(CHELSEA));
  });
});

describe('a refusal', () => {
  const files = {
    'notes.txt': 'no picture',
    'empty.png': '',
    'cut.jpg': readFileSync(ASTRONAUT).subarray(0, 30_000),
    'moments.json': JSON.stringify(
      imageMoments({ data: Uint8Array.of(1, 2, 3, 255), width: 1, height: 1 }, { space: 'lab' }),
    ),
    'other.json': '{"space":"rgb","count":1}',
  };
  const style = ['--style', CHELSEA];
  const out = ['--out', 'result.png'];

  it.each<[string, string[], RegExp]>([
    ['a missing file', ['none.jpg', ...style, ...out], /^none\.jpg: .*no such file/],
    ['a folder for a style', [CHELSEA, '--style', '.', ...out], /^\.: a folder, not a file$/],
    [
      'a text',
      ['notes.txt', ...style, ...out],
      /^notes\.txt: a text that begins with "no picture"$/,
    ],
    ['an empty file', [CHELSEA, '--style', 'empty.png', ...out], /^empty\.png: an empty file$/],
    ['a truncated JPEG', ['cut.jpg', ...style, ...out], /^cut\.jpg: damaged or truncated JPEG/],
    ['no picture', [...style, ...out], /^expected a picture to restyle, got none/],
    ['no style', [CHELSEA, ...out], /^--style: expected a picture or moments, got none$/],
    [
      'other JSON',
      [CHELSEA, '--style', 'other.json', ...out],
      /^other\.json: expected moments that/,
    ],
    [
      'moments of another space',
      [CHELSEA, '--style', 'moments.json', '--space', 'rgb', ...out],
      /^--space: expected lab, as in moments\.json, got 'rgb'$/,
    ],
    ['a GIF to write', [CHELSEA, ...style, '--out', 'a.gif'], /^--out: .*\.avif, got 'a\.gif'$/],
    ['a file for two', [CHELSEA, ASTRONAUT, ...style, ...out], /^--out: expected a folder for 2/],
    [
      'two of a name',
      [CHELSEA, CHELSEA, ...style, '--out', 'o'],
      /would both become o.chelsea\.jpg/,
    ],
    ['a strength beyond 1', [CHELSEA, ...style, '--strength', '2'], /0 to 1, got '2'/],
    ['a strength below 0', [CHELSEA, ...style, '--strength', '-1'], /0 to 1, got '-1'/],
    ['a strength in words', [CHELSEA, ...style, '--strength', 'full'], /got 'full'/],
    ['an empty strength', [CHELSEA, ...style, '--strength='], /0 to 1, got ''/],
    ['an unknown space', [CHELSEA, ...style, '--space', 'hsv'], /rgb, oklab or lab, got 'hsv'/],
    ['a quality of 0', [CHELSEA, ...style, '--quality', '0'], /from 1 to 100, got '0'/],
    ['no threads', [CHELSEA, ...style, '--threads', '0'], /from 1 to 256, got '0'/],
    ['a missing folder', [CHELSEA, ...style, '--out', 'no/a.png'], /^no\/a\.png: .*no folder no$/],
    ['a file for a folder', [CHELSEA, ...style, '--out', 'notes.txt/a.png'], /not a directory$/],
  ])('of %s is one line, exits with 1 and leaves no file', async (_, args, message) => {
    for (const [name, content] of Object.entries(files)) folder.put(name, content);
    const { status, stdout, stderr } = await run(...args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr.trimEnd()).toMatch(message);
    expect(readdirSync(folder.path).sort()).toEqual(Object.keys(files).sort());
  });

  it('leaves an earlier result as it was', async () => {
    writeFileSync(join(folder.path, 'cut.jpg'), files['cut.jpg']);
    writeFileSync(join(folder.path, 'result.png'), 'earlier');
    expect((await run('cut.jpg', ...style, ...out)).status).toBe(1);
    expect(readFileSync(join(folder.path, 'result.png'), 'utf8')).toBe('earlier');
  });
});
