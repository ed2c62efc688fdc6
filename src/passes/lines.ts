import type { Memory } from '../memory/memory.ts';
import type { Operand } from '../memory/selection.ts';
import { COMBINATION, F64, LINE, MOMENTS } from '../memory/sizes.ts';
import { part } from '../memory/tile.ts';
import { type Deviation, replaceDeviations } from '../statistics/deviation.ts';
import { setMoments } from '../statistics/moments.ts';
import type { RunningStats } from '../statistics/running-average.ts';
import type { Scope } from '../views/scopes.ts';
import { type Operation, repeatFolded, type View } from '../views/view.ts';

/** What a normalization does beside subtracting a mean and dividing by a root. */
export interface Affine {
  /** Multiplies the normalized values, channel by channel; null: 1. */
  readonly weight: Float32Array | null;
  /** Added then; null: 0. */
  readonly bias: Float32Array | null;
  /** Added to the variance, under the square root; 0 where there is a deviation. */
  readonly eps: number;
  /** Whether moments are about the mean, or about 0 as in RMSNorm. */
  readonly centred: boolean;
  /** What is divided by instead of the root of the variance and eps; null: that. */
  readonly deviation: Deviation | null;
}

/** Returns weight and bias of some sets of `size`, where there are more than one in all. */
export function affineOfSets(affine: Affine, first: number, sets: number, size: number): Affine {
  const { weight, bias } = affine;
  const all = weight?.length ?? bias?.length ?? size;
  if (all === size) return affine;
  return {
    ...affine,
    weight: setsOf(weight, first, sets, size),
    bias: setsOf(bias, first, sets, size),
  };
}

/** Returns some sets of `size` values, where there are more than one in all. */
export function setsOf<Values extends Float32Array | Float64Array>(
  values: Values | null,
  first: number,
  sets: number,
  size: number,
): Values | null {
  return values && values.length > size ? part(values, first * size, sets * size) : values;
}

/** Returns what makes the normalized input of x. */
export function withoutParameters(affine: Affine): Affine {
  return { ...affine, weight: null, bias: null };
}

const APPLY: Operation = {
  takesStrides: true,
  rows({ kernels, lines }, { rows, length, channel, period, gap }, y, x) {
    kernels.applyRows(y, x, lines.at + channel * LINE * F64, rows, length, period, gap);
  },
  columns({ kernels, lines, columnsAt }, { rows, length, stride }, y, x) {
    kernels.applyColumns(y, x, lines.at, rows, length, stride, columnsAt);
  },
};

/** Makes `count` moments in the memory those of the deviation that is divided by. */
export function prepareDeviations(
  { moments }: Memory,
  count: number,
  { deviation }: Pick<Affine, 'deviation'>,
): void {
  if (deviation !== null) replaceDeviations(moments.values, count, deviation);
}

/** Makes `count` combinations those of the moments' deviations, each of so many combinations. */
export function correctCombinations(
  { moments, combinations }: Memory,
  count: number,
  groupSize: number,
  { deviation }: Pick<Affine, 'deviation'>,
): void {
  if (deviation === null) return;
  for (let i = 0; i < count; i++) {
    const at = i * COMBINATION + 1;
    const slope = moments.values[Math.floor(i / groupSize) * MOMENTS + 3] as number;
    // The slope can be infinite where the scale is 0.
    if (combinations.values[at] !== 0) (combinations.values[at] as number) *= slope;
  }
}

/**
 * Prepares the lines of a scope's channels from the moments in the memory, each of which
 * serves `groupSize` channels. Each of a channel's columns has a line.
 */
export function prepareLines(
  memory: Memory,
  { first, channels, width }: Pick<Scope, 'first' | 'channels' | 'width'>,
  groupSize: number,
  { weight, bias, eps, centred }: Affine,
): void {
  const period = weight?.length ?? bias?.length ?? channels;
  const count = Math.min(period, channels);
  memory.kernels.makeLines(
    memory.lines.at,
    memory.moments.at,
    memory.loadWeight(weight, first % period, count),
    memory.loadBias(bias, first % period, count),
    channels,
    groupSize,
    0,
    count,
    width,
    eps,
    centred,
  );
}

/**
 * Prepares the lines of a scope's channels from given statistics, which repeat from channel to
 * channel. The memory's moments are lost.
 */
export function prepareGivenLines(
  memory: Memory,
  scope: Scope,
  { mean, variance }: RunningStats,
  affine: Affine,
): void {
  const { weight, bias, eps, deviation } = affine;
  const { first, channels, width } = scope;
  if (deviation !== null) {
    setMoments(memory, scope, mean, variance);
    prepareDeviations(memory, channels, affine);
    prepareLines(memory, scope, 1, affine);
    return;
  }
  const statistics = Math.min(mean.length, channels);
  const from = first % mean.length;
  const period = weight?.length ?? bias?.length ?? channels;
  const count = Math.min(period, channels);
  memory.kernels.makeGivenLines(
    memory.lines.at,
    memory.loadMean(mean, from, statistics),
    memory.loadVariance(variance, from, statistics),
    memory.loadWeight(weight, first % period, count),
    memory.loadBias(bias, first % period, count),
    channels,
    statistics,
    count,
    width,
    eps,
  );
}

/**
 * Prepares lines of consecutive rows, each by moments of its own and without weight and
 * bias: they make the normalized input of x.
 */
export function prepareRowLines(memory: Memory, rows: number, { eps, centred }: Affine): void {
  const { kernels, lines, moments } = memory;
  kernels.makeLines(lines.at, moments.at, 0, 0, rows, 1, 0, rows, 1, eps, centred);
}

/** Sends the elements of a scope along its lines. */
export function applyLines(memory: Memory, scope: Scope, output: Operand, input: Operand): void {
  for (let i = 0; i < scope.views; i++) applyViewLines(memory, scope.view(i), output, input);
}

/** Sends the elements of a view along its channels' lines. */
export function applyViewLines(memory: Memory, view: View, output: Operand, input: Operand): void {
  repeatFolded(memory.lines.values, LINE, view);
  view.run(memory, APPLY, { output, input, gradOutput: null });
}
