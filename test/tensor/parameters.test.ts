import { describe, expect, test } from 'vitest';
import {
  BatchNorm,
  batchNorm,
  instanceNorm,
  LayerNorm,
  layerNorm,
  Tensor,
} from '../../src/index.ts';
import { expectSameArrays, expectSameBits } from '../support/closeness.ts';
import { normals, uniforms } from '../support/random.ts';
import { expectRefusal } from '../support/refusals.ts';

const x = new Tensor(normals(24, 1), [2, 3, 4]);

describe('a parameter', () => {
  test('may be a tensor of any shape with the right number of elements', () => {
    const weight = normals(3, 2);
    const bias = normals(3, 3);
    const expected = instanceNorm(x, { weight, bias });
    for (const shape of [[3], [1, 3, 1, 1], [3, 1]]) {
      const tensors = { weight: new Tensor(weight, shape), bias: { data: bias, dims: shape } };
      expectSameBits(instanceNorm(x, tensors).data, expected.data);
    }
  });

  test('may be what stateDict returns', () => {
    const norm = new BatchNorm(3);
    norm.weight?.set(normals(3, 4));
    norm.forward(x);
    const { weight, bias, running_mean, running_var } = norm.stateDict();
    const y = batchNorm(x, { weight, bias, runningMean: running_mean, runningVar: running_var });
    expectSameBits(y.data, norm.eval().forward(x).data);
    const layer = new LayerNorm([3, 4]);
    layer.bias?.set(normals(12, 5));
    expectSameBits(layerNorm(x, [3, 4], layer.stateDict()).data, layer.forward(x).data);
  });

  test('that is a running statistic moves in place', () => {
    const arrays = () => ({ runningMean: normals(3, 6), runningVar: uniforms(3, 7, 1, 2) });
    const expected = arrays();
    const { runningMean, runningVar } = arrays();
    batchNorm(x, { ...expected, training: true });
    batchNorm(x, {
      runningMean: new Tensor(runningMean, [3]),
      runningVar: new Tensor(runningVar, [1, 3]),
      training: true,
    });
    expectSameArrays({ runningMean, runningVar }, expected);
  });

  test.each<[string, unknown, ErrorConstructor, string, string]>([
    ['a tensor of 4 elements', new Tensor(new Float32Array(4), [4]), RangeError, 'weight', '4'],
    ['an array', [1, 1, 1], TypeError, 'weight', '[1, 1, 1]'],
    ['no tensor', { values: normals(3, 8) }, TypeError, 'weight', 'a value of type Object'],
    [
      'data without a shape',
      { data: normals(3, 8) },
      TypeError,
      'weight',
      'a value of type Object',
    ],
    [
      'float64 data',
      { data: new Float64Array(3), shape: [3] },
      TypeError,
      'weight.data',
      'a value of type Float64Array',
    ],
    [
      'a shape that its data do not fit',
      { data: normals(3, 8), shape: [2] },
      RangeError,
      'weight.data',
      '3',
    ],
  ])('is refused if it is %s', (_, weight, kind, argument, got) => {
    const out = new Tensor(normals(24, 9), [2, 3, 4]);
    const call = () => instanceNorm(x, { weight: weight as Float32Array, out });
    expectRefusal(call, kind, argument, got, [out.data]);
  });

  test('that is a tensor over the memory of out is refused', () => {
    const memory = normals(30, 10);
    const weight = new Tensor(memory.subarray(22, 25), [3]);
    const out = new Tensor(memory.subarray(0, 24), [2, 3, 4]);
    expectRefusal(() => instanceNorm(x, { weight, out }), RangeError, 'out', 'bytes 0 to 96', [
      memory,
    ]);
  });

  test('is repeated where the other has a value for each channel of each sample', () => {
    const weight = normals(3, 11);
    const bias = normals(6, 12);
    const repeated = Float32Array.of(...weight, ...weight);
    expectSameBits(
      instanceNorm(x, { weight, bias }).data,
      instanceNorm(x, { weight: repeated, bias }).data,
    );
  });
});

test('a layer takes a tensor in the place of its weight', () => {
  const plain = new BatchNorm(3);
  plain.weight?.set(normals(3, 13));
  const layer = new BatchNorm(3);
  Object.assign(layer, { weight: new Tensor(normals(3, 13), [3]) });
  expectSameBits(layer.forward(x).data, plain.forward(x).data);
  expect(layer.backward(x).weight).toEqual(plain.backward(x).weight);
});
