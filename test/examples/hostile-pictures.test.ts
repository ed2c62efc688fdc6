// Pictures that are meant to break a decoder.

import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import * as fastPng from 'fast-png';
import jpeg from 'jpeg-js';
import { describe, expect, it, test } from 'vitest';
import { decode, encodePng, readHeader } from '../../examples/common/codecs.ts';
import { damagedCopies, truncatedCopies } from '../support/damaged-files.ts';
import { chunk, header, pngOf, withChecksums } from '../support/png.ts';

const RGB = { colourType: 2, depth: 8, width: 2 };
const PALETTE = { colourType: 3, depth: 8, width: 1 };
const data = chunk('IDAT', deflateSync(Buffer.of(0, 1, 2, 3, 4, 5, 6)));
const pixels = [1, 2, 3, 255, 4, 5, 6, 255];

const gradient = new Uint8Array(4 * 24 * 16).map((_, at) => (at % 4 === 3 ? 255 : (at * 5) % 251));
const smallPng = encodePng({ data: gradient, width: 24, height: 16 });
const smallJpeg = jpeg.encode({ data: gradient, width: 24, height: 16 }, 80).data;
const rocket = readFileSync('examples/restyle/photos/rocket.jpg');

describe('a PNG', () => {
  it('that inflates to more than its size is refused', () => {
    const bomb = chunk('IDAT', deflateSync(Buffer.alloc(64 * 2 ** 20)));
    expect(() => decode(pngOf(header(RGB), bomb))).toThrow('inflate to more than 7 bytes');
  });

  it('that inflates to less is refused', () => {
    const short = chunk('IDAT', deflateSync(Buffer.of(0, 1, 2)));
    expect(() => decode(pngOf(header(RGB), short))).toThrow('inflate to 3 of 7 bytes');
  });

  it('of more pixels than allowed is refused, whatever its data', () => {
    const vast = pngOf(header({ ...RGB, width: 0xffffffff, height: 0xffffffff }), data);
    expect(() => decode(vast)).toThrow('PNG of 4294967295 x 4294967295 pixels, of at most 1000');
    expect(() => decode(pngOf(header(RGB), data), 1)).toThrow('2 x 1 pixels, of at most 1');
    expect(readHeader(vast)).toEqual({ format: 'PNG', width: 0xffffffff, height: 0xffffffff });
  });

  it('with a colour profile and texts is decoded without reading them', () => {
    const profile = chunk('iCCP', Buffer.from('no profile\0\x07bytes'));
    const text = chunk('tEXt', Buffer.from('no end'));
    expect([...decode(pngOf(header(RGB), profile, text, data)).data]).toEqual(pixels);
  });

  it('whose rows come in seven passes is decoded', () => {
    const picture = { data: gradient, width: 24, height: 16 };
    const passes = fastPng.encode(picture, { interlace: 'Adam7' });
    expect([...decode(passes).data]).toEqual([...gradient]);
  });

  it.each<[string, Buffer, string]>([
    ['without header', pngOf(data), 'no header'],
    ['with two headers', pngOf(header(RGB), header(RGB), data), '2 chunks IHDR'],
    [
      'of an impossible depth',
      pngOf(header({ ...RGB, depth: 4 }), data),
      '4 bits of colour type 2',
    ],
    ['of an unknown colour type', pngOf(header({ ...RGB, colourType: 5 }), data), 'colour type 5'],
    ['without the palette it needs', pngOf(header(PALETTE), data), 'no palette'],
    [
      'with a palette that is too long',
      pngOf(header(PALETTE), chunk('PLTE', Buffer.alloc(771)), data),
      'a palette of 771 bytes',
    ],
    [
      'with two transparencies',
      pngOf(
        header(PALETTE),
        chunk('PLTE', [1, 2, 3]),
        chunk('tRNS', [1]),
        chunk('tRNS', [1]),
        data,
      ),
      '2 chunks tRNS',
    ],
    [
      'with an unknown critical chunk',
      pngOf(header(RGB), chunk('EVIL', []), data),
      'EVIL is unknown',
    ],
    ['with a chunk longer than the file', pngOf(header(RGB), data).subarray(0, -14), 'ends within'],
    ['without data', pngOf(header(RGB)), 'zlib'],
    ['with a wrong checksum', pngOf(header(RGB).fill(1, 21, 22), data), 'CRC'],
  ])('%s is refused', (_, file, message) => {
    expect(() => decode(file)).toThrow(/^damaged or truncated PNG/);
    expect(() => decode(file)).toThrow(message);
  });
});

describe('a JPEG', () => {
  const START = [0xff, 0xd8];
  const END = [0xff, 0xd9];
  const frame = (width: number, components: number[], marker = 0xc0) => [
    ...[0xff, marker, 0, 8 + components.length, 8, 0, 16, width >> 8, width & 255],
    ...[components.length / 3, ...components],
  ];
  const scan = (components: number[]) => [
    ...[0xff, 0xda, 0, 6 + components.length, components.length / 2, ...components, 0, 63, 0],
  ];
  const of = (...segments: number[][]) => Uint8Array.from([...START, ...segments.flat(), ...END]);
  const gray = frame(16, [1, 0x11, 0]);

  it.each<[string, Uint8Array, string]>([
    ['of no frame', of(scan([1, 0])), '0 frames'],
    ['of two frames', of(gray, gray, scan([1, 0])), '2 frames'],
    [
      'of a frame within a frame that is too long',
      of([...gray.slice(0, 3), 24, ...gray.slice(4), ...gray]),
      '2 frames',
    ],
    ['of lossless coding', of(frame(16, [1, 0x11, 0], 0xc3), scan([1, 0])), '0 frames'],
    ['of five components', of(frame(16, new Array(15).fill(0x11)), scan([1, 0])), '5 components'],
    ['with a scan of five components', of(gray, scan(new Array(10).fill(1))), '5 components'],
    ['of 65 scans', of(gray, ...new Array(65).fill(scan([1, 0]))), '65 scans, of at most 64'],
    ['with a table that is cut', of([0xff, 0xdb, 0, 4, 0, 1], gray, scan([1, 0])), 'that is cut'],
    ['without marker', of(gray, [1, 2]), 'no marker at byte 15'],
    ['without end', of(gray, scan([1, 0])).subarray(0, -2), 'it ends'],
    ['with components that are not sampled', of(frame(16, [1, 0, 0]), scan([1, 0])), 'sampling'],
  ])('%s is refused', (_, file, message) => {
    expect(() => decode(file)).toThrow(/^damaged or truncated JPEG/);
    expect(() => decode(file)).toThrow(message);
  });

  it('of more pixels than allowed is refused, whatever its data', () => {
    const { width, height } = readHeader(rocket);
    expect([width, height]).toEqual([640, 427]);
    expect(() => decode(rocket, 640 * 427 - 1)).toThrow('JPEG of 640 x 427 pixels, of at most');
    expect(decode(rocket, 640 * 427)).toMatchObject({ width, height });
  });

  it('whose coarse chroma makes a line of pixels huge is refused for its memory', () => {
    // Each pixel of a line becomes a block of 120 x 120 samples.
    const line = frame(65535, [1, 0xff, 0, 2, 0xff, 0, 3, 0xff, 0]);
    line[6] = 1;
    expect(() => decode(of(line, scan([1, 0])), 65535)).toThrow('maxMemoryUsageInMB');
  });

  it('with a thumbnail and comments is decoded without reading them', () => {
    const thumbnail = [0xff, 0xe1, 2, 0x66, ...smallJpeg.subarray(0, 612)];
    const comment = [0xff, 0xfe, 0, 3, 65];
    const file = Uint8Array.from([...START, ...thumbnail, ...comment, ...smallJpeg.subarray(2)]);
    expect(decode(file)).toEqual(decode(smallJpeg));
  });

  it('with a table whose values look like markers is decoded', () => {
    const at = smallJpeg.findIndex((byte, i) => byte === 0xff && smallJpeg[i + 1] === 0xdb);
    const file = Uint8Array.from(smallJpeg);
    file.set([0xff, 0xc0, 0xff, 0xda], at + 20);
    expect(decode(file)).toMatchObject({ width: 24, height: 16 });
  });
});

test.each<[string, Uint8Array, (file: Uint8Array) => Uint8Array]>([
  ['PNG', smallPng, (file) => file],
  ['PNG with right checksums', smallPng, withChecksums],
  ['JPEG', smallJpeg, (file) => file],
])(
  'a damaged %s is decoded to the size it says it has, or refused in one line',
  (_, file, mend) => {
    const refusal = /^(neither a PNG nor a JPEG|(damaged or truncated )?(PNG|JPEG)[ ,][^\n]*)$/;
    let refused = 0;
    for (const copy of [...truncatedCopies(file, 200), ...damagedCopies(file, 800, 7)].map(mend)) {
      try {
        const { width, height, data } = decode(copy, 2 ** 20);
        expect(readHeader(copy)).toMatchObject({ width, height });
        expect(data.length).toBe(4 * width * height);
      } catch (error) {
        refused++;
        expect((error as Error).message).toMatch(refusal);
      }
    }
    expect(refused).toBeGreaterThan(200);
    expect(refused).toBeLessThan(1000);
  },
);
