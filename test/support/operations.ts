// Every public function and layer that takes tensors, with what it takes, for tests of how
// arguments are read.

import {
  Arena,
  adaptiveInstanceNorm,
  BatchNorm,
  batchNorm,
  batchNormBackward,
  ChannelMoments,
  type Gradients,
  GroupNorm,
  groupNorm,
  groupNormBackward,
  InstanceNorm,
  instanceNorm,
  instanceNormBackward,
  LayerNorm,
  layerNorm,
  layerNormBackward,
  RMSNorm,
  readSafetensors,
  rmsNorm,
  rmsNormBackward,
  tensorToImage,
  writeSafetensors,
} from '../../src/index.ts';

/** An argument of an operation; tests put values there that no type allows. */
// biome-ignore lint/suspicious/noExplicitAny: tests pass what no type allows
export type Hostile = any;

export interface Operation {
  /** The names of its tensors, with `out` last if it has one. All have `shape`. */
  readonly tensors: readonly string[];
  readonly shape: readonly number[];
  /** Arrays among the options, each with its length. */
  readonly arrays?: Readonly<Record<string, number>>;
  /** Whether those arrays are given as tensors. */
  readonly wrapped?: boolean;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Calls it and returns all its results. `out` is among the options, not among the tensors. */
  readonly run: (tensors: readonly Hostile[], options: Hostile) => readonly ArrayLike<number>[];
}

const NCL = [2, 4, 3];
const CHANNEL = { weight: 4, bias: 4, runningMean: 4, runningVar: 4 };
const ELEMENT = { weight: 3, bias: 3 };
const RUNNING = { eps: 1e-3, layout: 'nchw', momentum: 0.3, unbiased: false, epsMode: 'std' };

function results({ input, weight, bias }: Gradients): ArrayLike<number>[] {
  return [input.data, weight ?? [], bias ?? []];
}

const forward = { tensors: ['x', 'out'], shape: NCL };
const backward = { tensors: ['gradOutput', 'x', 'out'], shape: NCL };

const plainOperations: Readonly<Record<string, Operation>> = {
  instanceNorm: {
    ...forward,
    arrays: CHANNEL,
    options: { ...RUNNING, correction: 1, useInputStats: true, lengths: [3, 2] },
    run: ([x], options) => [instanceNorm(x, options).data],
  },
  instanceNormBackward: {
    ...backward,
    arrays: CHANNEL,
    options: { ...RUNNING, correction: 1, useInputStats: true, lengths: [3, 2] },
    run: ([g, x], options) => results(instanceNormBackward(g, x, options)),
  },
  batchNorm: {
    ...forward,
    arrays: CHANNEL,
    options: { ...RUNNING, training: true, lengths: [3, 2] },
    run: ([x], options) => [batchNorm(x, options).data],
  },
  'batchNorm in evaluation': {
    ...forward,
    arrays: CHANNEL,
    options: { ...RUNNING, training: false },
    run: ([x], options) => [batchNorm(x, options).data],
  },
  batchNormBackward: {
    ...backward,
    arrays: CHANNEL,
    options: { ...RUNNING, training: true },
    run: ([g, x], options) => results(batchNormBackward(g, x, options)),
  },
  groupNorm: {
    ...forward,
    arrays: { weight: 4, bias: 4 },
    options: { eps: 1e-3, layout: 'nchw' },
    run: ([x], options) => [groupNorm(x, 2, options).data],
  },
  'groupNorm in nhwc': {
    tensors: ['x', 'out'],
    shape: [2, 3, 4],
    arrays: { weight: 4, bias: 4 },
    options: { eps: 1e-3, layout: 'nhwc', mask: [true, false, true, true, true, false] },
    run: ([x], options) => [groupNorm(x, 2, options).data],
  },
  groupNormBackward: {
    ...backward,
    arrays: { weight: 4, bias: 4 },
    options: { eps: 1e-3, layout: 'nchw' },
    run: ([g, x], options) => results(groupNormBackward(g, x, 2, options)),
  },
  layerNorm: {
    ...forward,
    arrays: ELEMENT,
    options: { eps: 1e-3, axes: [-1], correction: 1, epsMode: 'std' },
    run: ([x], options) => [layerNorm(x, 3, options).data],
  },
  layerNormBackward: {
    ...backward,
    arrays: ELEMENT,
    options: { eps: 1e-3, mask: Uint8Array.of(1, 0, 1, 1, 1, 1, 0, 1) },
    run: ([g, x], options) => results(layerNormBackward(g, x, [3], options)),
  },
  rmsNorm: {
    ...forward,
    arrays: { weight: 3 },
    options: { eps: 1e-3, axes: [2], epsMode: 'std' },
    run: ([x], options) => [rmsNorm(x, 3, options).data],
  },
  rmsNormBackward: {
    ...backward,
    arrays: { weight: 3 },
    options: { eps: 1e-3 },
    run: ([g, x], options) => results(rmsNormBackward(g, x, 3, options)),
  },
  adaptiveInstanceNorm: {
    tensors: ['content', 'style', 'out'],
    shape: NCL,
    options: { alpha: 0.5, eps: 1e-3, layout: 'nchw', correction: 1 },
    run: ([content, style], options) => [adaptiveInstanceNorm(content, style, options).data],
  },
  'InstanceNorm.forward': {
    ...forward,
    options: { lengths: [3, 2] },
    run: ([x], options) => [new InstanceNorm(4, { affine: true }).forward(x, options).data],
  },
  'BatchNorm.forward': {
    ...forward,
    options: { lengths: [3, 2] },
    run: ([x], options) => {
      const layer = new BatchNorm(4);
      const { data } = layer.forward(x, options);
      return [data, layer.runningMean ?? [], layer.runningVar ?? [], [layer.numBatchesTracked]];
    },
  },
  'GroupNorm.forward': {
    ...forward,
    run: ([x], options) => [new GroupNorm(2, 4).forward(x, options).data],
  },
  'LayerNorm.forward': {
    ...forward,
    run: ([x], options) => [new LayerNorm([4, 3]).forward(x, options).data],
  },
  'RMSNorm.forward': {
    ...forward,
    run: ([x], options) => [new RMSNorm(3).forward(x, options).data],
  },
  'BatchNorm.backward': {
    tensors: ['gradOutput'],
    shape: NCL,
    run: ([g]) => {
      const layer = new BatchNorm(4);
      layer.forward({ data: Float32Array.from({ length: 24 }, (_, i) => i * i), shape: NCL });
      return results(layer.backward(g));
    },
  },
  'ChannelMoments.update': {
    tensors: ['x'],
    shape: NCL,
    options: { layout: 'nchw', lengths: [3, 2] },
    run: ([x], options) => {
      const moments = new ChannelMoments(4).update(x, options);
      return [moments.mean, moments.variance()];
    },
  },
  'Arena.tensor': {
    tensors: ['source'],
    shape: NCL,
    run: ([source]) => [new Arena(1024).tensor(source).data],
  },
  tensorToImage: {
    tensors: ['tensor'],
    shape: [1, 3, 4, 2],
    options: { mean: [0.1, 0.2, 0.3], std: [0.5, 0.6, 0.7], layout: 'nchw' },
    run: ([tensor], options) => [tensorToImage(tensor, options).data],
  },
  writeSafetensors: {
    tensors: ['first', 'second'],
    shape: NCL,
    run: ([first, second]) => {
      const { first: one, second: two } = readSafetensors(writeSafetensors({ first, second }));
      return [one?.data ?? [], two?.data ?? []];
    },
  },
};

const wrappedOperations = Object.entries(plainOperations)
  .filter(([, { arrays }]) => arrays)
  .map(([name, operation]) => [
    `${name} with tensors as parameters`,
    { ...operation, wrapped: true },
  ]);

export const operations: Readonly<Record<string, Operation>> = {
  ...plainOperations,
  ...Object.fromEntries(wrappedOperations),
};
