// The operations of WebNN and of ONNX, written as calls of this library.

import {
  batchNorm,
  groupNorm,
  instanceNorm,
  type Layout,
  layerNorm,
  rmsNorm,
  Tensor,
} from '../../src/index.ts';
import { sizeOf } from './shapes.ts';

type Shape = readonly number[];

/** A tensor as a test vector holds it. */
export interface Numbers {
  readonly dims: Shape;
  readonly data: readonly number[];
}

/** An input of an operation. */
export interface Operand {
  readonly dims: Shape;
  readonly data: Float32Array;
}

export type Role = 'input' | 'scale' | 'bias' | 'mean' | 'variance';
export type Operands<Kind = Operand> = Readonly<{ input: Kind } & Partial<Record<Role, Kind>>>;

export interface Options {
  readonly axis?: number;
  readonly axes?: readonly number[];
  readonly epsilon?: number;
  readonly layout?: Layout;
  readonly momentum?: number;
  readonly training_mode?: number;
  readonly num_groups?: number;
}

export interface Vector {
  readonly op: string;
  readonly name: string;
  readonly inputs: Operands<Numbers>;
  readonly options: Options;
  readonly expected: Numbers;
  readonly extra_outputs?: Readonly<Record<string, Numbers>>;
  readonly tolerance_ulp: number | null;
  readonly rtol?: number;
  readonly atol?: number;
}

export interface ValidationVector {
  readonly op: string;
  readonly name: string;
  readonly inputs: Operands<{ readonly dims: Shape; readonly dtype: string }>;
  readonly options: Options;
  readonly throws: boolean;
  readonly expected?: { readonly dims: Shape };
}

export type Operation = (inputs: Operands, options: Options) => Tensor;

/** The operations of https://www.w3.org/TR/webnn/ */
export const webnn: Readonly<Record<string, Operation>> = {
  batchNormalization({ input, mean, variance, scale, bias }, { axis = 1, epsilon }) {
    const y = batchNorm(viewAround(input, axis), {
      layout: layoutOf(input, axis),
      weight: scale?.data,
      bias: bias?.data,
      eps: epsilon,
      runningMean: mean?.data,
      runningVar: variance?.data,
    });
    return new Tensor(y.data, input.dims);
  },
  instanceNormalization({ input, scale, bias }, { layout, epsilon }) {
    return instanceNorm(input, { layout, weight: scale?.data, bias: bias?.data, eps: epsilon });
  },
  layerNormalization({ input, scale, bias }, { axes = axesFrom(input.dims, 1), epsilon }) {
    const normalizedShape = axes.map((axis) => input.dims[axis] ?? 0);
    return layerNorm(input, normalizedShape, {
      axes,
      weight: scale?.data,
      bias: bias?.data,
      eps: epsilon,
    });
  },
};

interface OnnxResult {
  readonly output: Tensor;
  /** By ONNX's names, as in a vector's `extra_outputs`. */
  readonly extra?: Readonly<Record<string, ArrayLike<number>>>;
}

/** The operators of https://onnx.ai/onnx/operators/ */
export const onnx: Readonly<Record<string, (inputs: Operands, options: Options) => OnnxResult>> = {
  BatchNormalization({ input, scale, bias, mean, variance }, options) {
    const { epsilon, momentum = 0.9, training_mode } = options;
    const runningMean = mean?.data.slice();
    const runningVar = variance?.data.slice();
    const output = batchNorm(input, {
      weight: scale?.data,
      bias: bias?.data,
      eps: epsilon,
      training: training_mode === 1,
      runningMean,
      runningVar,
      // ONNX's momentum is the weight of the old value, and its variance is biased.
      momentum: 1 - momentum,
      unbiased: false,
    });
    const extra = { running_mean: runningMean ?? [], running_var: runningVar ?? [] };
    return { output, extra };
  },
  InstanceNormalization({ input, scale, bias }, { epsilon }) {
    return {
      output: instanceNorm(input, { weight: scale?.data, bias: bias?.data, eps: epsilon }),
    };
  },
  GroupNormalization({ input, scale, bias }, { num_groups = 0, epsilon }) {
    return {
      output: groupNorm(input, num_groups, {
        weight: scale?.data,
        bias: bias?.data,
        eps: epsilon,
      }),
    };
  },
  LayerNormalization({ input, scale, bias }, { axis = -1, epsilon: eps = 1e-5 }) {
    const from = axis < 0 ? axis + input.dims.length : axis;
    const rows = sizeOf(input.dims.slice(0, from));
    const outMean = new Float32Array(rows);
    const outRstd = new Float32Array(rows);
    const parameters = { weight: scale?.data, bias: bias?.data };
    const output = layerNorm(input, input.dims.slice(from), {
      axes: axesFrom(input.dims, from),
      ...parameters,
      eps,
      outMean,
      outRstd,
    });
    return { output, extra: { mean: outMean, inv_std_dev: outRstd } };
  },
  RMSNormalization({ input, scale }, { axis = -1, epsilon: eps = 1e-5 }) {
    const normalizedShape = input.dims.slice(axis);
    return { output: rmsNorm(input, normalizedShape, { weight: scale?.data, eps }) };
  },
  // (x - mean) / std for each channel is batch normalization in training without eps.
  MeanVarianceNormalization({ input }) {
    return { output: batchNorm(input, { training: true, eps: 0 }) };
  },
};

/** Axis 1 and the last axis are layouts. Any other becomes axis 1 of (before, channels, behind). */
function viewAround({ dims, data }: Operand, axis: number) {
  if (axis === 1 || layoutOf({ dims }, axis) === 'nhwc') return { data, shape: dims };
  const shape = [sizeOf(dims.slice(0, axis)), dims[axis] ?? 0, sizeOf(dims.slice(axis + 1))];
  return { data, shape };
}

function layoutOf({ dims }: Pick<Operand, 'dims'>, axis: number): Layout {
  return axis > 1 && axis === dims.length - 1 ? 'nhwc' : 'nchw';
}

/** The axes of a shape from a given one on. */
function axesFrom(dims: Shape, from: number): readonly number[] {
  return dims.map((_, axis) => axis).slice(from);
}
