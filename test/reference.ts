// The normalizations as their formulas read, in float64 and without a thought
// for speed: the spec that the library is held against. Two questions tell them
// apart: which elements share their statistics, and which parameter an element
// goes with.

import type { Layout } from '../src/index.ts';

type Values = ArrayLike<number> & Iterable<number>;
type Shape = readonly number[];

export interface Affine {
  readonly weight?: Values | null | undefined;
  readonly bias?: Values | null | undefined;
  readonly eps?: number | undefined;
}

export interface ChannelAffine extends Affine {
  readonly layout?: Layout | undefined;
}

export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Biased: divided by the count. */
  readonly variance: number;
}

/** (N, C, *): each channel of each sample by itself; C parameters, or N*C. */
export function instanceNorm(x: Values, shape: Shape, affine: ChannelAffine = {}): Float64Array {
  const { channels, rowOf, channelOf } = locate(shape, affine.layout);
  const parameterOf = (i: number, values: Values) =>
    values.length === channels ? channelOf(i) : rowOf(i);
  return normalize(x, rowOf, affine, parameterOf);
}

/** (N, C, *): each channel over all samples; C parameters. */
export function batchNorm(x: Values, shape: Shape, affine: ChannelAffine = {}): Float64Array {
  const { channelOf } = locate(shape, affine.layout);
  return normalize(x, channelOf, affine, channelOf);
}

/** (N, C, *): the channels of a sample in `groups` groups; C parameters. */
export function groupNorm(
  x: Values,
  shape: Shape,
  groups: number,
  affine: ChannelAffine = {},
): Float64Array {
  const { channels, sampleOf, channelOf } = locate(shape, affine.layout);
  const groupOf = (i: number) =>
    sampleOf(i) * groups + Math.floor((channelOf(i) * groups) / channels);
  return normalize(x, groupOf, affine, channelOf);
}

/** The trailing dimensions together; a parameter for each of their elements. */
export function layerNorm(x: Values, normalizedShape: Shape, affine: Affine = {}): Float64Array {
  const length = product(normalizedShape);
  return normalize(
    x,
    (i) => Math.floor(i / length),
    affine,
    (i) => i % length,
  );
}

/** As {@link layerNorm}, by the root of the mean square: no mean is subtracted. */
export function rmsNorm(x: Values, normalizedShape: Shape, affine: Affine = {}): Float64Array {
  const length = product(normalizedShape);
  const aroundZero = (values: Values): Moments => ({
    count: length,
    mean: 0,
    variance: moments(Array.from(values, (value) => value * value)).mean,
  });
  const epsilon = { eps: 2 ** -23, ...affine };
  return normalize(
    x,
    (i) => Math.floor(i / length),
    epsilon,
    (i) => i % length,
    aroundZero,
  );
}

/** (N, C, *): by given statistics, C values each: eval mode of batch and instance normalization. */
export function normalizeByRunningStats(
  x: Values,
  shape: Shape,
  mean: Values,
  variance: Values,
  affine: ChannelAffine = {},
): Float64Array {
  const { channels, rowOf, channelOf } = locate(shape, affine.layout);
  const parameterOf = (i: number, values: Values) =>
    values.length === channels ? channelOf(i) : rowOf(i);
  return Float64Array.from(x, (value, i) => {
    const channel = channelOf(i);
    const moments = { count: 1, mean: at(mean, channel), variance: at(variance, channel) };
    return standardize(value, moments, affine, (values) => parameterOf(i, values));
  });
}

/** The moments of each row of an (N, C, *) tensor, samples first. */
export function rowMoments(x: Values, shape: Shape, layout?: Layout): Moments[] {
  return [...groupBy(x, locate(shape, layout).rowOf).values()].map(({ values }) => moments(values));
}

/** Two passes, and a third for what the first lost by rounding. */
export function moments(values: Iterable<number>): Moments {
  let count = 0;
  let sum = 0;
  for (const value of values) {
    count++;
    sum += value;
  }
  const near = sum / count;
  let rest = 0;
  for (const value of values) rest += value - near;
  const mean = near + rest / count;
  let squares = 0;
  for (const value of values) squares += (value - mean) * (value - mean);
  return { count, mean, variance: squares / count };
}

/** n / (n - 1) of the biased variance. */
export function unbiasedVariance({ count, variance }: Moments): number {
  return (variance * count) / (count - 1);
}

/** PyTorch's convention: momentum is the share of the new value. */
export function moveRunning(running: number, observed: number, momentum: number): number {
  return (1 - momentum) * running + momentum * observed;
}

type IndexMap = (index: number) => number;
type ParameterMap = (index: number, values: Values) => number;

function normalize(
  x: Values,
  groupOf: IndexMap,
  affine: Affine,
  parameterOf: ParameterMap,
  momentsOf: (values: Values) => Moments = moments,
): Float64Array {
  const y = new Float64Array(x.length);
  for (const { values, indices } of groupBy(x, groupOf).values()) {
    const found = momentsOf(values);
    for (const i of indices) {
      y[i] = standardize(at(x, i), found, affine, (values) => parameterOf(i, values));
    }
  }
  return y;
}

/** (x - mean) / sqrt(variance + eps) * weight + bias; the bias where there is no spread at all. */
function standardize(
  value: number,
  { mean, variance }: Moments,
  { weight, bias, eps = 1e-5 }: Affine,
  parameterOf: (values: Values) => number,
): number {
  const deviation = Math.sqrt(variance + eps);
  const standard = deviation === 0 ? 0 : (value - mean) / deviation;
  const factor = weight ? at(weight, parameterOf(weight)) : 1;
  return standard * factor + (bias ? at(bias, parameterOf(bias)) : 0);
}

interface Group {
  readonly values: number[];
  readonly indices: number[];
}

function groupBy(x: Values, groupOf: IndexMap): Map<number, Group> {
  const groups = new Map<number, Group>();
  for (let i = 0; i < x.length; i++) {
    const key = groupOf(i);
    const group = groups.get(key) ?? { values: [], indices: [] };
    groups.set(key, group);
    group.values.push(at(x, i));
    group.indices.push(i);
  }
  return groups;
}

/** Maps an index to its sample, its channel, and the row that the two make. */
function locate(shape: Shape, layout: Layout = 'nchw') {
  const perSample = product(shape.slice(1));
  const channels = (layout === 'nchw' ? shape[1] : shape.at(-1)) ?? 0;
  const spatial = perSample / channels;
  const sampleOf: IndexMap = (i) => Math.floor(i / perSample);
  const channelOf: IndexMap = (i) =>
    layout === 'nchw' ? Math.floor(i / spatial) % channels : i % channels;
  const rowOf: IndexMap = (i) => sampleOf(i) * channels + channelOf(i);
  return { channels, sampleOf, channelOf, rowOf };
}

function product(shape: Shape): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

function at(values: Values, index: number): number {
  return values[index] ?? Number.NaN;
}
