import {
  adaptiveInstanceNorm,
  BatchNorm,
  batchNorm,
  ChannelMoments,
  GroupNorm,
  groupNorm,
  InstanceNorm,
  instanceNorm,
  LayerNorm,
  layerNorm,
  rmsNorm,
  Tensor,
} from '../../src/index.ts';
import { testMessages } from '../support/refusals.ts';

const x = zeros(2, 3, 4);
const plain = [1, 2, 3] as unknown as Float32Array;

testMessages('of a style', [
  [
    'style: expected 1 or 2 samples of 3 channels with at least 1 spatial element, got [3, 3, 4]',
    () => adaptiveInstanceNorm(x, zeros(3, 3, 4)),
  ],
  [
    'style: expected 1 samples of 3 channels with at least 1 spatial element, got [2, 3, 4]',
    () => adaptiveInstanceNorm(zeros(1, 3, 4), x),
  ],
  [
    'style.data: expected 24 elements for shape [2, 3, 4], got 23',
    () => adaptiveInstanceNorm(x, { data: new Float32Array(23), shape: [2, 3, 4] }),
  ],
  [
    'out: expected shape [2, 3, 4], got [2, 3, 5]',
    () => adaptiveInstanceNorm(x, x, { out: zeros(2, 3, 5) }),
  ],
]);

testMessages('of statistics of one element', [
  [
    'x: expected more than 1 spatial element, got shape [2, 3, 1]',
    () => instanceNorm(zeros(2, 3, 1)),
  ],
  [
    'x: expected more than 1 spatial element, got lengths [1, 1]',
    () => instanceNorm(x, { lengths: [1, 1] }),
  ],
  [
    'x: expected more than 1 element in each channel, got shape [1, 3, 1]',
    () => batchNorm(zeros(1, 3, 1), { training: true }),
  ],
  [
    'x: expected more than 1 element in a group, got shape [1, 3, 1] in 3 groups',
    () => groupNorm(zeros(1, 3, 1), 3),
  ],
]);

testMessages('of running statistics', [
  [
    'runningVar: expected a Float32Array where training is false, got null',
    () => batchNorm(x, { runningMean: new Float32Array(3) }),
  ],
  [
    'runningMean: expected a Float32Array where useInputStats is false, got null',
    () => instanceNorm(x, { runningVar: new Float32Array(3), useInputStats: false }),
  ],
  [
    'setRunningStats: expected a layer with running statistics, got none',
    () => new BatchNorm(3, { trackRunningStats: false }).setRunningStats(new ChannelMoments(3)),
  ],
  [
    'setRunningStats: expected a layer with running statistics, got none',
    () => {
      const layer = new BatchNorm(3);
      Object.assign(layer, { runningVar: null });
      layer.setRunningStats(new ChannelMoments(3));
    },
  ],
  [
    'moments: expected ChannelMoments, got a value of type Object',
    () => new BatchNorm(3).setRunningStats({} as ChannelMoments),
  ],
  [
    'moments: expected 3 channels, got 4',
    () => new BatchNorm(3).setRunningStats(new ChannelMoments(4)),
  ],
  [
    'moments: expected at least 2 elements, got 0',
    () => new BatchNorm(3).setRunningStats(new ChannelMoments(3)),
  ],
  [
    'moments: expected at least 1 elements, got 0',
    () => new BatchNorm(3, { unbiased: false }).setRunningStats(new ChannelMoments(3)),
  ],
  [
    'runningMean: expected a Float32Array, got [1, 2, 3]',
    () => batchNorm(x, { runningMean: plain, runningVar: new Float32Array(3) }),
  ],
  [
    'runningVar: expected a Float32Array, got [1, 2, 3]',
    () => batchNorm(x, { runningMean: new Float32Array(3), runningVar: plain }),
  ],
  ['runningMean: expected a Float32Array, got [1, 2, 3]', () => tampered({ runningMean: plain })],
  ['runningVar: expected a Float32Array, got [1, 2, 3]', () => tampered({ runningVar: plain })],
]);

testMessages('of weight and bias', [
  ['weight: expected a Float32Array, got [1, 2, 3]', () => instanceNorm(x, { weight: plain })],
  ['bias: expected a Float32Array, got [1, 2, 3]', () => instanceNorm(x, { bias: plain })],
  ['weight: expected a Float32Array, got [1, 2, 3]', () => layerNorm(x, 4, { weight: plain })],
  ['bias: expected a Float32Array, got [1, 2, 3]', () => layerNorm(x, 4, { bias: plain })],
]);

testMessages('of groups and normalized shapes', [
  ['x: expected a number of channels that 2 groups divide, got 3', () => groupNorm(x, 2)],
  [
    'numChannels: expected a number of channels that 2 groups divide, got 3',
    () => new GroupNorm(2, 3),
  ],
  [
    'numChannels: expected as many as there is memory for, got 1099511627776',
    () => new GroupNorm(2, 2 ** 40),
  ],
  [
    'normalizedShape: expected a number or an array of numbers, got "4"',
    () => layerNorm(x, '4' as unknown as number),
  ],
  [
    'normalizedShape: expected a number or an array of numbers, got undefined',
    () => layerNorm(x, undefined as unknown as number),
  ],
  ['normalizedShape: expected at least 1 dimension, got []', () => layerNorm(x, [])],
  ['x: expected shape [*, 3, 5], got [2, 3, 4]', () => rmsNorm(x, [3, 5])],
  ['x: expected shape [*, 1, 2, 3, 4], got [2, 3, 4]', () => rmsNorm(x, [1, 2, 3, 4])],
  [
    'normalizedShape: expected as many as there is memory for, got 1099511627776',
    () => new LayerNorm(2 ** 40),
  ],
]);

function tampered(fields: Partial<InstanceNorm>): Tensor {
  const layer = new InstanceNorm(3, { trackRunningStats: true }).eval();
  return Object.assign(layer, fields).forward(x);
}

function zeros(...shape: number[]): Tensor {
  return new Tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
}
