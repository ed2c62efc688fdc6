import { checkEps, checkOptions } from '../checks/options.ts';
import { refuseKind, refuseValue } from '../checks/refuse.ts';
import type { Gradients } from '../passes/gradients.ts';
import { normalizeVectors, type VectorArguments, vectorGradients } from '../passes/vectors.ts';
import { checkGradOutput, readGradOutput } from '../tensor/grad-output.ts';
import { readOutput } from '../tensor/output.ts';
import {
  type AnyData,
  type CheckedTensor,
  type FloatData,
  type Plain,
  readElements,
  type Tensor,
  type TensorLike,
} from '../tensor/tensor.ts';
import { AxesView } from '../views/axes.ts';
import { findAxes, readAxes } from './trailing-options.ts';

/** Options of {@link normalize}. */
export interface NormalizeOptions<Y extends FloatData = AnyData> {
  /**
   * The power of the norm: 2, the default, divides by the root of the sum of squares, 1 by the sum
   * of magnitudes, and Infinity by the largest magnitude.
   */
  readonly p?: number | undefined;
  /**
   * The dimensions whose elements are a vector, in any order; [1] by default. A negative one is
   * counted from the last. With [] each element is a vector by itself.
   */
  readonly axes?: readonly number[] | null | undefined;
  /** The least that is divided by; 1e-12 by default. With 0 a vector of zeros stays one. */
  readonly eps?: number | undefined;
  /** Where to write the result; x itself is allowed, and another dtype. */
  readonly out?: TensorLike<Y> | undefined;
}

const OPTIONS = ['p', 'axes', 'eps', 'out'];

/**
 * Divides each vector by its norm, or by eps where the norm is less.
 *
 * y = x / max(norm, eps). Norms are float64: they neither overflow nor vanish for any x, and eps is
 * not rounded to x's dtype.
 *
 * torch.nn.functional.normalize; ONNX's LpNormalization.
 *
 * @param x of any shape with those axes: (N, C) or (N, C, *) by default
 * @returns `out`, or a new tensor of x's shape
 * @throws TypeError where an argument is of the wrong kind, RangeError where it
 *   is of the wrong size or value; nothing has been written then.
 * @example
 * import { normalize, Tensor } from 'wasm-norm';
 *
 * const tokens = new Tensor(Float32Array.of(3, 4, 0, 5), [2, 2]);
 * console.log(normalize(tokens, { axes: [-1] }).data); // 0.6, 0.8, 0, 1
 */
export function normalize<D extends FloatData, Y extends FloatData = D>(
  x: TensorLike<D>,
  options: NormalizeOptions<Y> = {},
): Tensor<Plain<Y>> {
  return normalizeVectors(readArguments(readElements(x, 'x'), options));
}

/**
 * Finds the gradient of {@link normalize}. Elements that are equally far from 0 share the gradient
 * of a largest magnitude. Where the norm is less than eps that is a constant, as in PyTorch.
 *
 * @param gradOutput the gradient of a loss with respect to the result, of x's shape
 * @param x the input that the result was made from
 * @param options those of the call; `out` takes the gradient of the input, and may
 *   be gradOutput or x
 * @returns the gradient of the input; there is no weight and no bias
 * @throws TypeError, RangeError as {@link normalize} does.
 */
export function normalizeBackward<D extends FloatData, Y extends FloatData = D>(
  gradOutput: TensorLike<FloatData>,
  x: TensorLike<D>,
  options: NormalizeOptions<Y> = {},
): Gradients<Plain<Y>> {
  const gradient = readGradOutput(gradOutput);
  const args = readArguments(readElements(x, 'x'), options);
  return vectorGradients(checkGradOutput(gradient, args.input, args.output), args);
}

function readArguments(input: CheckedTensor, options: NormalizeOptions): VectorArguments {
  checkOptions(options, OPTIONS);
  const { p = 2, axes, eps = 1e-12, out } = options;
  if (typeof p !== 'number') refuseKind('p', 'a number', p);
  if (p !== 1 && p !== 2 && p !== Number.POSITIVE_INFINITY) {
    refuseValue('p', '1, 2 or Infinity', p);
  }
  checkEps(eps);
  const dimensions = findAxes(input.shape, readAxes(axes) ?? [1]);
  // The order of a vector's elements means nothing, and in this one they lie together more often.
  const view = new AxesView(
    input.shape,
    [...dimensions].sort((a, b) => a - b),
  );
  return { input, output: readOutput(out, input, 'x'), view, p, eps };
}
