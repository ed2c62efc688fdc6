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
  type EpsModeOption,
  type OutRstdOption,
  readStatisticsCall,
  refuseRecord,
} from './statistics-options.ts';
import {
  type AxesOption,
  type ElementsMaskOption,
  type NormalizedShape,
  readAxes,
  readNormalizedShape,
  readTrailingArguments,
} from './trailing-options.ts';

// 2^-23, the machine epsilon of float32. In PyTorch RMSNorm alone has it as its default. A
// power would be kept in bundles that don't use it.
const EPSILON = 1.1920928955078125e-7;

/**
 * Options of {@link rmsNorm}; the weight holds a value for each normalized element, or such a set
 * for each sample, the first dimension.
 */
export interface RMSNormOptions<Y extends FloatData = AnyData>
  extends Pick<NormOptions<Y>, 'weight' | 'out'>,
    AxesOption,
    ElementsMaskOption,
    EpsModeOption,
    OutRstdOption {
  /** Added to the mean of squares under the square root; 2^-23 by default. */
  readonly eps?: number | undefined;
}

const OPTIONS = ['weight', 'eps', 'axes', 'mask', 'out', 'outRstd', 'epsMode'];

/**
 * Divides by the root of the mean of squares over the trailing dimensions, or those of `axes`.
 *
 * y = x / sqrt(mean(x * x) + eps) * weight.
 *
 * Zhang, Sennrich: Root Mean Square Layer Normalization (2019);
 * torch.nn.functional.rms_norm.
 *
 * @param x (*, ...normalizedShape), or with `axes` of any shape with those sizes there
 * @param normalizedShape the sizes that are normalized; a number is one of them
 * @returns `out`, or a new tensor of x's shape
 * @throws TypeError where an argument is of the wrong kind, RangeError where it
 *   is of the wrong size or value; nothing has been written then.
 * @example
 * import { rmsNorm, Tensor } from 'wasm-norm';
 *
 * const tokens = new Tensor(Float32Array.of(3, -4, 0, 0, 6, 8, 0, 0), [2, 4]);
 * console.log(rmsNorm(tokens, 4, { eps: 1e-6 }).data); // 1.2, -1.6, 0, 0, 1.2, 1.6, 0, 0
 */
export function rmsNorm<D extends FloatData, Y extends FloatData = D>(
  x: TensorLike<D>,
  normalizedShape: NormalizedShape,
  options: RMSNormOptions<Y> = {},
): Tensor<Plain<Y>> {
  return normalizeTrailing(readArguments(readElements(x, 'x'), normalizedShape, options));
}

/**
 * Finds the gradients of {@link rmsNorm}.
 *
 * @param gradOutput the gradient of a loss with respect to the result, of x's shape
 * @param x the input that the result was made from
 * @param normalizedShape that of the call
 * @param options those of the call; `out` takes the gradient of the input, and may
 *   be gradOutput or x
 * @throws TypeError, RangeError as {@link rmsNorm} does.
 */
export function rmsNormBackward<D extends FloatData, Y extends FloatData = D>(
  gradOutput: TensorLike<FloatData>,
  x: TensorLike<D>,
  normalizedShape: NormalizedShape,
  options: RMSNormOptions<Y> = {},
): Gradients<Plain<Y>> {
  const gradient = readGradOutput(gradOutput);
  const args = refuseRecord(readArguments(readElements(x, 'x'), normalizedShape, options));
  return trailingGradients(checkGradOutput(gradient, args.input, args.output), args);
}

function readArguments(
  input: CheckedTensor,
  normalizedShape: NormalizedShape,
  options: RMSNormOptions,
): TrailingArguments {
  checkOptions(options, OPTIONS);
  const { weight, eps = EPSILON, axes, mask, out } = options;
  return readTrailingArguments(
    input,
    normalizedShape,
    axes,
    mask,
    { weight, eps, out },
    readStatisticsCall(options),
    false,
  );
}

const FORWARD_OPTIONS = ['out', 'mask', 'outRstd', 'epsMode'];
const BACKWARD_OPTIONS = ['input', 'mask', 'training', 'epsMode'];

/** Options of {@link RMSNorm}. */
export interface RMSNormLayerOptions extends AxesOption {
  /** Added to the mean of squares under the square root; 2^-23 by default. */
  readonly eps?: number | undefined;
  /** Whether it has a weight to learn; true by default. */
  readonly elementwiseAffine?: boolean | undefined;
}

/**
 * RMS normalization as a layer: torch.nn.RMSNorm. The same in training and in
 * eval mode.
 *
 * @example
 * import { RMSNorm, Tensor } from 'wasm-norm';
 *
 * const norm = new RMSNorm(4, { eps: 1e-6 });
 * console.log(norm.forward(new Tensor(Float32Array.of(3, -4, 0, 0), [1, 4])).data); // 1.2, -1.6, 0, 0
 */
export class RMSNorm extends Layer {
  /** The sizes of the dimensions that are normalized. */
  readonly normalizedShape: readonly number[];
  /** Those dimensions; null: the trailing ones. */
  readonly axes: readonly number[] | null;
  /** Added to the mean of squares under the square root. */
  readonly eps: number;
  /** Values to learn, 1 at first, of the normalized shape; null unless `elementwiseAffine`. */
  readonly weight: Float32Array | null;

  /**
   * @param normalizedShape the sizes that are normalized; a number is one of them
   * @throws TypeError, RangeError as {@link rmsNorm} does.
   */
  constructor(normalizedShape: NormalizedShape, options: RMSNormLayerOptions = {}) {
    super();
    checkOptions(options, ['eps', 'elementwiseAffine', 'axes']);
    const { eps = EPSILON, elementwiseAffine = true, axes } = options;
    this.axes = Object.freeze(readAxes(axes));
    this.normalizedShape = Object.freeze(readNormalizedShape(normalizedShape, this.axes));
    checkEps(eps);
    checkBoolean(elementwiseAffine, 'elementwiseAffine');
    this.eps = eps;
    const length = sizeOf(this.normalizedShape);
    this.weight = elementwiseAffine ? makeValues(length, 1, 'normalizedShape') : null;
  }

  protected override run(x: CheckedTensor, mode: Mode, out: AnyOut): AnyTensor {
    const args = readArguments(x, this.normalizedShape, this.#options(mode, out));
    return normalizeTrailing(args);
  }

  protected override differentiate(
    gradOutput: CheckedTensor,
    x: CheckedTensor,
    mode: Mode,
  ): AnyGradients {
    const args = readArguments(x, this.normalizedShape, this.#options(mode));
    return trailingGradients(checkGradOutput(gradOutput, x, args.output), args);
  }

  protected override get forwardOptions(): readonly string[] {
    return FORWARD_OPTIONS;
  }

  protected override get backwardOptions(): readonly string[] {
    return BACKWARD_OPTIONS;
  }

  #options({ mask, statistics }: Mode, out?: AnyOut): RMSNormOptions {
    const { weight, eps, axes } = this;
    const options = { weight, eps, axes, mask, out };
    if (statistics === null) return options;
    const { outRstd, epsMode } = statistics;
    return { ...options, outRstd, epsMode };
  }

  protected override stateEntries(): readonly StateEntry[] {
    return arrayEntry('weight', 'weight', this.weight, this.normalizedShape);
  }
}
