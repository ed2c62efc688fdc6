import { readFileSync } from 'node:fs';
import jpeg from 'jpeg-js';
import { describe, expect, test } from 'vitest';
import { decode, encodePng } from '../../examples/common/codecs.ts';
import { type RestyleOptions, restyle } from '../../src/index.ts';
import { png } from '../support/png.ts';
import { uniformFrom } from '../support/random.ts';
import { expectSamePixels } from './pixels.ts';
import { sendForm } from './requests.ts';

const photo = (name: string) => new Uint8Array(readFileSync(`examples/restyle/photos/${name}.jpg`));

/** Makes RGBA bytes, with all values of alpha. */
function noise(width: number, height: number, seed: number) {
  const uniform = uniformFrom(seed);
  const data = Uint8ClampedArray.from({ length: 4 * width * height }, () => 256 * uniform());
  return { data, width, height };
}

const GRAY = { colourType: 0, depth: 8, width: 4, row: [0, 80, 160, 255] };
const kinds: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  'a PNG with alpha': new Uint8Array(encodePng(noise(13, 7, 1))),
  'a JPEG': new Uint8Array(jpeg.encode(noise(31, 17, 2), 90).data),
  'a gray PNG': new Uint8Array(png(GRAY)),
  'a PNG of 16 bits': new Uint8Array(
    png({ ...GRAY, colourType: 2, depth: 16, width: 1, row: [1, 2, 3, 4, 5, 6] }),
  ),
  'a PNG with a palette': new Uint8Array(
    png({ ...GRAY, colourType: 3, palette: [9, 8, 7, 200, 100, 0], row: [0, 1, 1, 0] }),
  ),
  'a PNG of one pixel': new Uint8Array(encodePng(noise(1, 1, 3))),
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
  const restyled = decode(new Uint8Array(await response.arrayBuffer()));
  expectSamePixels(restyled, restyle(decode(content), decode(style), options));
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

  test('for as many pixels as are allowed', () => {
    const rows = { data: new Uint8Array(4 * 640 * 480).fill(200), width: 640, height: 480 };
    const large = new Uint8Array(encodePng(rows));
    return expectLikeNode(large, kinds['a JPEG'] as Uint8Array<ArrayBuffer>, {});
  });
});

test('orientation in EXIF is ignored', async () => {
  const content = kinds['a JPEG'] as Uint8Array<ArrayBuffer>;
  const style = photo('coffee');
  const upright = await (await sendForm({ content, style })).arrayBuffer();
  // One directory with one entry: orientation, a short, 6 for a quarter turn.
  const entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0];
  const exif = [...Buffer.from('Exif\0\0MM\0*\0\0\0\x08\0\x01', 'latin1'), ...entry, 0, 0, 0, 0];
  const segment = [0xff, 0xe1, 0, exif.length + 2, ...exif];
  const turned = Uint8Array.from([0xff, 0xd8, ...segment, ...content.subarray(2)]);
  const response = await sendForm({ content: turned, style });
  expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(upright))).toBe(true);
});
