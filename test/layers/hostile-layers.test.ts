// Layers whose fields were tampered with, and layers too large for any memory.

import { describe, expect, test } from 'vitest';
import {
  Arena,
  BatchNorm,
  batchNorm,
  ChannelMoments,
  GroupNorm,
  InstanceNorm,
  type Layer,
  LayerNorm,
  RMSNorm,
  Tensor,
} from '../../src/index.ts';
import { expectSameBits } from '../support/closeness.ts';
import type { Hostile } from '../support/operations.ts';
import { normals } from '../support/random.ts';
import { expectRefusal } from '../support/refusals.ts';

const x = new Tensor(normals(24, 1), [2, 4, 3]);

const layers = {
  InstanceNorm: () => new InstanceNorm(4, { affine: true, trackRunningStats: true }),
  BatchNorm: () => new BatchNorm(4),
  GroupNorm: () => new GroupNorm(2, 4),
  LayerNorm: () => new LayerNorm([4, 3]),
  RMSNorm: () => new RMSNorm([4, 3]),
} satisfies Record<string, () => Layer>;

/** Values to put into each field, and what the refusal says that it got. */
const TAMPERED: Readonly<Record<string, readonly [unknown, ErrorConstructor, string][]>> = {
  weight: [
    [new Float32Array(7), RangeError, '7'],
    [new Float64Array(4), TypeError, 'a value of type Float64Array'],
    [[1, 1, 1, 1], TypeError, '[1, 1, 1, 1]'],
  ],
  bias: [[new Float32Array(7), RangeError, '7']],
  runningMean: [[new Float32Array(3), RangeError, '3']],
  runningVar: [['1', TypeError, '"1"']],
  eps: [
    [Number.NaN, RangeError, 'NaN'],
    [-1, RangeError, '-1'],
    ['1', TypeError, '"1"'],
  ],
  momentum: [
    [Number.NaN, RangeError, 'NaN'],
    ['0.1', TypeError, '"0.1"'],
  ],
  layout: [['NHWC', RangeError, '"NHWC"']],
  unbiased: [[0, TypeError, '0']],
  trackRunningStats: [['no', TypeError, '"no"']],
  numBatchesTracked: [
    [Number.NaN, RangeError, 'NaN'],
    [-1, RangeError, '-1'],
    ['7', TypeError, '"7"'],
  ],
  numGroups: [
    [0, RangeError, '0'],
    [0.5, RangeError, '0.5'],
  ],
  normalizedShape: [['4', TypeError, '"4"']],
};

describe.each(Object.entries(layers))('a tampered %s', (_, make) => {
  const fields = Object.keys(TAMPERED).filter((field) => {
    const value = (make() as Hostile)[field];
    // InstanceNorm never counts batches, so it does not read this field.
    return (
      value !== undefined && !(field === 'numBatchesTracked' && make() instanceof InstanceNorm)
    );
  });

  test.each(fields)('%s is refused by forward, and nothing is written', (field) => {
    for (const [value, kind, got] of TAMPERED[field] ?? []) {
      for (const training of [true, false]) {
        // Eval mode does not read these.
        if (!training && ['momentum', 'numBatchesTracked'].includes(field)) continue;
        const layer = make().train(training) as Hostile;
        const untouched = ['weight', 'bias', 'runningMean', 'runningVar'].filter(
          (name) => name !== field,
        );
        const watched = untouched
          .map((name) => layer[name])
          .filter((array) => array instanceof Float32Array);
        layer[field] = value;
        expectRefusal(() => layer.forward(x), kind, field, got, watched);
      }
    }
  });

  test('refuses to load a state into arrays of another length, and writes nothing', () => {
    const state = make().stateDict();
    for (const field of ['weight', 'bias', 'runningMean', 'runningVar']) {
      const layer = make() as Hostile;
      if (!layer[field]) continue;
      const others = ['weight', 'bias', 'runningMean', 'runningVar'].filter(
        (name) => name !== field,
      );
      const watched = others
        .map((name) => layer[name])
        .filter((array) => array instanceof Float32Array);
      for (const array of watched) array.fill(5);
      layer[field] = new Float32Array(1);
      expect(() => layer.loadStateDict(state)).toThrow(/^\w+: expected .*, got 1$/);
      expect(watched.every((array: Float32Array) => array.every((value) => value === 5))).toBe(
        true,
      );
    }
  });
});

describe('a layer', () => {
  test('that lost one of its running statistics refuses eval mode', () => {
    for (const field of ['runningMean', 'runningVar']) {
      for (const make of [layers.BatchNorm, layers.InstanceNorm]) {
        const layer = make().eval() as Hostile;
        layer[field] = null;
        expectRefusal(() => layer.forward(x), TypeError, field, 'null');
      }
    }
  });

  test('whose arrays were replaced uses the new ones', () => {
    const layer = new BatchNorm(4) as Hostile;
    const weight = normals(4, 2);
    layer.weight = weight;
    expectSameBits(layer.forward(x).data, batchNorm(x, { weight, training: true }).data);
  });

  test('counts a forward pass that a getter makes during another one', () => {
    const layer = new BatchNorm(4);
    const out = new Tensor(new Float32Array(24), x.shape);
    const hostile = {
      data: out.data,
      get shape() {
        layer.forward(x);
        return out.shape;
      },
    };
    layer.forward(x, { out: hostile });
    expect(layer.numBatchesTracked).toBe(2);
  });

  test.each<[string, () => unknown, string]>([
    ['InstanceNorm', () => new InstanceNorm(2 ** 50, { affine: true }), 'numFeatures'],
    ['BatchNorm', () => new BatchNorm(2 ** 50), 'numFeatures'],
    ['GroupNorm', () => new GroupNorm(1, 2 ** 50), 'numChannels'],
    ['LayerNorm', () => new LayerNorm([2 ** 25, 2 ** 25]), 'normalizedShape'],
    ['RMSNorm', () => new RMSNorm(2 ** 50), 'normalizedShape'],
    ['ChannelMoments', () => new ChannelMoments(2 ** 50), 'numFeatures'],
  ])('of more values than memory can hold is refused: %s', (_, make, argument) => {
    expectRefusal(make, RangeError, argument, `${2 ** 50}`);
  });
});

test('an arena of more bytes than memory can hold is refused', () => {
  expectRefusal(() => new Arena(2 ** 50), RangeError, 'byteLength', `${2 ** 50}`);
});
