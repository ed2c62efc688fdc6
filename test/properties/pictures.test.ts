import fc from 'fast-check';
import { expect } from 'vitest';
import {
  type ImageLike,
  ImageMoments,
  imageMoments,
  imageToTensor,
  restyle,
  Tensor,
  tensorToImage,
  tissueMask,
} from '../../src/index.ts';
import { expectSameBits, expectSameBytes } from '../support/closeness.ts';
import {
  channelOf,
  picturePlaces,
  putPicture,
  randomMask,
  randomPicture,
  resetPicturePlaces,
} from '../support/pictures.ts';
import { holds } from './holds.ts';

const layout = fc.constantFrom('nchw' as const, 'nhwc' as const);
const space = fc.constantFrom('rgb' as const, 'oklab' as const, 'lab' as const);
const place = fc.constantFrom(...Object.keys(picturePlaces));
const triple = (min: number, max: number) =>
  fc.array(fc.double({ min, max, noNaN: true }), { minLength: 3, maxLength: 3 });

/** Pictures of any size on both sides of a cut, of noise, of one colour, or of greys. */
const picture = fc
  .record({
    width: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 300, max: 420 })),
    height: fc.integer({ min: 1, max: 45 }),
    seed: fc.nat(),
    hidden: fc.constantFrom(2, 7, 1e9),
    kind: fc.constantFrom('noise', 'noise', 'flat', 'grey'),
  })
  .map(({ width, height, seed, hidden, kind }) => {
    const image = randomPicture(width, height, seed, hidden);
    const [red = 0, green = 0, blue = 0] = image.data;
    for (let at = 0; at < image.data.length && kind !== 'noise'; at += 4) {
      const grey = image.data[at] as number;
      image.data.set(kind === 'flat' ? [red, green, blue] : [grey, grey, grey], at);
    }
    return image;
  });

const maskOf = (image: ImageLike, seed: number | null): Uint8Array | null =>
  seed === null ? null : randomMask(image, seed);
const maskSeed = fc.option(fc.nat());

holds(
  'pictures come back from their tensor, one or several, wherever they lie',
  20,
  fc.record({
    image: picture,
    count: fc.integer({ min: 1, max: 3 }),
    from: place,
    to: place,
    layout,
    mean: triple(-2, 2),
    std: triple(0.1, 4),
  }),
  ({ image, count, from, to, ...options }) => {
    resetPicturePlaces();
    const images = Array.from({ length: count }, (_, i) => ({
      ...image,
      data: image.data.map((byte) => byte ^ i),
    }));
    const put = images.map((one) => putPicture(from, one));
    const x = imageToTensor(put, options);
    const size = x.size / count;
    const shape = [1, ...x.shape.slice(1)];
    images.forEach((one, i) => {
      const sample = new Tensor(x.data.subarray(i * size, (i + 1) * size), shape);
      expectSameBits(imageToTensor(one, options).data, sample.data);
      const out = putPicture(to, { ...one, data: new Uint8Array(one.data.length) });
      expect(tensorToImage(sample, { ...options, out })).toBe(out);
      expectSameBytes(
        out.data,
        one.data.map((byte, at) => (at % 4 === 3 ? 255 : byte)),
      );
    });
  },
);

holds(
  'restyling keeps size, alpha and what takes no part, and is the same wherever pictures lie',
  20,
  fc.record({
    content: picture,
    style: picture,
    space,
    strength: fc.constantFrom(0, 0.3, 1),
    contentSeed: maskSeed,
    styleSeed: maskSeed,
    from: place,
    to: place,
  }),
  ({ content, style, contentSeed, styleSeed, from, to, ...options }) => {
    resetPicturePlaces();
    const contentMask = maskOf(content, contentSeed);
    const styleMask = maskOf(style, styleSeed);
    const call = { ...options, contentMask, styleMask };
    if (channelOf(style, 0, styleMask).length === 0) {
      expect(() => restyle(content, style, call)).toThrow(RangeError);
      return;
    }
    const before = content.data.slice();
    const result = restyle(content, style, call);
    expect([result.width, result.height]).toEqual([content.width, content.height]);
    expectSameBytes(content.data, before);
    const isKept = (_: number, at: number): boolean =>
      options.strength === 0 ||
      at % 4 === 3 ||
      before[at | 3] === 0 ||
      contentMask?.[at >> 2] === 0;
    expectSameBytes(result.data.filter(isKept), before.filter(isKept));

    const put = putPicture(from, content);
    const out = putPicture(to, { ...content, data: new Uint8Array(content.data.length) });
    expect(restyle(put, style, { ...call, out })).toBe(out);
    expectSameBytes(out.data, result.data);
    const moments = imageMoments(style, { space: options.space, mask: styleMask });
    restyle(put, moments, { ...options, contentMask, out: put });
    expectSameBytes(put.data, result.data);
  },
);

holds(
  'moments of pictures, merged in any order and through JSON, are those of all pixels',
  20,
  fc.record({ pictures: fc.array(picture, { maxLength: 4 }), space, seed: maskSeed, place }),
  ({ pictures, space, seed, place }) => {
    resetPicturePlaces();
    const merged = new ImageMoments(space);
    for (const one of [...pictures].reverse()) {
      const mask = maskOf(one, seed);
      const found = imageMoments(putPicture(place, one), { space, mask });
      const text = JSON.stringify(imageMoments(one, { space, mask }));
      expect(JSON.stringify(found)).toBe(text);
      merged.merge(ImageMoments.fromJSON(JSON.parse(text)));
    }
    const data = Uint8Array.from(pictures.flatMap((one) => [...one.data]));
    const mask =
      seed === null ? null : Uint8Array.from(pictures.flatMap((one) => [...randomMask(one, seed)]));
    if (data.length === 0) return expect(merged.count).toBe(0);
    const whole = imageMoments({ data, width: data.length / 4, height: 1 }, { space, mask });
    expect(merged.count).toBe(whole.count);
    if (space === 'rgb') expect(JSON.stringify(merged)).toBe(JSON.stringify(whole));
    // Differences from the first pixel of each cut are float32, of numbers up to 1 or 100.
    const allowed = (space === 'lab' ? 100 : 1) * 2 ** -23;
    [...merged.mean, ...merged.std()].forEach((value, i) => {
      const wanted = [...whole.mean, ...whole.std()][i] as number;
      if (Number.isNaN(wanted)) expect(value).toBeNaN();
      else expect(Math.abs(value - wanted)).toBeLessThanOrEqual(allowed);
    });
  },
);

holds(
  'greys stay grey by a style of greys, and tissue is the same wherever a slide lies',
  20,
  fc.record({
    content: picture,
    style: picture,
    space,
    place,
    strength: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  ({ content, style, space, place, strength }) => {
    resetPicturePlaces();
    const greyOf = (image: ImageLike) => ({
      ...image,
      data: image.data.map((byte, at) =>
        at % 4 === 3 ? Math.max(1, byte) : (image.data[at & ~3] as number),
      ),
    });
    const { data } = restyle(greyOf(content), greyOf(style), { space, strength });
    const colours = data.filter((byte, at) => at % 4 !== 3 && byte !== data[at & ~3]);
    expect(colours.length).toBe(0);
    expectSameBytes(tissueMask(putPicture(place, content)), tissueMask(content));
  },
);
