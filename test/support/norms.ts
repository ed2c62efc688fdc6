// The five normalizations by name, so that one test can compare all of them with the
// reference: a call, its gradients, and what the formulas give.

import {
  batchNorm,
  batchNormBackward,
  type Gradients,
  groupNorm,
  groupNormBackward,
  instanceNorm,
  instanceNormBackward,
  type Layout,
  layerNorm,
  layerNormBackward,
  rmsNorm,
  rmsNormBackward,
  Tensor,
  type TensorLike,
} from '../../src/index.ts';
import { normals, uniformFrom, uniforms } from './random.ts';
import * as reference from './reference.ts';
import { sizeOf } from './shapes.ts';

/** A tensor of normal numbers. */
export function randomTensor(shape: readonly number[], seed: number, mean = 0, std = 1): Tensor {
  return new Tensor(normals(sizeOf(shape), seed, mean, std), shape);
}

/** A call of a normalization, without its tensors. */
export interface Call {
  readonly norm: 'instanceNorm' | 'batchNorm' | 'groupNorm' | 'layerNorm' | 'rmsNorm';
  readonly shape: readonly number[];
  readonly numGroups?: number;
  readonly normalizedShape?: readonly number[];
  readonly options: Options;
}

export interface Options {
  readonly eps?: number;
  readonly layout?: Layout;
  readonly lengths?: readonly number[];
  readonly momentum?: number;
  readonly unbiased?: boolean;
  readonly training?: boolean;
  readonly useInputStats?: boolean;
  readonly axes?: readonly number[];
  readonly correction?: 0 | 1;
  readonly epsMode?: 'variance' | 'std';
  readonly mask?: Uint8Array | readonly boolean[];
  readonly outMean?: Float32Array;
  readonly outRstd?: Float32Array;
}

/** The arrays among the options of a call. */
export interface Arrays {
  readonly weight?: Float32Array;
  readonly bias?: Float32Array;
  readonly runningMean?: Float32Array;
  readonly runningVar?: Float32Array;
}

export function forward(call: Call, x: TensorLike, arrays: Arrays, out?: TensorLike): Tensor {
  const { norm, numGroups = 1, normalizedShape = [] } = call;
  const options = { ...call.options, ...arrays, out };
  switch (norm) {
    case 'instanceNorm':
      return instanceNorm(x, options);
    case 'batchNorm':
      return batchNorm(x, options);
    case 'groupNorm':
      return groupNorm(x, numGroups, options);
    case 'layerNorm':
      return layerNorm(x, normalizedShape, options);
    case 'rmsNorm':
      return rmsNorm(x, normalizedShape, options);
  }
}

export function backward(
  call: Call,
  gradOutput: TensorLike,
  x: TensorLike,
  arrays: Arrays,
  out?: TensorLike,
): Gradients {
  const { norm, numGroups = 1, normalizedShape = [] } = call;
  const options = { ...call.options, ...arrays, out };
  switch (norm) {
    case 'instanceNorm':
      return instanceNormBackward(gradOutput, x, options);
    case 'batchNorm':
      return batchNormBackward(gradOutput, x, options);
    case 'groupNorm':
      return groupNormBackward(gradOutput, x, numGroups, options);
    case 'layerNorm':
      return layerNormBackward(gradOutput, x, normalizedShape, options);
    case 'rmsNorm':
      return rmsNormBackward(gradOutput, x, normalizedShape, options);
  }
}

type Values = ArrayLike<number> & Iterable<number>;

/** Returns what the formulas give for a call, in float64. */
export function expectedOutput(call: Call, x: Values, arrays: ReferenceArrays): Float64Array {
  const { norm, shape, numGroups = 1, normalizedShape = [] } = call;
  const affine = { ...call.options, ...arrays };
  const { runningMean, runningVar } = arrays;
  if (usesRunningStats(call) && runningMean && runningVar) {
    return reference.normalizeByRunningStats(x, shape, runningMean, runningVar, affine);
  }
  switch (norm) {
    case 'instanceNorm':
      return reference.instanceNorm(x, shape, affine);
    case 'batchNorm':
      return reference.batchNorm(x, shape, affine);
    case 'groupNorm':
      return reference.groupNorm(x, shape, numGroups, affine);
    case 'layerNorm':
      return reference.layerNorm(x, normalizedShape, { ...affine, shape });
    case 'rmsNorm':
      return reference.rmsNorm(x, normalizedShape, { ...affine, shape });
  }
}

/** Returns the gradients that the formulas give. */
export function expectedGradients(
  call: Call,
  gradOutput: Values,
  x: Values,
  arrays: ReferenceArrays,
): reference.SizedGradients {
  const { norm, shape, numGroups = 1, normalizedShape = [] } = call;
  const affine = { ...call.options, ...arrays };
  const { runningMean, runningVar } = arrays;
  if (usesRunningStats(call) && runningMean && runningVar) {
    return reference.runningStatsGradients(gradOutput, x, shape, runningMean, runningVar, affine);
  }
  switch (norm) {
    case 'instanceNorm':
      return reference.instanceNormGradients(gradOutput, x, shape, affine);
    case 'batchNorm':
      return reference.batchNormGradients(gradOutput, x, shape, affine);
    case 'groupNorm':
      return reference.groupNormGradients(gradOutput, x, shape, numGroups, affine);
    case 'layerNorm':
      return reference.layerNormGradients(gradOutput, x, normalizedShape, { ...affine, shape });
    case 'rmsNorm':
      return reference.rmsNormGradients(gradOutput, x, normalizedShape, { ...affine, shape });
  }
}

/** Returns the input's own statistics of each scope, up to the last that has elements. */
export function expectedStatistics(call: Call, x: Values): reference.Statistics {
  const { norm, shape, numGroups = 1, normalizedShape = [], options } = call;
  switch (norm) {
    case 'instanceNorm':
      return reference.instanceStatistics(x, shape, options);
    case 'batchNorm':
      return reference.batchStatistics(x, shape, options);
    case 'groupNorm':
      return reference.groupStatistics(x, shape, numGroups, options);
    case 'layerNorm':
      return reference.elementStatistics(x, normalizedShape, { ...options, shape }, true);
    case 'rmsNorm':
      return reference.elementStatistics(
        x,
        normalizedShape,
        { eps: 2 ** -23, ...options, shape },
        false,
      );
  }
}

/** Returns how many scopes a call has. */
export function scopesOf({ norm, shape, numGroups = 1, normalizedShape = [], options }: Call) {
  const [samples = 0] = shape;
  const channels = (options.layout === 'nhwc' ? shape.at(-1) : shape[1]) ?? 0;
  switch (norm) {
    case 'instanceNorm':
      return samples * channels;
    case 'batchNorm':
      return channels;
    case 'groupNorm':
      return samples * numGroups;
    default:
      return sizeOf(shape) / sizeOf(normalizedShape);
  }
}

/** The arrays of a call, of any kind of numbers. */
export type ReferenceArrays = { readonly [name in keyof Arrays]?: Values };

/** Whether a call normalizes by its running statistics, and not by the input's own. */
export function usesRunningStats({ norm, options }: Call): boolean {
  if (norm === 'batchNorm') return options.training !== true;
  return norm === 'instanceNorm' && options.useInputStats === false;
}

/** A call with its arrays. */
export interface Case {
  readonly name: string;
  readonly call: Call;
  readonly arrays: Arrays;
}

const SETTINGS: readonly Pick<Call, 'norm' | 'options'>[] = [
  ...(['nchw', 'nhwc'] as const).flatMap((layout): Pick<Call, 'norm' | 'options'>[] => [
    { norm: 'instanceNorm', options: { layout } },
    { norm: 'instanceNorm', options: { layout, useInputStats: false } },
    { norm: 'batchNorm', options: { layout, training: true } },
    { norm: 'batchNorm', options: { layout } },
    { norm: 'groupNorm', options: { layout } },
  ]),
  { norm: 'layerNorm', options: {} },
  { norm: 'rmsNorm', options: {} },
];

/** Every normalization in every mode and layout, on random shapes with random parameters. */
export function randomCases(rounds: number, seed: number): Case[] {
  const uniform = uniformFrom(seed);
  const choose = <Choice>(choices: readonly Choice[]): Choice =>
    choices[Math.floor(uniform() * choices.length)] as Choice;
  const cases: Case[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const { norm, options } of SETTINGS) {
      const samples = choose([1, 2, 3]);
      const channels = choose([1, 2, 3, 4, 5, 6, 8, 9, 16, 17, 33]);
      const spatial = choose([[2], [7], [3, 4], [5, 5], [2, 3, 2], [67], [130]]);
      const shape =
        options.layout === 'nhwc'
          ? [samples, ...spatial, channels]
          : [samples, channels, ...spatial];
      const trailing = choose([1, 2]);
      const normalizedShape = shape.slice(-trailing);
      const divisors = [1, 2, 3, 4, 8, 11, channels].filter((groups) => channels % groups === 0);
      const parameters =
        norm === 'layerNorm' || norm === 'rmsNorm'
          ? sizeOf(normalizedShape)
          : channels * (norm === 'instanceNorm' ? choose([1, samples]) : 1);
      const call: Call = {
        norm,
        shape,
        options: { ...options, eps: choose([1e-5, 1e-3, 0.1]) },
        ...(norm === 'groupNorm' ? { numGroups: choose(divisors) } : {}),
        ...(norm === 'layerNorm' || norm === 'rmsNorm' ? { normalizedShape } : {}),
      };
      const arrays: Arrays = {
        ...(uniform() < 0.8 ? { weight: normals(parameters, cases.length, 1, 0.5) } : {}),
        ...(uniform() < 0.8 && norm !== 'rmsNorm'
          ? { bias: normals(parameters, cases.length + 1) }
          : {}),
        ...(usesRunningStats(call)
          ? {
              runningMean: normals(channels, cases.length + 2),
              runningVar: uniforms(channels, cases.length + 3, 0.5, 2),
            }
          : {}),
      };
      cases.push({ name: nameOf(call, arrays), call, arrays });
    }
  }
  return cases;
}

function nameOf(call: Call, arrays: Arrays): string {
  const { norm, shape, numGroups, normalizedShape, options } = call;
  const words = [`${norm} of [${shape}]`];
  if (numGroups) words.push(`in ${numGroups} groups`);
  if (normalizedShape) words.push(`over [${normalizedShape}]`);
  if (options.layout) words.push(options.layout);
  if (usesRunningStats(call)) words.push('by running statistics');
  words.push(`with ${Object.keys(arrays).join(', ') || 'no arrays'}`);
  return words.join(' ');
}
