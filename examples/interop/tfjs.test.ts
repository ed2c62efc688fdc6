import '@tensorflow/tfjs-backend-cpu';
import { setBackend, tensor4d } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { expectClose } from '../../test/support/closeness.ts';
import { normals } from '../../test/support/random.ts';
import { instanceNorm, rowMoments } from '../../test/support/reference.ts';
import { transferStyle } from './tfjs.ts';

beforeAll(() => setBackend('cpu'));

it.each([1, 2])('gives each channel the mean and deviation of %i styles', async (styles) => {
  const shape: [number, number, number, number] = [2, 9, 7, 3];
  const styleShape: [number, number, number, number] = [styles, 4, 5, 3];
  const content = normals(2 * 9 * 7 * 3, 1, 5, 2);
  const style = normals(styles * 4 * 5 * 3, 2, -3, 0.5);

  const result = await transferStyle(tensor4d(content, shape), tensor4d(style, styleShape));

  const target = rowMoments(style, styleShape, 'nhwc');
  const expected = instanceNorm(content, shape, { layout: 'nhwc' }).map((value, i) => {
    const sample = Math.floor(i / (9 * 7 * 3));
    const { mean, variance } = target[
      ((sample * 3) % target.length) + (i % 3)
    ] as (typeof target)[0];
    return value * Math.sqrt(variance + 1e-5) + mean;
  });
  expect(result.shape).toEqual(shape);
  expectClose(await result.data<'float32'>(), expected, { weight: [1], bias: [4] });
});
