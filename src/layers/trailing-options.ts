import { describe } from '../checks/describe.ts';
import { refuseKind, refuseValue } from '../checks/refuse.ts';
import type { TrailingArguments } from '../passes/normalize-trailing.ts';
import { readShape, sizeOf } from '../tensor/shape.ts';
import type { CheckedTensor } from '../tensor/tensor.ts';
import { readAffine } from './affine.ts';
import type { NormOptions } from './options.ts';

/** The sizes of the trailing dimensions, or that of the last one. */
export type NormalizedShape = number | readonly number[];

/**
 * Reads a normalized shape.
 *
 * @throws TypeError where it is neither number nor array; RangeError where it is
 *   empty, or a size is negative or fractional.
 */
export function readNormalizedShape(value: unknown): readonly number[] {
  if (typeof value !== 'number' && !Array.isArray(value)) {
    refuseKind('normalizedShape', 'a number or an array of numbers', value);
  }
  const shape = readShape(typeof value === 'number' ? [value] : value, 'normalizedShape');
  if (shape.length === 0) {
    refuseValue('normalizedShape', 'at least 1 dimension', '[]');
  }
  return shape;
}

/**
 * Reads the arguments of layer and RMS normalization.
 *
 * @param centred whether moments are about the mean, or about 0
 */
export function readTrailingArguments(
  input: CheckedTensor,
  normalizedShape: NormalizedShape,
  options: NormOptions,
  centred: boolean,
): TrailingArguments {
  const trailing = readNormalizedShape(normalizedShape);
  const leading = input.shape.length - trailing.length;
  if (leading < 0 || trailing.some((size, i) => size !== input.shape[leading + i])) {
    refuseValue('x', `shape [*, ${trailing.join(', ')}]`, describe(input.shape));
  }
  const length = sizeOf(trailing);
  const { affine, output } = readAffine(options, input, length, centred);
  return { input, output, affine, rows: sizeOf(input.shape.slice(0, leading)), length };
}
