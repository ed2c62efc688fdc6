import jpeg from 'jpeg-js';
import { describe, expect, it } from 'vitest';
import { decode, encodePng } from '../../examples/common/codecs.ts';
import { type PngParts, png } from '../support/png.ts';

const GRAY = { colourType: 0, depth: 8, width: 2, row: [0, 200] };
const RGB = { colourType: 2, depth: 8, width: 2, row: [1, 2, 3, 4, 5, 6] };
const PALETTE = {
  colourType: 3,
  depth: 8,
  width: 2,
  palette: [1, 2, 3, 4, 5, 6],
  row: [1, 0],
};

describe('decode', () => {
  it.each<[string, PngParts, number[]]>([
    ['gray', GRAY, [0, 0, 0, 255, 200, 200, 200, 255]],
    [
      'gray with one transparent level',
      { ...GRAY, transparency: [0, 200] },
      [0, 0, 0, 255, 200, 200, 200, 0],
    ],
    ['gray of 1 bit', { ...GRAY, depth: 1, row: [0b01000000] }, [0, 0, 0, 255, 255, 255, 255, 255]],
    [
      'gray of 2 bits',
      { ...GRAY, depth: 2, row: [0b01100000] },
      [85, 85, 85, 255, 170, 170, 170, 255],
    ],
    [
      'gray of 4 bits with one transparent level',
      { ...GRAY, depth: 4, transparency: [0, 15], row: [0xf1] },
      [255, 255, 255, 0, 17, 17, 17, 255],
    ],
    [
      'gray of 16 bits',
      { ...GRAY, depth: 16, row: [0x80, 0x00, 0xff, 0xff] },
      [128, 128, 128, 255, 255, 255, 255, 255],
    ],
    ['gray and alpha', { ...GRAY, colourType: 4, row: [9, 8, 7, 6] }, [9, 9, 9, 8, 7, 7, 7, 6]],
    ['palette', PALETTE, [4, 5, 6, 255, 1, 2, 3, 255]],
    ['palette with alpha', { ...PALETTE, transparency: [99] }, [4, 5, 6, 255, 1, 2, 3, 99]],
    ['palette of 1 bit', { ...PALETTE, depth: 1, row: [0b10000000] }, [4, 5, 6, 255, 1, 2, 3, 255]],
    ['RGB', RGB, [1, 2, 3, 255, 4, 5, 6, 255]],
    [
      'RGB with one transparent colour',
      { ...RGB, width: 3, transparency: [0, 4, 0, 5, 0, 6], row: [1, 2, 3, 4, 5, 6, 4, 5, 7] },
      [1, 2, 3, 255, 4, 5, 6, 0, 4, 5, 7, 255],
    ],
    ['RGB with a suggested palette', { ...RGB, palette: [7, 8, 9] }, [1, 2, 3, 255, 4, 5, 6, 255]],
    [
      'RGB of 16 bits',
      { ...RGB, depth: 16, width: 1, row: [0x01, 0x00, 0x01, 0x81, 0xfe, 0x00] },
      [1, 1, 253, 255],
    ],
    ['RGBA', { ...RGB, colourType: 6, width: 1, row: [1, 2, 3, 4] }, [1, 2, 3, 4]],
    [
      'RGBA of 16 bits',
      { ...RGB, colourType: 6, depth: 16, width: 1, row: [1, 1, 2, 2, 3, 3, 4, 4] },
      [1, 2, 3, 4],
    ],
  ])('makes RGBA bytes of a PNG that is %s', (_, parts, expected) => {
    const { data, width, height } = decode(png(parts));
    expect({ data: [...data], width, height }).toEqual({
      data: expected,
      width: parts.width,
      height: 1,
    });
  });

  it('makes RGBA bytes of a JPEG', () => {
    const data = new Uint8Array(4 * 16 * 8).fill(255);
    for (let at = 0; at < data.length; at += 4) data.set([200, 120, 40], at);
    const decoded = decode(jpeg.encode({ data, width: 16, height: 8 }, 100).data);
    expect([decoded.width, decoded.height]).toEqual([16, 8]);
    // Luma, chroma and the result are rounded: an error of 0.5 + 1.772 * 0.5 + 0.5 in blue, less elsewhere.
    decoded.data.forEach((byte, at) => {
      expect(Math.abs(byte - (data[at] as number))).toBeLessThanOrEqual(2);
    });
  });

  it('refuses a PNG with fewer rows than its header says', () => {
    expect(() => decode(png({ ...RGB, height: 2 }))).toThrow('damaged or truncated PNG');
  });

  it("refuses packed gray that is interlaced, which it can't unpack", () => {
    const interlaced = png({ ...GRAY, depth: 1, interlace: 1, row: [0, 0, 0] });
    expect(() => decode(interlaced)).toThrow('unsupported kind');
  });

  it('refuses a picture without pixels', () => {
    expect(() => decode(png({ ...RGB, width: 0, row: [] }))).toThrow('PNG of 0 x 1 pixels');
  });
});

describe('encodePng', () => {
  const rgb = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  // Byte 25 of a PNG is its colour type: 2 is RGB, 6 is RGBA.
  it.each([
    ['without alpha where all is opaque', [255, 255, 255], 2],
    ['with alpha where one pixel is not', [255, 254, 255], 6],
  ])('encodes %s', (_, alpha, colourType) => {
    const data = Uint8Array.from(alpha.flatMap((a, i) => [...rgb.slice(3 * i, 3 * i + 3), a]));
    const file = encodePng({ data, width: 3, height: 1 });
    expect(file[25]).toBe(colourType);
    expect([...decode(file).data]).toEqual([...data]);
  });
});
