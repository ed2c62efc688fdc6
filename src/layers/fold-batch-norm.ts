import { describe } from '../checks/describe.ts';
import { checkBoolean, checkCount, checkEps, checkOptions } from '../checks/options.ts';
import { checkObject, refuseKind, refuseValue } from '../checks/refuse.ts';
import type { Elements } from '../memory/elements.ts';
import { copyElements, toFloat32 } from '../memory/memory.ts';
import { dataOf, readParameter, readWeights, type Weights } from '../tensor/parameters.ts';
import {
  checkLength,
  type FloatData,
  type Plain,
  readElements,
  type Tensor,
  type TensorLike,
  tensorOf,
} from '../tensor/tensor.ts';
import type { BatchNorm } from './batch-norm.ts';

/** The layer before a batch normalization. */
export interface FoldBatchNormOptions<D extends FloatData = Float32Array> {
  /**
   * (C, inputs / groups, *) of a convolution, (C, inputs) of a linear layer, or (inputs,
   * C / groups, *) of a transposed convolution.
   */
  readonly weight: TensorLike<D>;
  /** C values; 0 where absent. */
  readonly bias?: Weights | null | undefined;
  /** Whether the convolution is transposed; false by default. */
  readonly transposed?: boolean | undefined;
  /** The groups of the convolution; 1 by default. */
  readonly groups?: number | undefined;
}

/** What takes the place of both layers. */
export interface Folded<D extends FloatData = Float32Array> {
  /** Of the weight's shape and dtype. */
  readonly weight: Tensor<D>;
  /** C values, of the weight's dtype. */
  readonly bias: Tensor<D>;
}

/**
 * Folds a batch normalization into the convolution or linear layer before it, which then
 * gives what both gave in eval mode.
 *
 * weight' = weight * s and bias' = (bias - mean) * s + beta, where s = gamma / sqrt(variance +
 * eps) of each of the C output channels, computed in float64 and rounded once. The norm's own
 * weight and bias, gamma and beta, may be absent.
 *
 * torch.nn.utils.fusion.fuse_conv_bn_weights, which knows no groups of transposed convolutions.
 *
 * @param norm a BatchNorm of C features with running statistics; it stays as it is
 * @throws TypeError where an argument is of the wrong kind, or the norm has no running
 *   statistics; RangeError where the weight has not C output channels, or a size does not fit.
 * @example
 * import { BatchNorm, foldBatchNorm, Tensor } from 'wasm-norm';
 *
 * const norm = new BatchNorm(2).eval();
 * norm.runningMean?.set([1, 2]);
 * norm.runningVar?.set([4, 0.25]);
 * const weight = new Tensor(Float32Array.of(1, 2, 3, 4), [2, 2]); // of a linear layer
 * const folded = foldBatchNorm(norm, { weight });
 * console.log(folded.weight.data, folded.bias.data); // 0.5, 1.0, 6.0, 8.0, -0.5, -4.0
 */
export function foldBatchNorm<D extends FloatData>(
  norm: BatchNorm,
  options: FoldBatchNormOptions<D>,
): Folded<Plain<D>> {
  checkObject(norm, 'norm', 'a BatchNorm');
  checkOptions(options, ['weight', 'bias', 'transposed', 'groups']);
  const { bias, transposed = false, groups = 1 } = options;
  checkBoolean(transposed, 'transposed');
  checkCount(groups, 'groups');
  const weight = readElements(options.weight, 'weight');
  const biasData = dataOf(bias, 'bias');
  const { scale, mean, beta } = readNorm(norm);
  const channels = scale.length;
  const { shape } = weight;
  const [first = 0, second = 0] = shape;
  if (shape.length < 2 || (transposed ? second * groups : first) !== channels) {
    refuseValue(
      'weight',
      `${channels} output channels, as the norm has`,
      `shape ${describe(shape)}`,
    );
  }
  if (first % groups !== 0) refuseValue('groups', `a divisor of ${first}`, groups);
  const before = toFloat32(readWeights(biasData, 'bias', channels));
  checkLength(weight.data, shape, 'weight');
  const values = toFloat32(weight.data).slice();
  // Elements of one output channel lie side by side, in as many runs as there are inputs if it
  // is transposed.
  const runs = transposed ? first * second : first;
  const size = values.length / runs;
  for (let run = 0; run < runs; run++) {
    const group = Math.floor((run * groups) / runs);
    const channel = transposed ? group * second + (run % second) : run;
    const factor = scale[channel] as number;
    for (let i = run * size; i < (run + 1) * size; i++) values[i] = (values[i] as number) * factor;
  }
  const biases = Float32Array.from(scale, (factor, channel) => {
    const distance = (before?.[channel] ?? 0) - (mean[channel] as number);
    return distance * factor + (beta?.[channel] ?? 0);
  });
  return {
    weight: tensorOf(shape, as(weight.data, values)),
    bias: tensorOf([channels], as(weight.data, biases)),
  };
}

/** Reads what a norm does with each channel. */
function readNorm({ numFeatures, eps, weight, bias, runningMean, runningVar }: BatchNorm): {
  readonly scale: Float64Array;
  readonly mean: Float32Array;
  readonly beta: Float32Array | null;
} {
  checkCount(numFeatures, 'norm.numFeatures');
  checkEps(eps);
  const read = (value: unknown, name: string) =>
    toFloat32(readWeights(dataOf(value, name), name, numFeatures));
  const gamma = read(weight, 'norm.weight');
  const beta = read(bias, 'norm.bias');
  const mean = readParameter(
    dataOf(runningMean, 'norm.runningMean'),
    'norm.runningMean',
    numFeatures,
  );
  const variance = readParameter(
    dataOf(runningVar, 'norm.runningVar'),
    'norm.runningVar',
    numFeatures,
  );
  if (mean === null || variance === null) {
    refuseKind('norm', 'a BatchNorm with running statistics', null);
  }
  const scale = Float64Array.from(variance, (value, channel) => {
    const deviation = Math.sqrt(value + eps);
    // As in batchNorm: without any spread all that is left is the bias.
    return deviation === 0 ? 0 : (gamma?.[channel] ?? 1) / deviation;
  });
  return { scale, mean, beta };
}

/** Returns values in elements of the class of others. */
function as(others: Elements, values: Float32Array): Elements {
  const Own = others.constructor as new (length: number) => Elements;
  const elements = new Own(values.length);
  copyElements(elements, values);
  return elements;
}
