import { describe, expect, test } from 'vitest';
import {
  BatchNorm,
  batchNormBackward,
  type Gradients,
  GroupNorm,
  InstanceNorm,
  instanceNormBackward,
  type Layer,
  LayerNorm,
  RMSNorm,
  Tensor,
} from '../../src/index.ts';
import { expectSameGradients } from '../support/closeness.ts';
import { normals } from '../support/random.ts';
import { expectRefusal } from '../support/refusals.ts';

const layers = {
  InstanceNorm: () => new InstanceNorm(4, { affine: true, trackRunningStats: true }),
  BatchNorm: () => new BatchNorm(4),
  GroupNorm: () => new GroupNorm(2, 4),
  LayerNorm: () => new LayerNorm(3),
  RMSNorm: () => new RMSNorm(3),
} satisfies Record<string, () => Layer>;

function tensor(seed: number, shape: readonly number[] = [2, 4, 3]): Tensor {
  return new Tensor(
    normals(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
    shape,
  );
}

const first = tensor(1);
const second = tensor(2, [5, 4, 3]);
const gradOutput = tensor(3);

describe.each(Object.entries(layers))('backward of a %s', (_, make) => {
  /** What a layer gives whose only call had `first`. */
  function gradientsOfFirst(): Gradients {
    const layer = make();
    layer.forward(first);
    return layer.backward(gradOutput);
  }

  test('takes the input of a call that was not the last', () => {
    const layer: Layer = make();
    layer.forward(first);
    layer.forward(second);
    expectSameGradients(layer.backward(gradOutput, { input: first }), gradientsOfFirst());
    const other = tensor(4, second.shape);
    expectSameGradients(
      layer.backward(other, { input: { data: second.data, dims: second.shape } }),
      layer.backward(other),
    );
  });

  test('needs no call before it if it is given the input', () => {
    const layer: Layer = make();
    expectSameGradients(layer.backward(gradOutput, { input: first }), gradientsOfFirst());
    expect(() => layer.backward(gradOutput)).toThrow(/^backward: expected a forward pass before/);
  });

  test('refuses a gradient that is not of the shape of the last call, and names the option', () => {
    const layer: Layer = make();
    layer.forward(first);
    layer.forward(second);
    const call = () => layer.backward(gradOutput);
    expectRefusal(call, RangeError, 'gradOutput', '[2, 4, 3]');
    expect(call).toThrow('expected shape [5, 4, 3] of the last forward, or the option input');
  });

  test.each<[string, object, ErrorConstructor, string, string]>([
    ['an input of another shape', { input: second }, RangeError, 'gradOutput', '[2, 4, 3]'],
    ['no tensor as input', { input: 'x' }, TypeError, 'input', '"x"'],
    ['null as input', { input: null }, TypeError, 'input', 'null'],
    ['a word for training', { training: 'yes' }, TypeError, 'training', '"yes"'],
    ['null for training', { training: null }, TypeError, 'training', 'null'],
    ['an unknown option', { x: first }, TypeError, 'options', '"x"'],
    ['out', { out: first }, TypeError, 'options', '"out"'],
  ])('refuses %s', (_, options, kind, argument, got) => {
    const layer: Layer = make();
    layer.forward(first);
    const watched = [first.data, gradOutput.data];
    expectRefusal(() => layer.backward(gradOutput, options), kind, argument, got, watched);
    expectSameGradients(layer.backward(gradOutput), gradientsOfFirst());
  });
});

describe('backward of a layer for channels', () => {
  const lengths = [3, 2];

  test('takes the lengths of a call, by default those of the last', () => {
    const layer = new InstanceNorm(4);
    const padded = instanceNormBackward(gradOutput, first, { lengths });
    const whole = instanceNormBackward(gradOutput, first);
    expectSameGradients(layer.backward(gradOutput, { input: first, lengths }), padded);
    layer.forward(first, { lengths });
    expectSameGradients(layer.backward(gradOutput), padded);
    expectSameGradients(layer.backward(gradOutput, { input: first }), padded);
    expectSameGradients(layer.backward(gradOutput, { lengths: null }), whole);
    layer.forward(first);
    expectSameGradients(layer.backward(gradOutput), whole);
    expectSameGradients(layer.backward(gradOutput, { lengths }), padded);
  });

  test('takes the mode of a call, by default that of the last', () => {
    const layer = new BatchNorm(4);
    layer.forward(second);
    const { weight, bias, runningMean, runningVar } = layer;
    const parameters = { weight, bias, runningMean, runningVar };
    const evaluated = batchNormBackward(gradOutput, first, parameters);
    const trained = batchNormBackward(gradOutput, first, { weight, bias, training: true });
    const input = first;
    expectSameGradients(layer.backward(gradOutput, { input }), trained);
    expectSameGradients(layer.backward(gradOutput, { input, training: false }), evaluated);
    layer.eval().forward(second);
    layer.train();
    expectSameGradients(layer.backward(gradOutput, { input }), evaluated);
    expectSameGradients(layer.backward(gradOutput, { input, training: true }), trained);
    expectSameGradients(new BatchNorm(4).backward(gradOutput, { input }), trained);
  });

  test('refuses lengths that do not fit, and an input of other channels', () => {
    const layer = new BatchNorm(4);
    const refused: [object, ErrorConstructor, string, string][] = [
      [{ input: first, lengths: [3] }, RangeError, 'lengths', '1'],
      [{ input: first, lengths: 3 }, TypeError, 'lengths', '3'],
      [{ input: tensor(5, [2, 3, 4]) }, RangeError, 'input', 'shape [2, 3, 4]'],
    ];
    for (const [options, kind, argument, got] of refused) {
      expectRefusal(() => layer.backward(gradOutput, options), kind, argument, got);
    }
    const call = () => new LayerNorm(3).backward(gradOutput, { input: first, lengths } as object);
    expectRefusal(call, TypeError, 'options', '"lengths"');
  });

  test('moves no running statistics and counts no batch', () => {
    const layer = new BatchNorm(4);
    layer.backward(gradOutput, { input: first, training: true });
    expect(layer.stateDict()).toEqual(new BatchNorm(4).stateDict());
  });
});
