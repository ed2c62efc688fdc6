// What docs/semantics.md says of Keras, held against its layers in TensorFlow.js.

import '@tensorflow/tfjs-backend-cpu';
import { setBackend, type Tensor as TfTensor, tensor4d } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, it } from 'vitest';
import { BatchNorm, LayerNorm, Tensor } from 'wasm-norm';
import { expectClose } from '../../test/support/closeness.ts';
import { normals } from '../../test/support/random.ts';

const SHAPE: [number, number, number, number] = [4, 5, 6, 3];
// Theirs is float32 throughout: not nearer than a few roundings of values up to 4.
const ROUNDINGS = { weight: [8] };

beforeAll(() => setBackend('cpu'));

function batch(seed: number): Float32Array {
  return normals(4 * 5 * 6 * 3, seed, 2, 3);
}

it('batch normalization is that of Keras, step by step and in evaluation', () => {
  const theirs = layers.batchNormalization();
  const ours = new BatchNorm(3, {
    layout: 'nhwc',
    momentum: 1 - 0.99,
    eps: 1e-3,
    unbiased: false,
  });
  for (const seed of [1, 2, 3]) {
    const data = batch(seed);
    const expected = theirs.apply(tensor4d(data, SHAPE), { training: true }) as TfTensor;
    expectClose(ours.forward(new Tensor(data, SHAPE)).data, expected.dataSync(), ROUNDINGS);
  }
  const [, , mean, variance] = theirs.getWeights().map((weight) => weight.dataSync());
  expectClose(ours.runningMean as Float32Array, mean as Float32Array);
  expectClose(ours.runningVar as Float32Array, variance as Float32Array, ROUNDINGS);

  const data = batch(4);
  const expected = theirs.apply(tensor4d(data, SHAPE)) as TfTensor;
  const result = ours.eval().forward(new Tensor(data, SHAPE));
  expectClose(result.data, expected.dataSync(), ROUNDINGS);
  expect(result.shape).toEqual(expected.shape);
});

it('layer normalization is that of Keras', () => {
  const data = batch(5);
  const expected = layers.layerNormalization().apply(tensor4d(data, SHAPE)) as TfTensor;
  const result = new LayerNorm(3, { eps: 1e-3 }).forward(new Tensor(data, SHAPE));
  expectClose(result.data, expected.dataSync(), ROUNDINGS);
});
