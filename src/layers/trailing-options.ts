import { describe } from '../checks/describe.ts';
import { refuseKind, refuseValue } from '../checks/refuse.ts';
import type { TrailingArguments } from '../passes/normalize-trailing.ts';
import { checkMask, type Mask, readMask } from '../tensor/mask.ts';
import { readShape, sizeOf } from '../tensor/shape.ts';
import type { CheckedTensor } from '../tensor/tensor.ts';
import { AxesView } from '../views/axes.ts';
import { readAffine } from './affine.ts';
import type { NormOptions } from './options.ts';
import type { StatisticsCall } from './statistics-options.ts';

/** The sizes of the normalized dimensions, or that of the one that is. */
export type NormalizedShape = number | readonly number[];

/** The option that says which dimensions are normalized. */
export interface AxesOption {
  /**
   * The dimensions that are normalized, in any order, of which normalizedShape gives the sizes
   * in that order; the trailing ones by default. A negative one is counted from the last. Weight
   * and bias hold their elements in the order of the axes, the last one fastest. With [] each
   * element is normalized by itself.
   */
  readonly axes?: readonly number[] | null | undefined;
}

/** The option that says which elements take part. */
export interface ElementsMaskOption {
  /**
   * One for each element of x, or for each place of the dimensions that are not normalized: where
   * it is 0 or false, elements take no part in statistics and gradients, and come out as 0.
   */
  readonly mask?: Mask | null | undefined;
}

/**
 * Reads a normalized shape.
 *
 * @param axes those that it is of, after they were read; null: the trailing ones
 * @throws TypeError where it is neither number nor array; RangeError where it is
 *   empty without axes, of another length than they are, or a size is negative or fractional.
 */
export function readNormalizedShape(
  value: unknown,
  axes: readonly number[] | null,
): readonly number[] {
  if (typeof value !== 'number' && !Array.isArray(value)) {
    refuseKind('normalizedShape', 'a number or an array of numbers', value);
  }
  const shape = readShape(typeof value === 'number' ? [value] : value, 'normalizedShape');
  if (axes === null) {
    if (shape.length === 0) refuseValue('normalizedShape', 'at least 1 dimension', '[]');
  } else if (shape.length !== axes.length) {
    refuseValue('normalizedShape', `the sizes of ${axes.length} axes`, describe(shape));
  }
  return shape;
}

/**
 * Reads axes, each once; null where there are none given.
 *
 * @throws TypeError where they are no array of numbers; RangeError where one is fractional.
 */
export function readAxes(value: unknown): readonly number[] | null {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) refuseKind('axes', 'an array of dimensions', value);
  return Array.from(value, (axis: unknown, i) => {
    if (typeof axis !== 'number') refuseKind('axes', 'numbers', axis, ` at position ${i}`);
    if (!Number.isSafeInteger(axis)) refuseValue('axes', 'whole numbers', axis);
    return axis;
  });
}

/**
 * Reads the arguments of layer and RMS normalization.
 *
 * @param givenAxes the option; null or undefined: the trailing dimensions
 * @param givenMask the option
 * @param statistics what {@link readStatisticsCall} returned
 * @param centred whether moments are about the mean, or about 0
 */
export function readTrailingArguments(
  input: CheckedTensor,
  normalizedShape: NormalizedShape,
  givenAxes: unknown,
  givenMask: unknown,
  options: NormOptions,
  statistics: StatisticsCall | null,
  centred: boolean,
): TrailingArguments {
  const axes = readAxes(givenAxes);
  const ownMask = readMask(givenMask, 'mask');
  const sizes = readNormalizedShape(normalizedShape, axes);
  const { shape } = input;
  const dimensions = axes === null ? null : dimensionsOf(shape, sizes, axes);
  const view = dimensions && new AxesView(shape, dimensions);
  const rows = view === null ? rowsBefore(input, sizes) : view.rows;
  const takesAll = dimensions === null ? shape.length === sizes.length : dimensions.includes(0);
  const samples = takesAll ? 1 : (shape[0] ?? 1);
  const length = sizeOf(sizes);
  const mask = checkMask(ownMask, rows * length, 'mask', rows);
  const { weight, bias, affine, output, record } = readAffine(
    options,
    statistics,
    input,
    length,
    samples,
    centred,
    rows,
    length,
  );
  const values = affine.weight?.length ?? affine.bias?.length ?? length;
  const sets = values === length ? 1 : samples;
  const ofSet = dimensions !== null && sets !== 1 ? viewOfSample(shape, dimensions) : view;
  return {
    input,
    output,
    weight,
    bias,
    affine,
    sets,
    rows: rows / Math.max(1, sets),
    length,
    axes: ofSet?.isTrailing ? null : ofSet,
    mask,
    record,
  };
}

/** Sees dimensions of one sample. The first, which it lacks, is not among them. */
function viewOfSample(shape: readonly number[], dimensions: readonly number[]): AxesView {
  const own = dimensions.map((dimension) => dimension - 1);
  return new AxesView(shape.slice(1), own);
}

/** Returns how many rows of the trailing sizes there are. */
function rowsBefore({ shape }: CheckedTensor, trailing: readonly number[]): number {
  const leading = shape.length - trailing.length;
  // Loops take 0.3 us less than a closure and a copy.
  let isThere = leading >= 0;
  for (let i = 0; i < trailing.length; i++) {
    if (shape[leading + i] !== trailing[i]) isThere = false;
  }
  if (!isThere) refuseValue('x', `shape [*, ${trailing.join(', ')}]`, describe(shape));
  let rows = 1;
  for (let i = 0; i < leading; i++) rows *= shape[i] as number;
  return rows;
}

/** Finds dimensions of a shape, and refuses one that is of another size. */
function dimensionsOf(
  shape: readonly number[],
  sizes: readonly number[],
  axes: readonly number[],
): readonly number[] {
  const dimensions = findAxes(shape, axes);
  for (const [i, dimension] of dimensions.entries()) {
    if (shape[dimension] !== sizes[i]) {
      refuseValue('x', `size ${sizes[i]} in dimension ${dimension}`, describe(shape));
    }
  }
  return dimensions;
}

/**
 * Returns axes counted from the first.
 *
 * @throws RangeError where one is not there, or is there twice.
 */
export function findAxes(shape: readonly number[], axes: readonly number[]): readonly number[] {
  const rank = shape.length;
  const dimensions = axes.map((axis) => (axis < 0 ? axis + rank : axis));
  for (const [i, dimension] of dimensions.entries()) {
    if (dimension < 0 || dimension >= rank) {
      refuseValue('axes', `dimensions of x, from ${-rank} to ${rank - 1}`, describe(axes));
    }
    if (dimensions.indexOf(dimension) !== i) {
      refuseValue('axes', 'different dimensions', describe(axes));
    }
  }
  return dimensions;
}
