import { describe, expect, test } from 'vitest';
import { imageToTensor, Tensor, tensorToImage } from '../../src/index.ts';
import { expectSameBytes } from '../support/closeness.ts';
import {
  IMAGENET,
  picturePlaces,
  putPicture,
  resetPicturePlaces,
  SIZES,
} from '../support/pictures.ts';
import { places, resetPlaces } from '../support/places.ts';
import { normals, uniforms } from '../support/random.ts';
import { moments } from '../support/reference.ts';
import { type RefusedCall, testRefusedCalls } from '../support/refusals.ts';
import { sizeOf } from '../support/shapes.ts';

/** A picture with every byte in every channel, at different places. */
const everyByte = {
  data: Uint8ClampedArray.from(
    { length: 4 * 256 },
    (_, i) => ((i >> 2) * ([1, 7, 13, 29][i % 4] as number)) % 256,
  ),
  width: 64,
  height: 4,
};

describe('tensorToImage', () => {
  test.each([
    ['as it is', {}],
    ["by ImageNet's mean and std", IMAGENET],
    ['by one mean and a negative std', { mean: 0.3, std: -1.7 }],
  ])('restores every byte of a picture that was normalized %s, with opaque alpha', (_, options) => {
    const { width, height, data } = everyByte;
    const image = tensorToImage(imageToTensor(everyByte, options), options);
    expect([image.width, image.height]).toEqual([width, height]);
    expect(image.data).toBeInstanceOf(Uint8ClampedArray);
    expect(image.data).toEqual(data.map((byte, i) => (i % 4 === 3 ? 255 : byte)));
  });

  test('clamps, rounds halves to even, and turns NaN into black', () => {
    const values = [-1, -0.001, 0, 0.5 / 255, 1.5 / 255, 2.4 / 255, 2.6 / 255, 1, 1.01, 1e30];
    const bytes = [0, 0, 0, 0, 2, 2, 3, 255, 255, 255];
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const all = [...values, ...odd].flatMap((value) => [value, value, value]);
    const planes = [0, 1, 2].flatMap((channel) => all.filter((_, i) => i % 3 === channel));
    // The values are scaled by 255 in float32 first, so that the halves are exact.
    const x = new Tensor(
      Float32Array.from(planes, (value) => value * 255),
      [1, 3, 1, 13],
    );
    const { data } = tensorToImage(x, { std: 1 / 255 });
    expect([...data].filter((_, i) => i % 4 === 0)).toEqual([...bytes, 0, 255, 0]);
  });

  test('takes a tensor without a batch dimension, and one of an ONNX runtime', () => {
    const values = uniforms(3 * 5 * 7, 1);
    const expected = tensorToImage(new Tensor(values, [1, 3, 5, 7]));
    expect(tensorToImage(new Tensor(values, [3, 5, 7]))).toEqual(expected);
    expect(tensorToImage({ data: values, dims: [3, 5, 7] })).toEqual(expected);
    expect([expected.width, expected.height]).toEqual([7, 5]);
  });

  test('rounds to the nearest byte, without bias', () => {
    const values = uniforms(3 * 100 * 100, 2);
    const { data } = tensorToImage(new Tensor(values, [3, 100, 100]));
    const errors = Array.from(
      { length: 10_000 },
      (_, i) => (data[4 * i] as number) - 255 * (values[i] as number),
    );
    expect(Math.max(...errors.map(Math.abs))).toBeLessThanOrEqual(0.5 + 1e-4);
    expect(Math.abs(moments(errors).mean)).toBeLessThan(0.01);
  });

  test.each(['nchw', 'nhwc'] as const)(
    'rounds each value from float64, at any size and in every place of memory, in %s',
    (layout) => {
      for (const [width, height] of SIZES) {
        const pixels = width * height;
        const values = normals(3 * pixels, width);
        const shape = layout === 'nchw' ? [3, height, width] : [height, width, 3];
        const wanted = new Uint8ClampedArray(4 * pixels).fill(255);
        for (let pixel = 0; pixel < pixels; pixel++) {
          for (let channel = 0; channel < 3; channel++) {
            const at = layout === 'nchw' ? channel * pixels + pixel : 3 * pixel + channel;
            const { mean, std } = IMAGENET;
            const scale = 255 * (std[channel] as number);
            wanted[4 * pixel + channel] =
              (values[at] as number) * scale + 255 * (mean[channel] as number);
          }
        }
        for (const place of Object.values(places)) {
          resetPlaces();
          const x = place(values, shape);
          const image = tensorToImage(x, { ...IMAGENET, layout });
          expect([image.width, image.height]).toEqual([width, height]);
          expectSameBytes(image.data, wanted);
          for (const name of Object.keys(picturePlaces)) {
            resetPicturePlaces();
            const out = putPicture(name, { data: new Uint8Array(4 * pixels), width, height });
            expect(tensorToImage(x, { ...IMAGENET, layout, out })).toBe(out);
            expectSameBytes(out.data, wanted);
          }
        }
      }
    },
  );
});

describe('a refused tensor', () => {
  const from = (tensor: unknown, options?: object) => () => tensorToImage(tensor as never, options);
  const x = new Tensor(new Float32Array(18), [1, 3, 2, 3]);
  const shaped = (...shape: number[]) => new Tensor(new Float32Array(sizeOf(shape)), shape);
  const bytes = new Uint8ClampedArray(24);

  const refused: RefusedCall[] = [
    ['no tensor', from(null), TypeError, 'tensor', 'null'],
    ['a tensor of 4 channels', from(shaped(1, 4, 2, 3)), RangeError, 'tensor', '[1, 4, 2, 3]'],
    ['a batch of tensors', from(shaped(2, 3, 2, 3)), RangeError, 'tensor', '[2, 3, 2, 3]'],
    ['a tensor of 2 dimensions', from(shaped(3, 6)), RangeError, 'tensor', '[3, 6]'],
    [
      'a tensor of 5 dimensions',
      from(shaped(1, 1, 3, 2, 3)),
      RangeError,
      'tensor',
      '[1, 1, 3, 2, 3]',
    ],
    ['an empty tensor', from(shaped(1, 3, 0, 3)), RangeError, 'tensor', '[1, 3, 0, 3]'],
    ['a tensor with a std of 0', from(x, { std: 0 }), RangeError, 'std', '0'],
    ['a tensor with an unknown option', from(x, { stds: 1 }), TypeError, 'options', '"stds"'],
    [
      'a result that is no picture',
      from(x, { out: x }),
      TypeError,
      'out.data',
      'a value of type Float32Array',
    ],
    [
      'a result of another size',
      from(x, { out: { data: bytes, width: 2, height: 3 } }),
      RangeError,
      'out',
      '2 x 3',
    ],
    [
      'a result in the memory of the tensor',
      from(x, { out: { data: new Uint8Array(x.data.buffer, 8, 24), width: 3, height: 2 } }),
      RangeError,
      'out',
      'bytes 8 to 32',
    ],
  ];
  testRefusedCalls(refused, 'is %s');
});
