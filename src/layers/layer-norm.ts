import { arrayEntry, type StateEntry } from '../checkpoints/state-dict.ts';
import { checkBoolean, checkEps, checkOptions } from '../checks/options.ts';
import type { AnyGradients, Gradients } from '../passes/gradients.ts';
import { normalizeTrailing, type TrailingArguments } from '../passes/normalize-trailing.ts';
import { trailingGradients } from '../passes/trailing-gradients.ts';
import { checkGradOutput, readGradOutput } from '../tensor/grad-output.ts';
import { makeValues } from '../tensor/parameters.ts';
import { sizeOf } from '../tensor/shape.ts';
import {
  type AnyData,
  type AnyOut,
  type AnyTensor,
  type CheckedTensor,
  type FloatData,
  type Plain,
  readElements,
  type Tensor,
  type TensorLike,
} from '../tensor/tensor.ts';
import { Layer, type Mode } from './layer.ts';
import type { NormOptions } from './options.ts';
import {
  type DeviationOptions,
  readStatisticsCall,
  refuseRecord,
  type StatisticsOptions,
  withStatistics,
} from './statistics-options.ts';
import {
  type AxesOption,
  type ElementsMaskOption,
  type NormalizedShape,
  readAxes,
  readNormalizedShape,
  readTrailingArguments,
} from './trailing-options.ts';

/**
 * Options of {@link layerNorm}; weight and bias hold a value for each normalized element, or such a
 * set for each sample, the first dimension.
 */
export interface LayerNormOptions<Y extends FloatData = AnyData>
  extends NormOptions<Y>,
    AxesOption,
    ElementsMaskOption,
    DeviationOptions,
    StatisticsOptions {}

const OPTIONS = [
  'weight',
  'bias',
  'eps',
  'axes',
  'mask',
  'out',
  'outMean',
  'outRstd',
  'correction',
  'epsMode',
];

/**
 * Normalizes over the trailing dimensions, or those of `axes`, by their mean and variance.
 *
 * y = (x - mean) / sqrt(variance + eps) * weight + bias, the variance biased.
 *
 * Ba, Kiros, Hinton: Layer Normalization (2016); torch.nn.functional.layer_norm.
 *
 * @param x (*, ...normalizedShape), or with `axes` of any shape with those sizes there
 * @param normalizedShape the sizes that are normalized; a number is one of them
 * @returns `out`, or a new tensor of x's shape
 * @throws TypeError where an argument is of the wrong kind, RangeError where it
 *   is of the wrong size or value; nothing has been written then.
 * @example
 * import { layerNorm, Tensor } from 'wasm-norm';
 *
 * const tokens = new Tensor(Float32Array.of(1, 2, 3, 4, 40, 30, 20, 10), [2, 4]);
 * console.log(layerNorm(tokens, 4).data); // -1.342, -0.447, 0.447, 1.342, 1.342, 0.447, -0.447, -1.342
 * const x = new Tensor(new Float32Array(96 * 7 * 7), [1, 96, 7, 7]);
 * const y = layerNorm(x, 96, { axes: [1] }); // the channels of (N, C, H, W)
 */
export function layerNorm<D extends FloatData, Y extends FloatData = D>(
  x: TensorLike<D>,
  normalizedShape: NormalizedShape,
  options: LayerNormOptions<Y> = {},
): Tensor<Plain<Y>> {
  return normalizeTrailing(readArguments(readElements(x, 'x'), normalizedShape, options));
}

/**
 * Finds the gradients of {@link layerNorm}.
 *
 * @param gradOutput the gradient of a loss with respect to the result, of x's shape
 * @param x the input that the result was made from
 * @param normalizedShape that of the call
 * @param options those of the call; `out` takes the gradient of the input, and may
 *   be gradOutput or x
 * @throws TypeError, RangeError as {@link layerNorm} does.
 */
export function layerNormBackward<D extends FloatData, Y extends FloatData = D>(
  gradOutput: TensorLike<FloatData>,
  x: TensorLike<D>,
  normalizedShape: NormalizedShape,
  options: LayerNormOptions<Y> = {},
): Gradients<Plain<Y>> {
  const gradient = readGradOutput(gradOutput);
  const args = refuseRecord(readArguments(readElements(x, 'x'), normalizedShape, options));
  return trailingGradients(checkGradOutput(gradient, args.input, args.output), args);
}

function readArguments(
  input: CheckedTensor,
  normalizedShape: NormalizedShape,
  options: LayerNormOptions,
): TrailingArguments {
  checkOptions(options, OPTIONS);
  const { weight, bias, eps = 1e-5, axes, mask, out } = options;
  return readTrailingArguments(
    input,
    normalizedShape,
    axes,
    mask,
    { weight, bias, eps, out },
    readStatisticsCall(options),
    true,
  );
}

/** Options of {@link LayerNorm}. */
export interface LayerNormLayerOptions extends AxesOption {
  /** Added to the variance under the square root; 1e-5 by default. */
  readonly eps?: number | undefined;
  /** Whether it has a weight, and unless `bias` is false a bias, to learn; true by default. */
  readonly elementwiseAffine?: boolean | undefined;
  /** Whether it has a bias to learn; true by default. */
  readonly bias?: boolean | undefined;
}

/**
 * Layer normalization as a layer: torch.nn.LayerNorm. The same in training and in
 * eval mode.
 *
 * @example
 * import { LayerNorm, Tensor } from 'wasm-norm';
 *
 * const norm = new LayerNorm(4);
 * const y = norm.forward(new Tensor(Float32Array.of(1, 2, 3, 4), [1, 4]));
 * console.log(y.data); // -1.342, -0.447, 0.447, 1.342
 */
export class LayerNorm extends Layer {
  /** The sizes of the dimensions that are normalized. */
  readonly normalizedShape: readonly number[];
  /** Those dimensions; null: the trailing ones. */
  readonly axes: readonly number[] | null;
  /** Added to the variance under the square root. */
  readonly eps: number;
  /** Values to learn, 1 at first, of the normalized shape; null unless `elementwiseAffine`. */
  readonly weight: Float32Array | null;
  /** Values to learn, 0 at first, of the normalized shape; null unless asked for. */
  readonly bias: Float32Array | null;

  /**
   * @param normalizedShape the sizes that are normalized; a number is one of them
   * @throws TypeError, RangeError as {@link layerNorm} does.
   */
  constructor(normalizedShape: NormalizedShape, options: LayerNormLayerOptions = {}) {
    super();
    checkOptions(options, ['eps', 'elementwiseAffine', 'bias', 'axes']);
    const { eps = 1e-5, elementwiseAffine = true, bias = true, axes } = options;
    this.axes = Object.freeze(readAxes(axes));
    this.normalizedShape = Object.freeze(readNormalizedShape(normalizedShape, this.axes));
    checkEps(eps);
    checkBoolean(elementwiseAffine, 'elementwiseAffine');
    checkBoolean(bias, 'bias');
    const length = sizeOf(this.normalizedShape);
    this.eps = eps;
    this.weight = elementwiseAffine ? makeValues(length, 1, 'normalizedShape') : null;
    this.bias = elementwiseAffine && bias ? makeValues(length, 0, 'normalizedShape') : null;
  }

  protected override run(x: CheckedTensor, mode: Mode, out: AnyOut): AnyTensor {
    const options = withStatistics(this.#options(mode, out), mode.statistics);
    return normalizeTrailing(readArguments(x, this.normalizedShape, options));
  }

  protected override differentiate(
    gradOutput: CheckedTensor,
    x: CheckedTensor,
    mode: Mode,
  ): AnyGradients {
    const options = withStatistics(this.#options(mode), mode.statistics);
    const args = readArguments(x, this.normalizedShape, options);
    return trailingGradients(checkGradOutput(gradOutput, x, args.output), args);
  }

  #options({ mask }: Mode, out?: AnyOut): LayerNormOptions {
    const { weight, bias, eps, axes } = this;
    return { weight, bias, eps, axes, mask, out };
  }

  protected override stateEntries(): readonly StateEntry[] {
    const shape = this.normalizedShape;
    return [
      ...arrayEntry('weight', 'weight', this.weight, shape),
      ...arrayEntry('bias', 'bias', this.bias, shape),
    ];
  }
}
