import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it, test } from 'vitest';
import { type AnyImage, imageMoments } from 'wasm-norm';
import { asBytes, type Picture, readPicture } from '../../../cli/src/pictures/read-picture.ts';
import { PHOTOS } from '../../support/command-line.ts';
import { damagedCopies, truncatedCopies } from '../../support/damaged-files.ts';
import {
  withFrameBytes,
  withOrientation,
  withoutSegments,
  withSegment,
} from '../../support/jpeg.ts';
import { chunk, header, type PngParts, png, pngOf } from '../../support/png.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
const chelsea = readFileSync(join(PHOTOS, 'chelsea.jpg'));

async function read(content: Uint8Array | string): Promise<Picture> {
  return readPicture(folder.put('picture', content));
}

async function reasonFor(content: Uint8Array | string): Promise<string> {
  const picture = await read(content).catch((error: Error) => error);
  return picture instanceof Error ? picture.message : 'none';
}

/** Returns the means of red, green and blue, of 255, to two digits. */
function meansOf(image: AnyImage): string {
  return [...imageMoments(image).mean].map((mean) => (255 * mean).toFixed(2)).join(' ');
}

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../fixtures/pictures/${name}`, import.meta.url));

const CHELSEA = '147.70 111.44 86.81';

// The right values are those of Pillow, libvips and ImageMagick, which agree.
describe('a JPEG', () => {
  it.each<[string, Uint8Array, string]>([
    ['in YCbCr', chelsea, CHELSEA],
    ['in RGB, as the Adobe marker says', fixture('rgb.jpg'), CHELSEA],
    [
      'in RGB, as the names of its components say',
      withoutSegments(fixture('rgb.jpg'), 0xee),
      CHELSEA,
    ],
    ['in CMYK without a profile or an Adobe marker', fixture('cmyk.jpg'), '147.70 111.43 86.81'],
    ['with arithmetic coding', fixture('arithmetic.jpg'), CHELSEA],
    ['in Adobe RGB', fixture('adobe-rgb.jpg'), '157.93 85.30 51.10'],
    ['with junk behind its beginning', withSegment(chelsea, Uint8Array.of(1, 2, 3, 4, 5)), CHELSEA],
    [
      'with a stuffed zero behind its beginning',
      withSegment(chelsea, Uint8Array.of(0xff, 0, 7, 7)),
      CHELSEA,
    ],
    [
      'with a comment longer than it says',
      withSegment(chelsea, Uint8Array.of(0xff, 0xfe, 0, 4, 65, 66, 67, 68, 69)),
      CHELSEA,
    ],
    [
      'whose Adobe marker is cut short',
      withSegment(chelsea, Uint8Array.of(0xff, 0xee, 0, 8, ...Buffer.from('Adobe'), 0, 0)),
      CHELSEA,
    ],
  ])('%s has the colours that others read', async (_, file, means) => {
    const { image } = await read(file);
    expect(meansOf(image)).toBe(means);
  });

  it('comes out upright, whichever way the camera was held', async () => {
    const upright = asBytes((await read(chelsea)).image);
    const { width: w, height: h } = upright;
    // Where the pixel at (x, y) of an upright picture of (w, h) lies in the file.
    const places: readonly ((x: number, y: number) => number)[] = [
      (x, y) => y * w + x,
      (x, y) => y * w + w - 1 - x,
      (x, y) => (h - 1 - y) * w + w - 1 - x,
      (x, y) => (h - 1 - y) * w + x,
      (x, y) => x * w + y,
      (x, y) => (h - 1 - x) * w + y,
      (x, y) => (h - 1 - x) * w + w - 1 - y,
      (x, y) => x * w + w - 1 - y,
    ];
    const stored = new Uint32Array(Uint8Array.from(upright.data).buffer);
    for (const [i, placeOf] of places.entries()) {
      const { data, width, height } = asBytes((await read(withOrientation(chelsea, i + 1))).image);
      expect([width, height]).toEqual(i < 4 ? [w, h] : [h, w]);
      const pixels = new Uint32Array(Uint8Array.from(data).buffer);
      const expected = pixels.map(
        (_, at) => stored[placeOf(at % width, Math.floor(at / width))] as number,
      );
      expect(Buffer.from(pixels.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
    }
  });

  it('in WebP by content and JPEG by name is decoded as what it is', async () => {
    const { image } = await readPicture(
      folder.put('webp-as.jpg', await sharp(chelsea).webp({ lossless: true }).toBuffer()),
    );
    expect(meansOf(image)).toBe(CHELSEA);
  });
});

const GRAY = { colourType: 0, depth: 8, width: 2, row: [0, 200] };
const RGB = { colourType: 2, depth: 8, width: 2, row: [1, 2, 3, 4, 5, 6] };
const PALETTE = { colourType: 3, depth: 8, width: 2, palette: [1, 2, 3, 4, 5, 6], row: [1, 0] };

describe('a PNG', () => {
  it.each<[string, PngParts, number[]]>([
    ['gray', GRAY, [0, 0, 0, 255, 200, 200, 200, 255]],
    [
      'gray with one transparent level',
      { ...GRAY, transparency: [0, 200] },
      [0, 0, 0, 255, 200, 200, 200, 0],
    ],
    ['gray of 1 bit', { ...GRAY, depth: 1, row: [0b01000000] }, [0, 0, 0, 255, 255, 255, 255, 255]],
    [
      'gray of 4 bits with one transparent level',
      { ...GRAY, depth: 4, transparency: [0, 15], row: [0xf1] },
      [255, 255, 255, 0, 17, 17, 17, 255],
    ],
    ['gray and alpha', { ...GRAY, colourType: 4, row: [9, 8, 7, 6] }, [9, 9, 9, 8, 7, 7, 7, 6]],
    ['palette', PALETTE, [4, 5, 6, 255, 1, 2, 3, 255]],
    ['palette with alpha', { ...PALETTE, transparency: [99] }, [4, 5, 6, 255, 1, 2, 3, 99]],
    ['RGB', RGB, [1, 2, 3, 255, 4, 5, 6, 255]],
    ['RGBA', { ...RGB, colourType: 6, width: 1, row: [1, 2, 3, 4] }, [1, 2, 3, 4]],
  ])('of %s has its pixels', async (_, parts, expected) => {
    const { image } = await read(png(parts));
    expect(image.data).not.toBeInstanceOf(Uint16Array);
    expect([...image.data]).toEqual(expected);
  });

  it('of 16 bits keeps them, and is rounded to 8 where those are asked for', async () => {
    const { image } = await read(
      png({ ...RGB, depth: 16, width: 1, row: [0x01, 0x00, 0x01, 0x81, 0xfe, 0x00] }),
    );
    expect([...image.data]).toEqual([0x0100, 0x0181, 0xfe00, 0xffff]);
    expect([...asBytes(image).data]).toEqual([1, 1, 253, 255]);
  });

  it('of 1 bit and interlaced is decoded', async () => {
    expect(meansOf((await read(fixture('interlaced.png'))).image)).toBe('100.93 100.93 100.93');
  });

  it('of 16 bits with a profile has the colours of one of 8 bits, to half a level', async () => {
    const { icc } = await sharp(fixture('adobe-rgb.jpg')).metadata();
    const row = Array.from({ length: 90 }, (_, i) => 60 + ((i * 47) % 120));
    const profile = chunk('iCCP', [97, 0, 0, ...deflateSync(icc as Buffer)]);
    const means = [8, 16].map(async (depth) => {
      const bytes = row.flatMap((value) => (depth === 8 ? [value] : [value, value]));
      const data = chunk('IDAT', deflateSync(Buffer.of(0, ...bytes)));
      const file = pngOf(header({ colourType: 2, depth, width: 30 }), profile, data);
      return imageMoments((await read(file)).image).mean;
    });
    const [eight, sixteen] = (await Promise.all(means)) as [Float64Array, Float64Array];
    eight.forEach((mean, i) => {
      expect(Math.abs(255 * (mean - (sixteen[i] as number)))).toBeLessThan(0.5);
    });
    const raw = row.filter((_, i) => i % 3 === 0).reduce((sum, value) => sum + value, 0) / 30;
    expect(Math.abs(255 * (eight[0] as number) - raw)).toBeGreaterThan(0.5);
  });

  it('has the same statistics whatever the colour of pixels that nobody sees', async () => {
    const { data, width, height } = asBytes((await read(chelsea)).image);
    const hidden = [0, 255].map((colour) => {
      const copy = Buffer.from(data);
      for (let at = 0; at < copy.length; at += 4) {
        const [x, y] = [(at / 4) % width, Math.floor(at / 4 / width)];
        if (((x - 225.5) / 141) ** 2 + ((y - 150) / 124) ** 2 > 1)
          copy.fill(colour, at, at + 3).fill(0, at + 3, at + 4);
      }
      return sharp(copy, { raw: { width, height, channels: 4 } })
        .png()
        .toBuffer();
    });
    const [black, white] = await Promise.all(hidden);
    const means = meansOf((await read(black as Buffer)).image);
    expect(meansOf((await read(white as Buffer)).image)).toBe(means);
    expect(means).toMatch(/^146\.\d\d 104\.\d\d 70\.\d\d$/);
  });
});

describe('other formats', () => {
  it.each<[string, (photo: Sharp) => Sharp]>([
    ['WebP', (photo) => photo.webp({ lossless: true })],
    ['TIFF', (photo) => photo.tiff({ compression: 'lzw' })],
    ['PNG', (photo) => photo.png()],
  ])('%s has the pixels that were written', async (_, write) => {
    const { image } = await read(await write(sharp(chelsea)).toBuffer());
    expect(meansOf(image)).toBe(CHELSEA);
  });

  it('AVIF of 8 and of 10 bits reach from 0 to 1', async () => {
    const data = Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, i) => (i < 6144 ? 0 : 255)));
    const halves = sharp(data, { raw: { width: 64, height: 64, channels: 3 } });
    for (const bitdepth of [8, 10] as const) {
      const file = await halves.clone().avif({ lossless: true, bitdepth }).toBuffer();
      const { image } = await read(file);
      expect(image.data instanceof Uint16Array).toBe(bitdepth === 10);
      // The encoder may miss white by three levels of 1023; of 16 bits libvips leaves 6 unused.
      const most = imageMoments({ ...image, data: image.data.slice(-4), width: 1, height: 1 });
      expect(most.mean[0]).toBeGreaterThan(1 - 3.5 / 1023);
      expect(imageMoments(image).mean[0]).toBeCloseTo(0.5, 2);
    }
  });

  it('of a film of pictures only the first is taken', async () => {
    const frames = ['red', 'lime'].map((background) => ({
      create: { width: 8, height: 8, channels: 3 as const, background },
    }));
    const file = await sharp(frames.map((frame) => ({ ...frame })) as never, {
      join: { animated: true },
    })
      .gif()
      .toBuffer();
    const { image, pages } = await read(file);
    expect({ pages, height: image.height, means: meansOf(image) }).toEqual({
      pages: 2,
      height: 8,
      means: '255.00 0.00 0.00',
    });
  });
});

describe('what is no picture is named', () => {
  it.each<[string, Uint8Array | string]>([
    ['an empty file', ''],
    ['an HTML page', '\n<!-- cached -->\n<!DOCTYPE html><html></html>'],
    [
      'a Git LFS pointer; git lfs pull brings the picture',
      'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n',
    ],
    ['an SVG drawing, which has no pixels', '<?xml version="1.0"?>\n<svg xmlns="x"/>'],
    ['a PDF', '%PDF-1.7'],
    ['a text that begins with "no picture"', 'no picture'],
    ['no picture: it begins with the bytes 01 02 03 04 ff', Uint8Array.of(1, 2, 3, 4, 255)],
    ['a file of zeros', new Uint8Array(100)],
    ['an AppleDouble file, which holds no picture', Uint8Array.of(0, 5, 22, 7, 0, 2)],
    ['BMP; convert it to PNG or JPEG first', Buffer.from('BM\x10\0\0\0\0\0\0\0', 'latin1')],
    [
      'HEIC; convert it to PNG or JPEG first',
      Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'),
    ],
  ])('%s', async (reason, content) => {
    expect(await reasonFor(content)).toBe(reason);
  });

  it('a folder, a FIFO, a socket and a device, without waiting for them', async () => {
    const fifo = join(folder.path, 'a.jpg');
    execFileSync('mkfifo', [fifo]);
    const server = createServer().listen(join(folder.path, 'socket'));
    const reasons = [folder.path, fifo, join(folder.path, 'socket'), '/dev/zero'].map((path) =>
      readPicture(path).catch((error) => error.message),
    );
    expect(await Promise.all(reasons)).toEqual([
      'a folder, not a file',
      'a FIFO, not a file',
      'a socket, not a file',
      'a device, not a file',
    ]);
    server.close();
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      'half a JPEG',
      chelsea.subarray(0, chelsea.length / 2),
      /^damaged or truncated JPEG,.*premature end/,
    ],
    ['a JPEG without its end', chelsea.subarray(0, -2), /^damaged or truncated JPEG/],
    [
      'a JPEG of 12 bits',
      withFrameBytes(chelsea, 4, [12]),
      /^JPEG of 12 bits a sample; save it with 8$/,
    ],
    [
      'a JPEG of 4 billion pixels',
      withFrameBytes(chelsea, 5, [255, 255, 255, 255]),
      /^JPEG of more than 65500/,
    ],
    ['a PNG with fewer rows than it says', png({ ...RGB, height: 2 }), /^damaged or truncated PNG/],
    [
      'a PNG of 810 billion pixels',
      png({ ...RGB, width: 900_000, height: 900_000 }),
      /^PNG of 900000 x 900000 pixels, of at most 268402689$/,
    ],
    ['a PNG without pixels', png({ ...RGB, width: 0, row: [] }), /^damaged or truncated PNG/],
  ])('%s', async (_, content, reason) => {
    expect(await reasonFor(content)).toMatch(reason);
  });

  it('a picture of five bands, and one of floating point', async () => {
    expect(await reasonFor(tiffOf(5, 8, 1))).toBe(
      'TIFF of 5 bands; save those that are red, green and blue as a picture of three',
    );
    expect(await reasonFor(tiffOf(1, 32, 3))).toBe(
      'TIFF of 32 bits a sample, float; save it with 8 or 16 bits of whole numbers',
    );
  });
});

/** Makes a TIFF of 2 x 1 pixels by hand: sample format 1 is whole numbers, 3 floating point. */
function tiffOf(bands: number, bits: number, format: number): Buffer {
  const entries = [
    [256, 4, 1, 2],
    [257, 4, 1, 1],
    [258, 3, 1, bits],
    [259, 3, 1, 1],
    [262, 3, 1, 1],
    [273, 4, 1, 140],
    [277, 3, 1, bands],
    [278, 4, 1, 1],
    [279, 4, 1, (2 * bands * bits) / 8],
    [339, 3, 1, format],
  ] as const;
  const file = Buffer.alloc(140 + 2 * bands * (bits / 8));
  file.write('II*\0', 'latin1');
  file.writeUInt32LE(8, 4);
  file.writeUInt16LE(entries.length, 8);
  entries.forEach(([tag, type, count, value], i) => {
    file.writeUInt16LE(tag, 10 + 12 * i);
    file.writeUInt16LE(type, 12 + 12 * i);
    file.writeUInt32LE(count, 14 + 12 * i);
    file.writeUInt32LE(value, 18 + 12 * i);
  });
  return file;
}

test.each<[string, () => Promise<Uint8Array>]>([
  ['PNG', () => sharp(chelsea).resize(24, 16).png().toBuffer()],
  ['JPEG', () => sharp(chelsea).resize(24, 16).jpeg().toBuffer()],
  ['WebP', () => sharp(chelsea).resize(24, 16).webp().toBuffer()],
])('a damaged %s is decoded, or refused in one line', async (_, make) => {
  const file = await make();
  let refused = 0;
  for (const copy of [...truncatedCopies(file, 40), ...damagedCopies(file, 160, 7)]) {
    const picture = await read(copy).catch((error: Error) => error);
    if (picture instanceof Error) {
      refused++;
      expect(picture.message).toMatch(/^[^\n]{5,200}$/);
    } else {
      const { data, width, height } = picture.image;
      expect(data.length).toBe(4 * width * height);
    }
  }
  expect(refused).toBeGreaterThan(40);
});
