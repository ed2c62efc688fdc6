import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type ImageLike, imageMoments, type RestyleOptions, restyle } from '../../src/index.ts';
import { decode, encodeJpeg, encodePng, encodeWebp } from '../support/codecs.ts';
import { exif, withSegment } from '../support/jpeg.ts';
import { png } from '../support/png.ts';
import { uniformFrom } from '../support/random.ts';
import { expectSamePixels } from './pixels.ts';
import { send, sendForm } from './requests.ts';

const photo = (name: string) => new Uint8Array(readFileSync(`examples/restyle/photos/${name}.jpg`));

/** Makes RGBA bytes, with all values of alpha. */
function noise(width: number, height: number, seed: number) {
  const uniform = uniformFrom(seed);
  const data = Uint8ClampedArray.from({ length: 4 * width * height }, () => 256 * uniform());
  return { data, width, height };
}

const GRAY = { colourType: 0, depth: 8, width: 4, row: [0, 80, 160, 255] };
const kinds: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  'a PNG with alpha': await encodePng(noise(13, 7, 1)),
  'a JPEG': await encodeJpeg(noise(31, 17, 2), 90),
  'a gray PNG': new Uint8Array(png(GRAY)),
  'a WebP with alpha': await encodeWebp(noise(19, 23, 4), 90),
  'a gray PNG with alpha': new Uint8Array(png({ ...GRAY, colourType: 4, width: 2 })),
  'a gray PNG of 2 bits': new Uint8Array(png({ ...GRAY, depth: 2, row: [0b00_01_10_11] })),
  'a PNG with a palette': new Uint8Array(
    png({ ...GRAY, colourType: 3, palette: [9, 8, 7, 200, 100, 0], row: [0, 1, 1, 0] }),
  ),
  'a PNG of one pixel': await encodePng(noise(1, 1, 3)),
};

async function expectLikeNode(
  content: Uint8Array<ArrayBuffer>,
  style: Uint8Array<ArrayBuffer>,
  options: RestyleOptions,
): Promise<void> {
  const { strength, space } = options;
  const response = await sendForm({
    content,
    style,
    ...(strength === undefined ? {} : { strength: String(strength) }),
    ...(space === undefined ? {} : { space }),
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('image/png');
  const restyled = await decode(new Uint8Array(await response.arrayBuffer()));
  expectSamePixels(restyled, restyle(await decode(content), await decode(style), options));
}

describe('the service answers with the same pixels as the library in Node', () => {
  test.each<RestyleOptions>([
    {},
    { strength: 0 },
    { strength: 0.3, space: 'rgb' },
    { strength: 0.7, space: 'oklab' },
    { space: 'oklab' },
  ])('for photographs, with %o', (options) =>
    expectLikeNode(photo('chelsea'), photo('coffee'), options),
  );

  const pairs = Object.keys(kinds).map((name, i, names) => [name, names.at(i - 1) as string]);
  test.each(pairs)('for %s in the style of %s', (content, style) =>
    expectLikeNode(
      kinds[content] as Uint8Array<ArrayBuffer>,
      kinds[style] as Uint8Array<ArrayBuffer>,
      { space: 'oklab' },
    ),
  );

  test('for as many pixels as are allowed', async () => {
    const rows = { data: new Uint8Array(2 ** 22).fill(200), width: 1024, height: 1024 };
    const large = await encodePng(rows);
    return expectLikeNode(large, kinds['a JPEG'] as Uint8Array<ArrayBuffer>, {});
  });
});

/** Sends a form, and decodes what comes back. */
async function restyled(fields: Parameters<typeof sendForm>[0]): Promise<ImageLike> {
  const response = await sendForm(fields);
  expect(response.status, await response.clone().text()).toBe(200);
  return decode(new Uint8Array(await response.arrayBuffer()));
}

/** Restyles a picture by itself with a strength of 0, which decodes it and no more. */
function decoded(file: Uint8Array<ArrayBuffer>): Promise<ImageLike> {
  return restyled({ content: file, style: kinds['a JPEG'] as typeof file, strength: '0' });
}

/** Returns the mean bytes of red, green and blue of the pixels that are not transparent. */
function meansOf(picture: ImageLike): number[] {
  return [...imageMoments(picture).mean].map((mean) => 255 * mean);
}

describe('a JPEG', () => {
  const upright = kinds['a JPEG'] as Uint8Array<ArrayBuffer>;

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('with the orientation %i comes out upright', async (turn) => {
    const lying = await decode(upright);
    expectSamePixels(await decoded(withSegment(upright, exif(turn))), uprightOf(lying, turn));
  });

  test('with orientation in another order of bytes comes out upright', async () => {
    const turned = withSegment(upright, exif(6, 'II'));
    expectSamePixels(await decoded(turned), uprightOf(await decode(upright), 6));
  });

  // libjpeg, which Pillow and libvips use too, passes over what lies between segments.
  test('with bytes between its segments is read', async () => {
    const odd = [Uint8Array.of(1, 2, 3, 4), Uint8Array.of(0xff, 0), Uint8Array.of(0xff, 0xff)];
    const expected = await decode(upright);
    for (const bytes of odd) {
      expectSamePixels(await decoded(withSegment(upright, exif(1), bytes)), expected);
    }
  });

  test.each([
    ['by its Adobe segment', (file: Uint8Array<ArrayBuffer>) => file],
    ['by the names of its components', withoutAdobe],
  ])('of red, green and blue is not taken for YCbCr, %s', async (_, changed) => {
    const picture = { data: new Uint8Array(4 * 256), width: 16, height: 16 };
    for (let at = 0; at < picture.data.length; at += 4) picture.data.set([148, 111, 87, 255], at);
    const file = changed(await encodeJpeg(picture, 100, 'RGB'));
    for (const [channel, mean] of meansOf(await decoded(file)).entries()) {
      expect(Math.abs(mean - (picture.data[channel] as number))).toBeLessThan(1);
    }
  });
});

/** Returns a JPEG without its segment of Adobe's. */
function withoutAdobe(file: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(file);
  const start = bytes.indexOf(Buffer.of(0xff, 0xee));
  expect(start).toBeGreaterThan(0);
  const end = start + 2 + bytes.readUInt16BE(start + 2);
  return new Uint8Array(Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]));
}

/** Turns a picture by the definition of EXIF's orientations. */
function uprightOf({ data, width, height }: ImageLike, orientation: number): ImageLike {
  const isTurned = orientation >= 5;
  const [columns, rows] = isTurned ? [height, width] : [width, height];
  const turned = new Uint8ClampedArray(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [x, y] = (
        [
          [column, row],
          [width - 1 - column, row],
          [width - 1 - column, height - 1 - row],
          [column, height - 1 - row],
          [row, column],
          [row, height - 1 - column],
          [width - 1 - row, height - 1 - column],
          [width - 1 - row, column],
        ] as const
      )[orientation - 1] as readonly [number, number];
      const from = 4 * (y * width + x);
      turned.set(data.subarray(from, from + 4), 4 * (row * columns + column));
    }
  }
  return { data: turned, width: columns, height: rows };
}

describe('a PNG', () => {
  test('of 16 bits is rounded to 8', async () => {
    // 255, 1000 and 65535 of 65535 are 0.99, 3.89 and 255 of 255.
    const row = [0, 255, 3, 232, 255, 255];
    const file = png({ ...GRAY, colourType: 2, depth: 16, width: 1, row });
    expect([...(await decoded(new Uint8Array(file))).data]).toEqual([1, 4, 255, 255]);
  });

  test('that is interlaced and of 1 bit is read', async () => {
    // Adam7 of 2 x 1 pixels: the first and the sixth pass have a row of one pixel each.
    const row = [0b1000_0000, 0, 0b0000_0000];
    const file = png({ ...GRAY, depth: 1, width: 2, interlace: 1, row });
    expect([...(await decoded(new Uint8Array(file))).data]).toEqual([
      255, 255, 255, 255, 0, 0, 0, 255,
    ]);
  });

  test('keeps the colours of transparent pixels out of the style', async () => {
    const opaque = noise(16, 16, 5);
    opaque.data.forEach((_, at) => {
      if (at % 4 === 3) opaque.data[at] = at % 8 === 3 ? 255 : 0;
    });
    const hidden = { ...opaque, data: opaque.data.slice() };
    for (let at = 4; at < hidden.data.length; at += 8) hidden.data.fill(255, at, at + 3);
    const content = kinds['a JPEG'] as Uint8Array<ArrayBuffer>;
    expectSamePixels(
      await restyled({ content, style: await encodePng(hidden) }),
      await restyled({ content, style: await encodePng(opaque) }),
    );
  });

  test('without colour takes one even tint in Oklab', async () => {
    const data = Uint8Array.from({ length: 4 * 256 }, (_, at) => (at % 4 === 3 ? 255 : at >> 2));
    const content = await encodePng({ data, width: 16, height: 16 });
    const tinted = await restyled({ content, style: photo('coffee'), space: 'oklab' });
    expectSamePixels(
      tinted,
      restyle(await decode(content), await decode(photo('coffee')), { space: 'oklab' }),
    );
    // Red over blue, as coffee is, in every pixel that is not black or white.
    for (let at = 4 * 32; at < 4 * 192; at += 4) {
      expect(tinted.data[at]).toBeGreaterThan(tinted.data[at + 2] as number);
    }
  });
});

describe('moments in place of a style', () => {
  const content = photo('chelsea');

  test.each(['rgb', 'oklab', 'lab'] as const)('give the same picture in %s', async (space) => {
    const moments = JSON.stringify(imageMoments(await decode(photo('coffee')), { space }));
    const expected = await restyled({ content, style: photo('coffee'), space });
    expectSamePixels(await restyled({ content, style: moments }), expected);
    const file = new TextEncoder().encode(`\n${moments}`);
    expectSamePixels(await restyled({ content, style: file, space }), expected);
  });
});

describe('the format of the answer', () => {
  const form = { content: photo('chelsea'), style: photo('coffee') };

  test.each([
    ['image/jpeg', 'image/jpeg'],
    ['image/webp,image/png;q=0.5', 'image/webp'],
    ['text/html, image/webp;q=0.3, image/jpeg;q=0.4', 'image/jpeg'],
    ['image/avif,image/*;q=0.8', 'image/png'],
    ['image/png;q=0, */*', 'image/jpeg'],
    ['*/*', 'image/png'],
  ])('is that of Accept: %s', async (accept, type) => {
    const body = new FormData();
    for (const [name, file] of Object.entries(form)) body.append(name, new Blob([file]));
    const response = await send('/restyle', { method: 'POST', body, headers: { accept } });
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('vary')).toBe('accept');
  });

  test.each([
    ['png', 'image/png', 0],
    ['jpeg', 'image/jpeg', 3],
    ['webp', 'image/webp', 3],
  ] as const)('is that of the form: %s', async (format, type, most) => {
    const response = await sendForm({ ...form, format });
    expect(response.headers.get('content-type')).toBe(type);
    const picture = await decode(new Uint8Array(await response.arrayBuffer()));
    const expected = restyle(await decode(form.content), await decode(form.style));
    expect([picture.width, picture.height]).toEqual([expected.width, expected.height]);
    const differences = picture.data.map((byte, at) => Math.abs(byte - (expected.data[at] ?? 0)));
    const mean = differences.reduce((sum, byte) => sum + byte, 0) / differences.length;
    expect(mean).toBeLessThanOrEqual(most);
  });

  test('is laid on white where it has no alpha', async () => {
    const data = Uint8Array.from({ length: 4 * 256 }, (_, at) => (at % 4 === 3 ? 0 : 10));
    const content = await encodePng({ data, width: 16, height: 16 });
    const picture = await restyled({ content, style: form.style, format: 'jpeg' });
    expect(Math.min(...picture.data)).toBeGreaterThan(250);
  });
});
