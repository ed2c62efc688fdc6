import {
  checkBoolean,
  checkCount,
  checkEps,
  checkFinite,
  checkLayout,
  checkOptions,
  readOutput,
  readParameter,
  refuseOverlaps,
} from './options.ts';
import { normalizeRows } from './rows.ts';
import { ChannelAverage, normalizeByRunningStats } from './running-stats.ts';
import { channelRows, type Layout, type Rows } from './shape.ts';
import { readTensor, type Tensor, type TensorLike } from './tensor.ts';

/** Options of {@link instanceNorm}. */
export interface InstanceNormOptions {
  /** C values, or N*C for conditional instance normalization; 1 where absent. */
  readonly weight?: Float32Array | null | undefined;
  /** C values, or N*C for conditional instance normalization; 0 where absent. */
  readonly bias?: Float32Array | null | undefined;
  /** Added to the variance under the square root; 1e-5 by default. */
  readonly eps?: number | undefined;
  /** Where the channels lie; 'nchw' by default. */
  readonly layout?: Layout | undefined;
  /** C values, updated in place where the input's statistics are used. */
  readonly runningMean?: Float32Array | null | undefined;
  /** C values, updated in place where the input's statistics are used. */
  readonly runningVar?: Float32Array | null | undefined;
  /** Normalizes with the input's statistics (the default), or with the running ones. */
  readonly useInputStats?: boolean | undefined;
  /** The share of the new value in a running statistic; 0.1 by default. */
  readonly momentum?: number | undefined;
  /** Whether the running variance divides by n - 1 (the default, as PyTorch) or n. */
  readonly unbiased?: boolean | undefined;
  /** Where to write the result; x itself is allowed. */
  readonly out?: TensorLike | undefined;
}

const OPTIONS = [
  'weight',
  'bias',
  'eps',
  'layout',
  'runningMean',
  'runningVar',
  'useInputStats',
  'momentum',
  'unbiased',
  'out',
];

/**
 * Normalizes each channel of each sample by its own mean and variance.
 *
 * y = (x - mean) / sqrt(variance + eps) * weight + bias, the variance biased.
 * Running statistics move towards the average over the batch; their variance is
 * unbiased unless asked otherwise.
 *
 * Ulyanov, Vedaldi, Lempitsky: Instance Normalization (2016);
 * torch.nn.functional.instance_norm.
 *
 * @param x (N, C, *), at least 2 values in each channel of a sample
 * @returns `out`, or a new tensor of x's shape
 * @throws TypeError where an argument is of the wrong kind, RangeError where it
 *   is of the wrong size or value; nothing has been written then.
 * @example
 * const y = instanceNorm(new Tensor(pixels, [1, 3, 480, 640]), { eps: 1e-5 });
 */
export function instanceNorm(x: TensorLike, options: InstanceNormOptions = {}): Tensor {
  checkOptions(options, OPTIONS);
  const {
    eps = 1e-5,
    layout = 'nchw',
    useInputStats = true,
    momentum = 0.1,
    unbiased = true,
  } = options;
  const input = readTensor(x, 'x');
  checkEps(eps);
  checkLayout(layout);
  checkBoolean(useInputStats, 'useInputStats');
  checkFinite(momentum, 'momentum');
  checkBoolean(unbiased, 'unbiased');
  const rows = channelRows(input.shape, 'x');
  const { samples, channels, length } = rows;
  const weight = readParameter(options.weight, 'weight', channels, samples * channels);
  const bias = readParameter(options.bias, 'bias', channels, samples * channels);
  const mean = readParameter(options.runningMean, 'runningMean', channels);
  const variance = readParameter(options.runningVar, 'runningVar', channels);
  if (useInputStats && length === 1) {
    throw new RangeError(
      `x: expected more than 1 spatial element, got shape [${input.shape.join(', ')}]`,
    );
  }
  const output = readOutput(options.out, input);
  refuseOverlaps(
    { out: output.data, runningMean: mean, runningVar: variance },
    { x: output.data === input.data ? null : input.data, weight, bias },
  );

  const view = conditional(rows, weight, bias);
  const affine = {
    weight: repeat(weight, view.channels),
    bias: repeat(bias, view.channels),
    eps,
  };
  if (!useInputStats) {
    if (mean === null || variance === null) {
      const name = mean === null ? 'runningMean' : 'runningVar';
      throw new TypeError(
        `${name}: expected a Float32Array where useInputStats is false, got ${options[name]}`,
      );
    }
    normalizeByRunningStats(output.data, input.data, view, mean, variance, affine);
  } else if (mean === null && variance === null) {
    normalizeRows(output.data, input.data, view, affine);
  } else {
    const average = new ChannelAverage(channels, unbiased);
    normalizeRows(output.data, input.data, view, affine, (states, batch) =>
      average.add(states, batch),
    );
    average.update(mean, variance, momentum);
  }
  return output;
}

/** With a weight or bias for each sample, each row is a channel of its own. */
function conditional(rows: Rows, ...parameters: readonly (Float32Array | null)[]): Rows {
  const { samples, channels, length } = rows;
  return parameters.some((values) => values !== null && values.length !== channels)
    ? { samples: 1, channels: samples * channels, length }
    : rows;
}

function repeat(values: Float32Array | null, length: number): Float32Array | null {
  if (values === null || values.length === length) return values;
  return Float32Array.from({ length }, (_, i) => values[i % values.length] as number);
}

/** Options of {@link InstanceNorm}. */
export interface InstanceNormLayerOptions {
  /** Added to the variance under the square root; 1e-5 by default. */
  readonly eps?: number | undefined;
  /** The share of the new value in a running statistic; 0.1 by default; null: no update. */
  readonly momentum?: number | null | undefined;
  /** Whether it has a weight and a bias to learn; false by default. */
  readonly affine?: boolean | undefined;
  /** Whether it keeps running statistics for eval mode; false by default. */
  readonly trackRunningStats?: boolean | undefined;
  /** Whether the running variance divides by n - 1 (the default, as PyTorch) or n. */
  readonly unbiased?: boolean | undefined;
  /** Where the channels lie; 'nchw' by default. */
  readonly layout?: Layout | undefined;
}

const LAYER_OPTIONS = ['eps', 'momentum', 'affine', 'trackRunningStats', 'unbiased', 'layout'];

/** Options of a layer's `forward`. */
export interface ForwardOptions {
  /** Where to write the result; x itself is allowed. */
  readonly out?: TensorLike | undefined;
}

/**
 * Instance normalization as a layer: torch.nn.InstanceNorm1d, 2d and 3d in one.
 *
 * Uses the input's own statistics, except in eval mode where running ones are
 * kept.
 *
 * @example
 * const norm = new InstanceNorm(3, { affine: true, trackRunningStats: true });
 * norm.forward(x); // in training mode: moves the running statistics
 * norm.eval().forward(x); // normalizes with them
 */
export class InstanceNorm {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;
  readonly unbiased: boolean;
  readonly layout: Layout;
  /** C values to learn, 1 at first; null unless `affine`. */
  readonly weight: Float32Array | null;
  /** C values to learn, 0 at first; null unless `affine`. */
  readonly bias: Float32Array | null;
  /** C values, 0 at first; null unless `trackRunningStats`. */
  readonly runningMean: Float32Array | null;
  /** C values, 1 at first; null unless `trackRunningStats`. */
  readonly runningVar: Float32Array | null;
  /** Stays 0, as in PyTorch: only batch normalization counts. */
  numBatchesTracked = 0;
  #training = true;

  /**
   * @param numFeatures C, the number of channels
   * @throws TypeError, RangeError as {@link instanceNorm} does.
   */
  constructor(numFeatures: number, options: InstanceNormLayerOptions = {}) {
    checkCount(numFeatures, 'numFeatures');
    checkOptions(options, LAYER_OPTIONS);
    const {
      eps = 1e-5,
      momentum = 0.1,
      affine = false,
      trackRunningStats = false,
      unbiased = true,
      layout = 'nchw',
    } = options;
    checkEps(eps);
    if (momentum !== null) checkFinite(momentum, 'momentum');
    checkBoolean(affine, 'affine');
    checkBoolean(trackRunningStats, 'trackRunningStats');
    checkBoolean(unbiased, 'unbiased');
    checkLayout(layout);
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.unbiased = unbiased;
    this.layout = layout;
    this.weight = affine ? new Float32Array(numFeatures).fill(1) : null;
    this.bias = affine ? new Float32Array(numFeatures) : null;
    this.runningMean = trackRunningStats ? new Float32Array(numFeatures) : null;
    this.runningVar = trackRunningStats ? new Float32Array(numFeatures).fill(1) : null;
  }

  /** Whether running statistics move and the input's own are used. */
  get training(): boolean {
    return this.#training;
  }

  /** Whether it keeps running statistics. */
  get trackRunningStats(): boolean {
    return this.runningMean !== null;
  }

  /** Sets training mode, or with `false` eval mode. */
  train(mode = true): this {
    checkBoolean(mode, 'mode');
    this.#training = mode;
    return this;
  }

  /** Sets eval mode. */
  eval(): this {
    return this.train(false);
  }

  /** Sets the running mean to 0 and the running variance to 1. */
  resetRunningStats(): void {
    this.runningMean?.fill(0);
    this.runningVar?.fill(1);
    this.numBatchesTracked = 0;
  }

  /**
   * Normalizes a tensor.
   *
   * @param x (N, C, *); C may differ from `numFeatures` where neither a weight
   *   nor running statistics depend on it
   * @returns `out`, or a new tensor of x's shape
   * @throws TypeError, RangeError as {@link instanceNorm} does.
   */
  forward(x: TensorLike, options: ForwardOptions = {}): Tensor {
    checkOptions(options, FORWARD_OPTIONS);
    return instanceNorm(x, {
      weight: this.weight,
      bias: this.bias,
      eps: this.eps,
      layout: this.layout,
      runningMean: this.runningMean,
      runningVar: this.runningVar,
      useInputStats: this.#training || !this.trackRunningStats,
      momentum: this.momentum ?? 0,
      unbiased: this.unbiased,
      out: options.out,
    });
  }
}

const FORWARD_OPTIONS = ['out'];
