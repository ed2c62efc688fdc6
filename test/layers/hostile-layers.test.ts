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

function detached(): Float32Array {
  const array = new Float32Array(4);
  structuredClone(array, { transfer: [array.buffer] });
  return array;
}

/** What comes into the place of an array of a layer, and what the refusal says that it got. */
const REPLACEMENTS: readonly [string, () => unknown, ErrorConstructor, string][] = [
  ['a shorter array', () => new Float32Array(1), RangeError, '1'],
  ['a longer array', () => new Float32Array(30), RangeError, '30'],
  ['a detached array', detached, RangeError, '0'],
  ['a list', () => [1, 1, 1, 1], TypeError, '[1, 1, 1, 1]'],
  ['float64', () => new Float64Array(4), TypeError, 'a value of type Float64Array'],
  ['a tensor of one value', () => new Tensor(new Float32Array(1), [1]), RangeError, '1'],
];

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

  const ARRAYS = ['weight', 'bias', 'runningMean', 'runningVar'];
  const replaced = ARRAYS.filter((field) => (make() as Hostile)[field]).flatMap((field) =>
    REPLACEMENTS.map(([label, value, kind, got]) => ({ field, label, value, kind, got })),
  );

  test.each(replaced)(
    '$field that is $label is refused by all that write it or copy it, and nothing is written',
    ({ field, value, kind, got }) => {
      const state = make().stateDict();
      const moments = new ChannelMoments(4).update(x);
      const calls: ((layer: Hostile) => unknown)[] = [
        (layer) => layer.loadStateDict(state),
        (layer) => layer.stateDict(),
      ];
      if (field.startsWith('running')) calls.push((layer) => layer.resetRunningStats());
      if (field.startsWith('running') && make() instanceof BatchNorm) {
        calls.push((layer) => layer.setRunningStats(moments));
      }
      for (const call of calls) {
        const layer = make() as Hostile;
        const watched = ARRAYS.filter((name) => name !== field && layer[name]).map((name) =>
          layer[name].fill(5),
        );
        if (layer instanceof BatchNorm) layer.numBatchesTracked = 5;
        layer[field] = value();
        expectRefusal(() => call(layer), kind, field, got, watched);
        if (layer instanceof BatchNorm) expect(layer.numBatchesTracked).toBe(5);
      }
    },
  );

  test('keeps a tensor in the place of an array, and copies to and from it', () => {
    const layer = make() as Hostile;
    const { weight } = layer;
    layer.weight = new Tensor(weight.slice(), [1, weight.length]);
    const state = make().stateDict();
    state.weight?.data.fill(3);
    layer.loadStateDict(state);
    expect(layer.stateDict()).toEqual(state);
    weight.fill(3);
    const plain = make() as Hostile;
    plain.weight.fill(3);
    expectSameBits(layer.forward(x).data, plain.forward(x).data);
  });
});

describe('a layer', () => {
  test('whose running statistics share memory refuses to write them', () => {
    const memory = new Float32Array(6).fill(5);
    const moments = new ChannelMoments(4).update(x);
    const layer = Object.assign(new BatchNorm(4), {
      runningMean: memory.subarray(0, 4),
      runningVar: memory.subarray(2, 6),
    }) as BatchNorm;
    const refused = 'bytes 0 to 16';
    expectRefusal(() => layer.setRunningStats(moments), RangeError, 'runningMean', refused, [
      memory,
    ]);
    expectRefusal(() => layer.resetRunningStats(), RangeError, 'runningMean', refused, [memory]);
  });

  test('that a getter of a dictionary detaches an array of loads nothing', () => {
    const layer = new BatchNorm(4);
    const state = new BatchNorm(4).stateDict();
    const hostile = {
      ...state,
      get num_batches_tracked() {
        const { buffer } = layer.bias as Float32Array;
        structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
        return state.num_batches_tracked as Tensor<BigInt64Array>;
      },
    };
    layer.weight?.fill(5);
    const watched = [layer.weight, layer.runningMean, layer.runningVar] as Float32Array[];
    expectRefusal(() => layer.loadStateDict(hostile), RangeError, 'bias', '0', watched);
  });

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
