import {
  arrayEntry,
  type LoadedKeys,
  loadState,
  type StateEntry,
} from '../checkpoints/state-dict.ts';
import { describe } from '../checks/describe.ts';
import { checkBoolean, checkCount, checkEps, checkOptions } from '../checks/options.ts';
import { refuseValue } from '../checks/refuse.ts';
import type { Elements } from '../memory/elements.ts';
import { memoryFor, toFloat32 } from '../memory/memory.ts';
import { LINE, MOMENTS } from '../memory/sizes.ts';
import { part } from '../memory/tile.ts';
import { type Gradients, ParameterGradients } from '../passes/gradients.ts';
import { applyLines, prepareLines, withoutParameters } from '../passes/lines.ts';
import { fixedScopeGradients } from '../passes/scope-gradients.ts';
import { findMoments, setMoments } from '../statistics/moments.ts';
import {
  type ChannelTensor,
  channelTensor,
  checkChannels,
  checkLayout,
  type Layout,
} from '../tensor/channels.ts';
import { checkGradOutput, readGradOutput } from '../tensor/grad-output.ts';
import { type MaskOption, readMask } from '../tensor/mask.ts';
import { type Output, readOutput } from '../tensor/output.ts';
import { refuseOverlaps } from '../tensor/overlap.ts';
import { dataOf, makeValues, readWeights } from '../tensor/parameters.ts';
import {
  type AnyData,
  type AnyTensor,
  type CheckedTensor,
  type FloatData,
  type Plain,
  readElements,
  type Tensor,
  type TensorData,
  type TensorLike,
} from '../tensor/tensor.ts';
import { clearMasked, type MaskedPart, partFrom } from '../views/masked-part.ts';
import { SampleScopes } from '../views/scopes.ts';
import type { LoadStateDictOptions } from './layer.ts';

/** Options of {@link RevIN}. */
export interface RevINOptions {
  /** Added to the variance under the square root; 1e-5 by default. */
  readonly eps?: number | undefined;
  /** Whether it has a weight and a bias to learn; true by default. */
  readonly affine?: boolean | undefined;
  /** Whether the last value of a window is subtracted instead of its mean; false by default. */
  readonly subtractLast?: boolean | undefined;
  /** Where the channels lie: 'nhwc', the default, is (N, L, C); 'nchw' is (N, C, L). */
  readonly layout?: Layout | undefined;
}

/** Options of `denormalize` of {@link RevIN}. */
export interface RevINCallOptions<Y extends FloatData = AnyData> {
  /** Where to write the result; the input itself is allowed. */
  readonly out?: TensorLike<Y> | undefined;
}

/** Options of `normalize` of {@link RevIN}. */
export interface RevINNormalizeOptions<Y extends FloatData = AnyData>
  extends RevINCallOptions<Y>,
    MaskOption {}

/** What was found of the windows, of each channel of each sample. */
interface Windows {
  readonly input: CheckedTensor;
  readonly tensor: ChannelTensor;
  /** The mean, or the last value. */
  readonly centre: Float64Array;
  readonly variance: Float64Array;
}

/** Weight and bias after they were read. */
interface Parameters {
  readonly weight: Float32Array | null;
  readonly bias: Float32Array | null;
}

/**
 * Reversible instance normalization of time series: each channel of each window is normalized
 * by its own statistics, and what a model made of it is brought back by the same.
 *
 * y = (x - mean) / sqrt(variance + eps) * affineWeight + affineBias, the variance biased, and back
 * x = (y - affineBias) * sqrt(variance + eps) / affineWeight + mean. There and back is x within
 * 2^-22 of the window's largest magnitude and |affineBias| * std / |affineWeight| together, or of
 * twice that where the last value is subtracted: a y of float32 can hold no more. A weight of 0
 * keeps nothing, and comes back as the mean.
 *
 * Kim et al.: Reversible Instance Normalization for Accurate Time-Series Forecasting against
 * Distribution Shift (2022). Their code divides by affineWeight + eps^2 on the way back, which is
 * no inverse for weights near 0.
 *
 * @example
 * import { RevIN, Tensor } from 'wasm-norm';
 *
 * const revin = new RevIN(1);
 * const window = new Tensor(Float32Array.of(100, 102, 104, 106), [1, 4, 1]); // N, L, C
 * console.log(revin.normalize(window).data); // -1.342, -0.447, 0.447, 1.342
 * const made = new Tensor(Float32Array.of(2.236), [1, 1, 1]); // by a model
 * console.log(revin.denormalize(made).data); // 108.000
 */
export class RevIN {
  /** C, the number of channels. */
  readonly numFeatures: number;
  /** Added to the variance under the square root. */
  readonly eps: number;
  /** Whether the last value of a window is subtracted instead of its mean. */
  readonly subtractLast: boolean;
  /** Where the channels lie. */
  readonly layout: Layout;
  /** C values to learn, 1 at first; null unless `affine`. */
  readonly affineWeight: Float32Array | null;
  /** C values to learn, 0 at first; null unless `affine`. */
  readonly affineBias: Float32Array | null;
  #last: Windows | null = null;

  /**
   * @param numFeatures C, the number of channels
   * @throws TypeError, RangeError where an argument is of the wrong kind or value.
   */
  constructor(numFeatures: number, options: RevINOptions = {}) {
    checkCount(numFeatures, 'numFeatures');
    checkOptions(options, ['eps', 'affine', 'subtractLast', 'layout']);
    const { eps = 1e-5, affine = true, subtractLast = false, layout = 'nhwc' } = options;
    checkEps(eps);
    checkBoolean(affine, 'affine');
    checkBoolean(subtractLast, 'subtractLast');
    checkLayout(layout);
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.subtractLast = subtractLast;
    this.layout = layout;
    this.affineWeight = affine ? makeValues(numFeatures, 1, 'numFeatures') : null;
    this.affineBias = affine ? makeValues(numFeatures, 0, 'numFeatures') : null;
  }

  /**
   * Normalizes windows, and remembers their statistics until the next call. What a mask leaves out
   * comes out as 0, and has no gradient; a window of which it leaves nothing has the mean 0 and the
   * variance 0.
   *
   * @param x (N, L, C), or (N, C, L) in 'nchw'
   * @returns `out`, or a new tensor of x's shape
   * @throws TypeError, RangeError where an argument is of the wrong kind, size or value; nothing
   *   has been written or remembered then.
   */
  normalize<D extends FloatData, Y extends FloatData = D>(
    x: TensorLike<D>,
    options: RevINNormalizeOptions<Y> = {},
  ): Tensor<Plain<Y>> {
    checkOptions(options, ['mask', 'out']);
    const mask = readMask(options.mask, 'mask');
    const read = this.#read(x, 'x', options.out, mask);
    const { input, tensor, output } = read;
    const { samples, channels } = tensor;
    const centre = new Float64Array(samples * channels);
    const variance = new Float64Array(samples * channels);
    const windows = { input, tensor, centre, variance };
    for (let first = 0; first < samples; ) {
      const part = partFrom(tensor, 'sample', first);
      this.#normalizePart(windows, part, read);
      first += part.samples;
    }
    clearMasked(output.data, tensor);
    this.#last = windows;
    return output.tensor;
  }

  #normalizePart(
    { input, tensor, centre, variance }: Windows,
    part: MaskedPart,
    { output, weight, bias }: Parameters & { readonly output: Output },
  ): void {
    const { channels } = tensor;
    const [y, x] = [part.select(output.data), part.select(input.data)];
    const memory = memoryFor(0, y, x);
    const { moments, lines } = memory;
    const scopes = new SampleScopes(part.tensor);
    for (let i = 0; i < scopes.count; i++) {
      const scope = scopes.scope(i);
      if (scope === null) continue;
      findMoments(memory, scope, x);
      for (let j = 0; j < scope.channels; j++) {
        const at = part.first * channels + scope.first + j;
        const [count = 0, mean = 0, squares = 0] = moments.values.subarray(j * MOMENTS);
        centre[at] = this.subtractLast ? lastOf(input.data, tensor, at) : mean;
        variance[at] = squares / count;
        const std = Math.sqrt((variance[at] as number) + this.eps);
        const scale = std === 0 ? 0 : (weight?.[at % channels] ?? 1) / std;
        lines.values.set([centre[at] as number, scale, bias?.[at % channels] ?? 0], j * LINE);
      }
      applyLines(memory, scope, y, x);
    }
  }

  /**
   * Brings back what was made of the windows that were normalized last.
   *
   * @param y of as many samples and channels as they had; its length is its own
   * @returns `out`, or a new tensor of y's shape
   * @throws Error where nothing was normalized yet; TypeError, RangeError as
   *   {@link normalize} does.
   */
  denormalize<D extends FloatData, Y extends FloatData = D>(
    y: TensorLike<D>,
    options: RevINCallOptions<Y> = {},
  ): Tensor<Plain<Y>> {
    const { centre, variance, tensor: windows } = this.#windows('denormalize');
    checkOptions(options, ['out']);
    const { input, tensor, output, weight, bias } = this.#read(y, 'y', options.out, null, windows);
    const { channels } = tensor;
    const memory = memoryFor(0, output.data, input.data);
    const scopes = new SampleScopes(tensor);
    for (let i = 0; i < scopes.count; i++) {
      const scope = scopes.scope(i);
      if (scope === null) continue;
      for (let j = 0; j < scope.channels; j++) {
        const at = scope.first + j;
        const factor = weight?.[at % channels] ?? 1;
        const std = Math.sqrt((variance[at] as number) + this.eps);
        const scale = factor === 0 ? 0 : std / factor;
        const line = [bias?.[at % channels] ?? 0, scale, centre[at] as number];
        memory.lines.values.set(line, j * LINE);
      }
      applyLines(memory, scope, output.data, input.data);
    }
    return output.tensor;
  }

  /**
   * Finds the gradients of the last {@link normalize}. Statistics are constants, as in the
   * authors' code, which detaches them.
   *
   * @param gradOutput the gradient of a loss with respect to its result
   * @throws Error where nothing was normalized yet; TypeError, RangeError where gradOutput is of
   *   the wrong kind, or of another shape than the windows.
   */
  backward<D extends FloatData>(gradOutput: TensorLike<D>): Gradients<Plain<D>> {
    const { input, tensor, centre, variance } = this.#windows('backward');
    const gradient = readGradOutput(gradOutput);
    const output = readOutput(undefined, input, 'x');
    const g = checkGradOutput(gradient, input, output);
    const { weight, bias } = this.#parameters(output);
    const parameters = new ParameterGradients(weight, bias);
    const affine = { weight, bias, eps: this.eps, centred: true, deviation: null };
    for (let first = 0; first < tensor.samples; ) {
      const part = partFrom(tensor, 'sample', first);
      const [dx, dy, x] = [part.select(output.data), part.select(g), part.select(input.data)];
      const memory = memoryFor(0, dx, dy, x);
      const own = { memory, gradInput: dx, gradOutput: dy, input: x, affine, parameters };
      const scopes = new SampleScopes(part.tensor);
      for (let i = 0; i < scopes.count; i++) {
        const scope = scopes.scope(i);
        if (scope === null) continue;
        const from = first * tensor.channels;
        setMoments(memory, scope, centre.subarray(from), variance.subarray(from));
        prepareLines(memory, scope, 1, withoutParameters(affine));
        fixedScopeGradients(own, scope);
      }
      first += part.samples;
    }
    clearMasked(output.data, tensor);
    return { input: output.tensor, weight: parameters.weight, bias: parameters.bias };
  }

  /** Returns copies of its parameters, by the names of the authors' code. */
  stateDict(): Record<string, AnyTensor> {
    return Object.fromEntries(this.#entries().map(({ name, copy }) => [name, copy()]));
  }

  /**
   * Copies parameters from a dictionary with those names, as {@link BatchNorm.loadStateDict} does.
   *
   * @throws TypeError, RangeError likewise.
   */
  loadStateDict(
    dict: Readonly<Record<string, TensorLike<TensorData>>>,
    options: LoadStateDictOptions = {},
  ): LoadedKeys {
    return loadState(this.#entries(), dict, options);
  }

  #entries(): readonly StateEntry[] {
    const shape = [this.numFeatures];
    return [
      ...arrayEntry('affine_weight', 'affineWeight', this.affineWeight, shape),
      ...arrayEntry('affine_bias', 'affineBias', this.affineBias, shape),
    ];
  }

  /** Reads a tensor of windows, or of what was made of them. */
  #read(
    value: unknown,
    name: string,
    out: unknown,
    mask: Uint8Array | null,
    windows?: ChannelTensor,
  ): Parameters & {
    readonly input: CheckedTensor;
    readonly tensor: ChannelTensor;
    readonly output: Output;
  } {
    const input = readElements(value, name);
    checkLayout(this.layout);
    const tensor = channelTensor(input.shape, this.layout, null, mask, name);
    checkChannels(input.shape, this.layout, this.numFeatures, name);
    if (windows && windows.samples !== tensor.samples) {
      const expected = `${windows.samples} samples, as were normalized`;
      refuseValue(name, expected, `shape ${describe(input.shape)}`);
    }
    const output = readOutput(out, input, name);
    return { input, tensor, output, ...this.#parameters(output) };
  }

  /** Reads weight and bias, which may have been replaced. */
  #parameters({ given }: Output): Parameters {
    checkEps(this.eps);
    const { affineWeight, affineBias, numFeatures } = this;
    const weight = readWeights(dataOf(affineWeight, 'affineWeight'), 'affineWeight', numFeatures);
    const bias = readWeights(dataOf(affineBias, 'affineBias'), 'affineBias', numFeatures);
    refuseOverlaps({ out: given?.data ?? null }, { affineWeight: weight, affineBias: bias });
    return { weight: toFloat32(weight), bias: toFloat32(bias) };
  }

  #windows(method: string): Windows {
    if (this.#last === null) {
      throw new Error(`${method}: expected a call of normalize before it, got none`);
    }
    return this.#last;
  }
}

/** Returns the last valid value of a window. */
function lastOf(
  data: Elements,
  { channels, spatial, layout, mask }: ChannelTensor,
  window: number,
): number {
  const sample = Math.floor(window / channels);
  const end = (sample + 1) * spatial - 1;
  const last = mask ? mask.lastIndexOf(1, end) : end;
  const at =
    layout === 'nchw'
      ? window * spatial + last - sample * spatial
      : last * channels + (window % channels);
  return toFloat32(part(data, at, 1))[0] as number;
}
