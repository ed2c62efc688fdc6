// The normalizations as their formulas read, in float64 and without regard to speed.
// This is the spec that the library is compared with. Three things tell normalizations
// apart: which elements share their statistics, which parameter belongs to an element,
// and what the statistics are.

import type { Layout } from '../../src/index.ts';

type Values = ArrayLike<number> & Iterable<number>;
type Shape = readonly number[];

export interface Affine {
  /**
   * Where it holds 0, elements take no part, and become 0: one for each place of each sample that
   * channels have; in layer and RMS normalization one for each element, or for each row.
   */
  readonly mask?: ArrayLike<number | boolean> | null | undefined;
  readonly weight?: Values | null | undefined;
  readonly bias?: Values | null | undefined;
  readonly eps?: number | undefined;
  /** The variance that is normalized by divides by n - correction, but by 1 at least. */
  readonly correction?: number | undefined;
  /** Whether eps is added to the variance or to its root. */
  readonly epsMode?: 'variance' | 'std' | undefined;
}

/** Which dimensions of which shape are normalized. Without them, the trailing ones of any shape. */
export interface Axes {
  readonly shape?: Shape | undefined;
  readonly axes?: Shape | undefined;
}

export interface ChannelAffine extends Affine {
  readonly layout?: Layout | undefined;
  /** For (N, C, L): elements past a sample's length take no part, and become 0. */
  readonly lengths?: Values | null | undefined;
}

export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Biased: divided by the count. */
  readonly variance: number;
}

export interface Gradients {
  readonly input: Float64Array;
  /** As long as the weight, or null where there is none. */
  readonly weight: Float64Array | null;
  readonly bias: Float64Array | null;
}

/**
 * Gradients, and for each the sum of the magnitudes of its terms. Rounding errors are
 * relative to that sum. A normalized value z counts as max(1, |z|), as its own error does.
 */
export interface SizedGradients extends Gradients {
  readonly sizes: Gradients;
}

/** (N, C, *): each channel of each sample by itself, with C parameters or N*C. */
export function instanceNorm(x: Values, shape: Shape, affine: ChannelAffine = {}): Float64Array {
  return normalize(x, byInstance(shape, affine), affine);
}

export function instanceNormGradients(
  g: Values,
  x: Values,
  shape: Shape,
  affine: ChannelAffine = {},
): SizedGradients {
  return differentiate(g, x, byInstance(shape, affine), affine);
}

/** (N, C, *): each channel over all samples, with C parameters. */
export function batchNorm(x: Values, shape: Shape, affine: ChannelAffine = {}): Float64Array {
  return normalize(x, byChannel(shape, affine), affine);
}

export function batchNormGradients(
  g: Values,
  x: Values,
  shape: Shape,
  affine: ChannelAffine = {},
): SizedGradients {
  return differentiate(g, x, byChannel(shape, affine), affine);
}

/** (N, C, *): by C given means and variances, as batch and instance normalization do in eval mode. */
export function normalizeByRunningStats(
  x: Values,
  shape: Shape,
  mean: Values,
  variance: Values,
  affine: ChannelAffine = {},
): Float64Array {
  return normalize(x, byGiven(shape, mean, variance, affine), affine);
}

export function runningStatsGradients(
  g: Values,
  x: Values,
  shape: Shape,
  mean: Values,
  variance: Values,
  affine: ChannelAffine = {},
): SizedGradients {
  return differentiate(g, x, byGiven(shape, mean, variance, affine), affine);
}

/** (N, C, *): the channels of a sample in `groups` groups, with C parameters or N*C. */
export function groupNorm(
  x: Values,
  shape: Shape,
  groups: number,
  affine: ChannelAffine = {},
): Float64Array {
  return normalize(x, byGroup(shape, groups, affine), affine);
}

export function groupNormGradients(
  g: Values,
  x: Values,
  shape: Shape,
  groups: number,
  affine: ChannelAffine = {},
): SizedGradients {
  return differentiate(g, x, byGroup(shape, groups, affine), affine);
}

/** Some dimensions together, with a parameter for each of their elements, or a set for each sample. */
export function layerNorm(
  x: Values,
  normalizedShape: Shape,
  affine: Affine & Axes = {},
): Float64Array {
  return normalize(x, byElements(normalizedShape, affine), affine);
}

export function layerNormGradients(
  g: Values,
  x: Values,
  normalizedShape: Shape,
  affine: Affine & Axes = {},
): SizedGradients {
  return differentiate(g, x, byElements(normalizedShape, affine), affine);
}

/** As {@link layerNorm}, but divided by the root of the mean square, and no mean is subtracted. */
export function rmsNorm(
  x: Values,
  normalizedShape: Shape,
  affine: Affine & Axes = {},
): Float64Array {
  return normalize(x, aboutZero(normalizedShape, affine), { eps: 2 ** -23, ...affine });
}

export function rmsNormGradients(
  g: Values,
  x: Values,
  normalizedShape: Shape,
  affine: Affine & Axes = {},
): SizedGradients {
  return differentiate(g, x, aboutZero(normalizedShape, affine), { eps: 2 ** -23, ...affine });
}

/** What a normalization found of each of its scopes; 0 where one has no elements. */
export interface Statistics {
  readonly mean: Float64Array;
  readonly rstd: Float64Array;
}

/** Those of each row of (N, C, *), samples first. */
export function instanceStatistics(x: Values, shape: Shape, affine: ChannelAffine): Statistics {
  return statisticsOf(x, byInstance(shape, affine), affine);
}

/** Those of each channel of (N, C, *). */
export function batchStatistics(x: Values, shape: Shape, affine: ChannelAffine): Statistics {
  return statisticsOf(x, byChannel(shape, affine), affine);
}

/** Those of each group of (N, C, *), samples first. */
export function groupStatistics(
  x: Values,
  shape: Shape,
  groups: number,
  affine: ChannelAffine,
): Statistics {
  return statisticsOf(x, byGroup(shape, groups, affine), affine);
}

/** Those of what layer, or RMS normalization takes together. */
export function elementStatistics(
  x: Values,
  normalizedShape: Shape,
  affine: Affine & Axes,
  centred: boolean,
): Statistics {
  const by = centred ? byElements : aboutZero;
  return statisticsOf(x, by(normalizedShape, affine), affine);
}

function statisticsOf(x: Values, sharing: Sharing, affine: Affine): Statistics {
  const groups = groupBy(x, sharing);
  const count = 1 + Math.max(-1, ...groups.map(({ key }) => key));
  const mean = new Float64Array(count);
  const rstd = new Float64Array(count);
  for (const group of groups) {
    const found = sharing.momentsOf(group);
    mean[group.key] = found.mean;
    rstd[group.key] = reciprocalDeviation(found, affine);
  }
  return { mean, rstd };
}

/** The moments of what a layer or RMS normalization takes together. */
export function elementMoments(
  x: Values,
  normalizedShape: Shape,
  axes: Axes,
  centred: boolean,
): Moments[] {
  const sharing = centred ? byElements(normalizedShape, axes) : aboutZero(normalizedShape, axes);
  const found = groupBy(x, sharing);
  return found.sort((a, b) => a.key - b.key).map(sharing.momentsOf);
}

/** The moments of each group of a sample, samples first. */
export function groupMoments(x: Values, shape: Shape, groups: number, layout?: Layout): Moments[] {
  const found = groupBy(x, byGroup(shape, groups, { layout }));
  return found.sort((a, b) => a.key - b.key).map(({ values }) => moments(values));
}

/** The moments of each row of an (N, C, *) tensor, samples first. */
export function rowMoments(x: Values, shape: Shape, layout?: Layout): Moments[] {
  const groups = groupBy(x, byInstance(shape, { layout }));
  return groups.map(({ values }) => moments(values));
}

/** The moments of each channel of an (N, C, *) tensor. */
export function channelMoments(x: Values, shape: Shape, layout?: Layout): Moments[] {
  const groups = groupBy(x, byChannel(shape, { layout }));
  return groups.map(({ values }) => moments(values));
}

/** Takes two passes. They go by index, since an iterator takes seven times as long. */
export function moments(values: ArrayLike<number>): Moments {
  const count = values.length;
  const total = new Sum();
  for (let i = 0; i < count; i++) total.add(values[i] as number);
  const mean = total.value / count;
  const squares = new Sum();
  for (let i = 0; i < count; i++) {
    const deviation = (values[i] as number) - mean;
    squares.add(deviation * deviation);
  }
  return { count, mean, variance: squares.value / count };
}

/**
 * A sum that keeps what each addition loses (Neumaier, 1974). Equal terms are rounded in the same
 * direction: without this 53,424 of two values had a variance that was off by 1e-12.
 */
class Sum {
  #sum = 0;
  #lost = 0;

  add(term: number): void {
    const sum = this.#sum + term;
    const isLarger = Math.abs(this.#sum) >= Math.abs(term);
    this.#lost += isLarger ? this.#sum - sum + term : term - sum + this.#sum;
    this.#sum = sum;
  }

  get value(): number {
    return this.#sum + this.#lost;
  }
}

/** n / (n - 1) of the biased variance. */
export function unbiasedVariance({ count, variance }: Moments): number {
  return (variance * count) / (count - 1);
}

/** PyTorch's convention: momentum is the weight of the new value. */
export function moveRunning(running: number, observed: number, momentum: number): number {
  return (1 - momentum) * running + momentum * observed;
}

/** What tells one normalization from another. */
interface Sharing {
  /** Elements of the same number share their statistics. An element of null takes no part. */
  readonly groupOf: (index: number) => number | null;
  /** The index of the parameter that belongs to an element. */
  readonly parameterOf: (index: number, values: Values) => number;
  readonly momentsOf: (group: Group) => Moments;
  /** Whether the mean, and whether the variance, follows the input. */
  readonly meanFollows: boolean;
  readonly varianceFollows: boolean;
}

interface Group {
  readonly key: number;
  readonly values: number[];
  readonly indices: number[];
}

const ownMoments = {
  momentsOf: ({ values }: Group) => moments(values),
  meanFollows: true,
  varianceFollows: true,
};

function byInstance(shape: Shape, affine: ChannelAffine): Sharing {
  const { channels, rowOf, channelOf, isValid } = locate(shape, affine);
  return {
    groupOf: (i) => (isValid(i) ? rowOf(i) : null),
    parameterOf: (i, values) => (values.length === channels ? channelOf(i) : rowOf(i)),
    ...ownMoments,
  };
}

function byChannel(shape: Shape, affine: ChannelAffine): Sharing {
  const { channelOf, isValid } = locate(shape, affine);
  const groupOf = (i: number) => (isValid(i) ? channelOf(i) : null);
  return { groupOf, parameterOf: channelOf, ...ownMoments };
}

function byGiven(shape: Shape, mean: Values, variance: Values, affine: ChannelAffine): Sharing {
  const { groupOf } = byChannel(shape, affine);
  const { parameterOf } = byInstance(shape, affine);
  return {
    groupOf,
    parameterOf,
    momentsOf: ({ key }) => ({ count: 1, mean: at(mean, key), variance: at(variance, key) }),
    meanFollows: false,
    varianceFollows: false,
  };
}

function byGroup(shape: Shape, groups: number, affine: ChannelAffine): Sharing {
  const { channels, sampleOf, channelOf, isValid } = locate(shape, affine);
  const { parameterOf } = byInstance(shape, affine);
  const groupOf = (i: number) =>
    isValid(i) ? sampleOf(i) * groups + Math.floor((channelOf(i) * groups) / channels) : null;
  return { groupOf, parameterOf, ...ownMoments };
}

function byElements(normalizedShape: Shape, { shape, axes, mask }: Axes & Affine): Sharing {
  const { rowOf, elementOf } =
    shape && axes ? byAxes(shape, axes) : byTrailing(product(normalizedShape));
  const length = product(normalizedShape);
  const isElements = mask?.length === product(shape ?? []);
  const isValid = (i: number) => !mask || Boolean(mask[isElements ? i : rowOf(i)]);
  const sampleOf = (i: number) => Math.floor(i / product((shape ?? []).slice(1)));
  return {
    groupOf: (i) => (isValid(i) ? rowOf(i) : null),
    parameterOf: (i, values) => elementOf(i) + (values.length > length ? length * sampleOf(i) : 0),
    ...ownMoments,
  };
}

function byAxes(shape: Shape, axes: Shape) {
  const taken = axes.map((axis) => (axis < 0 ? axis + shape.length : axis));
  const kept = shape.map((_, axis) => axis).filter((axis) => !taken.includes(axis));
  const indexOf = (i: number, dimensions: Shape) =>
    dimensions.reduce((index, axis) => {
      const size = at(shape, axis);
      return index * size + (Math.floor(i / product(shape.slice(axis + 1))) % size);
    }, 0);
  return {
    rowOf: (i: number) => indexOf(i, kept),
    elementOf: (i: number) => indexOf(i, taken),
  };
}

function byTrailing(length: number) {
  return {
    rowOf: (i: number) => Math.floor(i / length),
    elementOf: (i: number) => i % length,
  };
}

function aboutZero(normalizedShape: Shape, axes: Axes & Affine): Sharing {
  return {
    ...byElements(normalizedShape, axes),
    momentsOf: ({ values }) => ({
      count: values.length,
      mean: 0,
      variance: moments(values.map((value) => value * value)).mean,
    }),
    meanFollows: false,
  };
}

function normalize(x: Values, sharing: Sharing, affine: Affine): Float64Array {
  const { weight, bias } = affine;
  const { parameterOf, momentsOf } = sharing;
  const y = new Float64Array(x.length);
  for (const group of groupBy(x, sharing)) {
    const found = momentsOf(group);
    for (const i of group.indices) {
      const factor = weight ? at(weight, parameterOf(i, weight)) : 1;
      const shift = bias ? at(bias, parameterOf(i, bias)) : 0;
      y[i] = (at(x, i) - found.mean) * reciprocalDeviation(found, affine) * factor + shift;
    }
  }
  return y;
}

function differentiate(g: Values, x: Values, sharing: Sharing, affine: Affine): SizedGradients {
  const groups = groupBy(x, sharing);
  return {
    ...addTerms(g, x, groups, sharing, affine, SIGNED),
    sizes: addTerms(g, x, groups, sharing, affine, SIZED),
  };
}

/** How the factors and signs of a formula are taken: as they are, or as magnitudes. */
interface Taking {
  readonly factor: (value: number) => number;
  readonly normalized: (value: number) => number;
  readonly minus: 1 | -1;
}

const SIGNED: Taking = { factor: (value) => value, normalized: (value) => value, minus: -1 };

const SIZED: Taking = {
  factor: Math.abs,
  normalized: (value) => Math.max(1, Math.abs(value)),
  minus: 1,
};

/**
 * With g the gradient of the output, w the weight, z the normalized input:
 *
 *     d bias   = sum(g)
 *     d weight = sum(g * z)
 *     d x      = rstd * (w * g - mean(w * g) - z * mean(w * g * z))
 *
 * The first mean is there if the mean of x is subtracted, the second if the variance
 * depends on x. With another deviation than sqrt(variance + eps) the second is multiplied by
 * its slope.
 */
function addTerms(
  g: Values,
  x: Values,
  groups: readonly Group[],
  sharing: Sharing,
  affine: Affine,
  taking: Taking,
): Gradients {
  const { weight, bias } = affine;
  const { factor: term, minus } = taking;
  const { parameterOf, momentsOf, meanFollows, varianceFollows } = sharing;
  const input = new Float64Array(x.length);
  const gradWeight = weight ? new Float64Array(weight.length) : null;
  const gradBias = bias ? new Float64Array(bias.length) : null;
  for (const group of groups) {
    const { indices } = group;
    const found = momentsOf(group);
    const rstd = reciprocalDeviation(found, affine);
    const normalized = indices.map((i) => taking.normalized((at(x, i) - found.mean) * rstd));
    const gradients = indices.map((i) => term(at(g, i)));
    const weighted = indices.map((i, k) => {
      const factor = weight ? term(at(weight, parameterOf(i, weight))) : 1;
      return factor * at(gradients, k);
    });
    const products = weighted.map((value, k) => value * at(normalized, k));
    const mean = meanFollows ? moments(weighted).mean : 0;
    const meanProduct = varianceFollows ? moments(products).mean * slopeOf(found, affine) : 0;
    indices.forEach((i, k) => {
      const z = at(normalized, k);
      input[i] = rstd * (at(weighted, k) + minus * (mean + z * meanProduct));
      if (weight && gradWeight) {
        const p = parameterOf(i, weight);
        gradWeight[p] = at(gradWeight, p) + at(gradients, k) * z;
      }
      if (bias && gradBias) {
        const p = parameterOf(i, bias);
        gradBias[p] = at(gradBias, p) + at(gradients, k);
      }
    });
  }
  return { input, weight: gradWeight, bias: gradBias };
}

/** 1 / deviation, or 0 where there is no spread at all, so that the result is the bias. */
export function reciprocalDeviation(found: Moments, affine: Affine): number {
  const deviation = deviationOf(found, affine);
  return deviation === 0 ? 0 : 1 / deviation;
}

/** What is divided by: sqrt(variance + eps), or sqrt(variance) + eps. */
function deviationOf(found: Moments, { eps = 1e-5, correction, epsMode }: Affine): number {
  const variance = correctedVariance(found, correction);
  return epsMode === 'std' ? Math.sqrt(variance) + eps : Math.sqrt(variance + eps);
}

function correctedVariance({ count, variance }: Moments, correction = 0): number {
  return (variance * count) / Math.max(1, count - correction);
}

/** n / z * (d deviation / d x), which is 1 for sqrt(variance + eps) of a biased variance. */
function slopeOf(found: Moments, affine: Affine): number {
  const { correction = 0, epsMode } = affine;
  const ofVariance = found.count / Math.max(1, found.count - correction);
  if (epsMode !== 'std') return ofVariance;
  const std = Math.sqrt(correctedVariance(found, correction));
  return std === 0 ? 0 : (ofVariance * deviationOf(found, affine)) / std;
}

function groupBy(x: Values, { groupOf }: Pick<Sharing, 'groupOf'>): Group[] {
  const groups = new Map<number, Group>();
  for (let i = 0; i < x.length; i++) {
    const key = groupOf(i);
    if (key === null) continue;
    let group = groups.get(key);
    if (!group) {
      group = { key, values: [], indices: [] };
      groups.set(key, group);
    }
    group.values.push(at(x, i));
    group.indices.push(i);
  }
  return [...groups.values()];
}

/** Maps an index to its sample, its channel, and the row that the two make. */
function locate(shape: Shape, { layout = 'nchw', lengths, mask }: ChannelAffine) {
  const perSample = product(shape.slice(1));
  const channels = (layout === 'nchw' ? shape[1] : shape.at(-1)) ?? 0;
  const spatial = perSample / channels;
  const sampleOf = (i: number) => Math.floor(i / perSample);
  const channelOf = (i: number) =>
    layout === 'nchw' ? Math.floor(i / spatial) % channels : i % channels;
  const rowOf = (i: number) => sampleOf(i) * channels + channelOf(i);
  const placeOf = (i: number) =>
    layout === 'nchw' ? i % spatial : Math.floor((i % perSample) / channels);
  const isValid = (i: number) =>
    (!lengths || placeOf(i) < at(lengths, sampleOf(i))) &&
    (!mask || Boolean(mask[sampleOf(i) * spatial + placeOf(i)]));
  return { channels, sampleOf, channelOf, rowOf, isValid };
}

function product(shape: Shape): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? Number.NaN;
}
