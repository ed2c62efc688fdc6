import { describe, expect, test } from 'vitest';
import { Arena, imageToTensor, Tensor } from '../../src/index.ts';
import { expectSameBits } from '../support/closeness.ts';
import {
  IMAGENET,
  picturePlaces,
  putPicture,
  randomPicture,
  resetPicturePlaces,
  SIZES,
} from '../support/pictures.ts';
import { places, resetPlaces } from '../support/places.ts';
import { type RefusedCall, testRefusedCalls } from '../support/refusals.ts';

/** A picture with every byte in every channel, at different places. */
const everyByte = {
  data: Uint8ClampedArray.from(
    { length: 4 * 256 },
    (_, i) => ((i >> 2) * ([1, 7, 13, 29][i % 4] as number)) % 256,
  ),
  width: 64,
  height: 4,
};

describe('imageToTensor', () => {
  test('gives red, green and blue as planes of byte / 255, without alpha', () => {
    const data = Uint8ClampedArray.of(
      255,
      0,
      51,
      9,
      0,
      102,
      255,
      9,
      1,
      2,
      3,
      9,
      4,
      5,
      6,
      9,
      7,
      8,
      9,
      9,
      10,
      11,
      12,
      9,
    );
    const x = imageToTensor({ data, width: 2, height: 3 });
    expect(x.shape).toEqual([1, 3, 3, 2]);
    const planes = [
      [255, 0, 1, 4, 7, 10],
      [0, 102, 2, 5, 8, 11],
      [51, 255, 3, 6, 9, 12],
    ];
    expect([...x.data]).toEqual(planes.flat().map((byte) => Math.fround(byte / 255)));
  });

  test('subtracts the mean of a channel and divides by its std', () => {
    const data = Uint8ClampedArray.of(255, 128, 0, 255);
    const picture = { data, width: 1, height: 1 };
    expect([...imageToTensor(picture, IMAGENET).data]).toEqual([
      Math.fround((255 / 255 - 0.485) / 0.229),
      Math.fround((128 / 255 - 0.456) / 0.224),
      Math.fround((0 / 255 - 0.406) / 0.225),
    ]);
    expect([...imageToTensor(picture, { mean: 0.5, std: 0.25 }).data]).toEqual([
      2,
      Math.fround((128 / 255 - 0.5) / 0.25),
      -2,
    ]);
  });

  test('takes a Uint8Array or a subclass like a Uint8ClampedArray', () => {
    class Bytes extends Uint8Array {}
    const { width, height } = everyByte;
    const expected = imageToTensor(everyByte).data;
    for (const data of [Uint8Array.from(everyByte.data), Bytes.from(everyByte.data)]) {
      expect(imageToTensor({ data, width, height }).data).toEqual(expected);
    }
  });

  test('is rounded once from float64, for every byte', () => {
    for (const { mean, std } of [IMAGENET, { mean: [0.1, -3, 1e9], std: [1e-7, 7, -1e12] }]) {
      const { data } = imageToTensor(everyByte, { mean, std });
      const wanted = [0, 1, 2].flatMap((channel) =>
        Array.from({ length: 256 }, (_, pixel) => {
          const byte = everyByte.data[4 * pixel + channel] as number;
          const difference = byte / 255 - (mean[channel] as number);
          return Math.fround(difference / (std[channel] as number));
        }),
      );
      expectSameBits(data, Float32Array.from(wanted));
    }
  });

  describe.each(['nchw', 'nhwc'] as const)('in %s', (layout) => {
    const valueAt = (
      x: Tensor,
      sample: number,
      channel: number,
      pixel: number,
      pixels: number,
    ): number => {
      const at = layout === 'nchw' ? channel * pixels + pixel : 3 * pixel + channel;
      return x.data[3 * sample * pixels + at] as number;
    };

    // With a negative std kernels look values up: byte 0 becomes -0, which no line gives.
    test.each([1, -1])(
      'gives each pixel its place, at any size and in every place of memory, std %i',
      (std) => {
        for (const [width, height] of SIZES) {
          const picture = randomPicture(width, height, width);
          const pixels = width * height;
          for (const name of Object.keys(picturePlaces)) {
            resetPicturePlaces();
            const x = imageToTensor(putPicture(name, picture), { layout, std });
            expect(x.shape).toEqual(
              layout === 'nchw' ? [1, 3, height, width] : [1, height, width, 3],
            );
            let wrong = 0;
            for (let pixel = 0; pixel < pixels; pixel++) {
              for (let channel = 0; channel < 3; channel++) {
                const byte = picture.data[4 * pixel + channel] as number;
                if (
                  !Object.is(valueAt(x, 0, channel, pixel, pixels), Math.fround(byte / 255 / std))
                ) {
                  wrong++;
                }
              }
            }
            expect(wrong, `${width} x ${height} in ${name}`).toBe(0);
          }
        }
      },
    );

    test('writes into out, wherever it lies, and returns it', () => {
      for (const [width, height] of SIZES) {
        const picture = randomPicture(width, height, width);
        const expected = imageToTensor(picture, { ...IMAGENET, layout });
        for (const place of Object.values(places)) {
          resetPlaces();
          const out = place(new Float32Array(expected.size).fill(7), expected.shape);
          expect(imageToTensor(picture, { ...IMAGENET, layout, out })).toBe(out);
          expectSameBits(out.data, expected.data);
        }
      }
    });

    test('puts several pictures of one size one after the other', () => {
      for (const [width, height] of SIZES) {
        const pictures = [1, 2, 3].map((seed) => randomPicture(width, height, seed));
        const x = imageToTensor(pictures, { ...IMAGENET, layout });
        expect(x.shape[0]).toBe(3);
        pictures.forEach((picture, i) => {
          const { data } = imageToTensor(picture, { ...IMAGENET, layout });
          expectSameBits(x.data.subarray(i * data.length, (i + 1) * data.length), data);
        });
      }
    });
  });

  test('fills a slice of a batch, and nothing else of it', () => {
    const picture = randomPicture(17, 5, 1);
    const batch = new Float32Array(3 * 3 * 85).fill(9);
    const out = new Tensor(batch.subarray(255, 510), [1, 3, 5, 17]);
    imageToTensor(picture, { out });
    expectSameBits(batch.subarray(255, 510), imageToTensor(picture).data);
    expect(batch.subarray(0, 255).every((value) => value === 9)).toBe(true);
    expect(batch.subarray(510).every((value) => value === 9)).toBe(true);
  });
});

describe('a refused picture', () => {
  const bytes = new Uint8ClampedArray(24);
  const picture = { data: bytes, width: 3, height: 2 };
  const to = (image: unknown, options?: object) => () => imageToTensor(image as never, options);
  const arena = new Arena(1024);
  const inArena = arena.image(3, 2);
  const overlapping = new Float32Array(inArena.data.buffer, inArena.data.byteOffset, 18);

  const refused: RefusedCall[] = [
    ['undefined', to(undefined), TypeError, 'image', 'undefined'],
    ['bare bytes', to(bytes), TypeError, 'image.data', 'undefined'],
    [
      'floats',
      to({ ...picture, data: new Float32Array(24) }),
      TypeError,
      'image.data',
      'a value of type Float32Array',
    ],
    ['a word for a width', to({ ...picture, width: '3' }), TypeError, 'image.width', '"3"'],
    ['a width of 0', to({ ...picture, width: 0 }), RangeError, 'image.width', '0'],
    ['a height of 1.5', to({ ...picture, height: 1.5 }), RangeError, 'image.height', '1.5'],
    ['too few bytes', to({ ...picture, height: 3 }), RangeError, 'image.data', '24'],
    [
      'bytes without alpha',
      to({ data: new Uint8Array(18), width: 3, height: 2 }),
      RangeError,
      'image.data',
      '18',
    ],
    ['a word for a mean', to(picture, { mean: 'imagenet' }), TypeError, 'mean', '"imagenet"'],
    ['two means', to(picture, { mean: [0, 0] }), RangeError, 'mean', '2'],
    ['a mean of NaN', to(picture, { mean: Number.NaN }), RangeError, 'mean', 'NaN'],
    ['a std of 0', to(picture, { std: 0 }), RangeError, 'std', '0'],
    ['one std of 0', to(picture, { std: [1, 0, 1] }), RangeError, 'std', '0'],
    ['an unknown option', to(picture, { size: 224 }), TypeError, 'options', '"size"'],
    ['an unknown layout', to(picture, { layout: 'hwc' }), RangeError, 'layout', '"hwc"'],
    ['no picture', to([]), RangeError, 'image', '0'],
    ['a list with something else', to([picture, 3]), TypeError, 'image[1]', '3'],
    [
      'a picture of another size',
      to([picture, picture, { ...picture, width: 2, height: 3 }]),
      RangeError,
      'image[2]',
      '2 x 3',
    ],
    [
      'a result of another shape',
      to(picture, { out: new Tensor(new Float32Array(18), [3, 2, 3]) }),
      RangeError,
      'out',
      '[3, 2, 3]',
    ],
    [
      'a result of bytes',
      to(picture, { out: { data: new Uint8Array(18), shape: [1, 3, 2, 3] } }),
      TypeError,
      'out.data',
      'a value of type Uint8Array',
    ],
    [
      'a result in the memory of the picture',
      to(inArena, { out: new Tensor(overlapping, [1, 3, 2, 3]) }),
      RangeError,
      'out',
      'bytes ',
    ],
  ];
  testRefusedCalls(refused, 'is %s');

  test('is one that a getter of a later picture detaches', () => {
    const memory = new ArrayBuffer(24);
    const shrinking = { data: new Uint8Array(memory), width: 3, height: 2 };
    const list = [
      shrinking,
      {
        get data() {
          structuredClone(memory, { transfer: [memory] });
          return bytes;
        },
        width: 3,
        height: 2,
      },
    ];
    expect(() => imageToTensor(list)).toThrow('image[0].data: expected 24 bytes');
  });
});
