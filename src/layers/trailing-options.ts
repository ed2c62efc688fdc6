// What layer and RMS normalization have in common: they work on the trailing
// dimensions, with a weight for each element.

import { describe } from '../checks/describe.ts';
import { refuseKind, refuseValue } from '../checks/refuse.ts';
import { memoryFor } from '../memory/memory.ts';
import { addElementGradients } from '../passes/element-gradients.ts';
import { checkGradient, type Gradients, ParameterGradients } from '../passes/gradients.ts';
import type { Affine } from '../passes/lines.ts';
import { normalizeRows } from '../passes/normalize-rows.ts';
import { type Output, readOutput } from '../tensor/output.ts';
import { readShape, sizeOf } from '../tensor/shape.ts';
import { type CheckedTensor, readTensor, type Tensor, type TensorLike } from '../tensor/tensor.ts';
import { readAffine } from './affine.ts';

/** The sizes of the trailing dimensions, or that of the last one. */
export type NormalizedShape = number | readonly number[];

/** Checked arguments of layer and RMS normalization. */
export interface TrailingArguments {
  readonly input: CheckedTensor;
  readonly output: Output;
  readonly affine: Affine;
  readonly rows: number;
  readonly length: number;
}

interface TrailingOptions {
  readonly weight?: unknown;
  readonly bias?: unknown;
  readonly eps: unknown;
  readonly out?: unknown;
}

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

/** Reads the arguments of layer and RMS normalization. */
export function readTrailingArguments(
  x: TensorLike,
  normalizedShape: NormalizedShape,
  { weight, bias, eps, out }: TrailingOptions,
  centred: boolean,
): TrailingArguments {
  const input = readTensor(x, 'x');
  const trailing = readNormalizedShape(normalizedShape);
  const leading = input.shape.length - trailing.length;
  if (leading < 0 || trailing.some((size, i) => size !== input.shape[leading + i])) {
    refuseValue('x', `shape [*, ${trailing.join(', ')}]`, describe(input.shape));
  }
  const length = sizeOf(trailing);
  const output = readOutput(out, input, 'x');
  const affine = readAffine({ weight, bias, eps }, length, centred, output);
  return { input, output, affine, rows: sizeOf(input.shape.slice(0, leading)), length };
}

/** Normalizes each row. */
export function normalizeTrailing({
  input,
  output,
  affine,
  rows,
  length,
}: TrailingArguments): Tensor {
  // To the rows' kernel each element is a channel.
  const view = { count: rows, share: length, length: 1, period: length };
  normalizeRows(output.data, input.data, view, affine);
  return output.tensor;
}

/** Finds the gradients of {@link normalizeTrailing}. */
export function trailingGradients(
  gradient: CheckedTensor,
  { input, output, affine, rows, length }: TrailingArguments,
): Gradients {
  const gradOutput = checkGradient(gradient, input, output);
  const parameters = new ParameterGradients(affine.weight, affine.bias);
  const differentiation = {
    memory: memoryFor(0, output.data, gradOutput, input.data),
    gradInput: output.data,
    gradOutput,
    input: input.data,
    affine,
    parameters,
  };
  addElementGradients(differentiation, rows, length);
  return { input: output.tensor, weight: parameters.weight, bias: parameters.bias };
}
