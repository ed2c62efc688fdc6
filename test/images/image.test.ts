import { describe, expect, test } from 'vitest';
import { imageToTensor, Tensor, tensorToImage } from '../../src/index.ts';
import { uniforms } from '../support/random.ts';
import { moments } from '../support/reference.ts';
import { type RefusedCall, testRefusedCalls } from '../support/refusals.ts';
import { sizeOf } from '../support/shapes.ts';

// The mean and std that torchvision's models were trained with.
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

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

  test('takes a Uint8Array or a Buffer like a Uint8ClampedArray', () => {
    const { width, height } = everyByte;
    const expected = imageToTensor(everyByte).data;
    for (const data of [Uint8Array.from(everyByte.data), Buffer.from(everyByte.data)]) {
      expect(imageToTensor({ data, width, height }).data).toEqual(expected);
    }
  });
});

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
});

describe('a refused picture', () => {
  const bytes = new Uint8ClampedArray(24);
  const picture = { data: bytes, width: 3, height: 2 };
  const to = (image: unknown, options?: object) => () => imageToTensor(image as never, options);
  const from = (tensor: unknown, options?: object) => () => tensorToImage(tensor as never, options);
  const x = new Tensor(new Float32Array(18), [1, 3, 2, 3]);
  const shaped = (...shape: number[]) => new Tensor(new Float32Array(sizeOf(shape)), shape);

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
  ];
  testRefusedCalls(refused, 'is %s');
});
