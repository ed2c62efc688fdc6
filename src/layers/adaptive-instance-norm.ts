import { describe } from '../checks/describe.ts';
import { checkEps, checkInterval, checkOptions } from '../checks/options.ts';
import { refuseValue } from '../checks/refuse.ts';
import type { Elements } from '../memory/elements.ts';
import { copyElements, type Memory, memoryFor } from '../memory/memory.ts';
import { LINE, MOMENTS } from '../memory/sizes.ts';
import { applyLines } from '../passes/lines.ts';
import { findMoments } from '../statistics/moments.ts';
import {
  type ChannelTensor,
  channelTensor,
  checkLayout,
  type LayoutOption,
} from '../tensor/channels.ts';
import { type Mask, mostHeld, readMask } from '../tensor/mask.ts';
import { readOutput } from '../tensor/output.ts';
import { refuseOverlaps, sameMemory } from '../tensor/overlap.ts';
import {
  type AnyData,
  checkLength,
  type FloatData,
  type Plain,
  readElements,
  type Tensor,
  type TensorLike,
} from '../tensor/tensor.ts';
import { clearMasked, partFrom } from '../views/masked-part.ts';
import { SampleScopes } from '../views/scopes.ts';
import { checkCorrection } from './statistics-options.ts';

/** Options of {@link adaptiveInstanceNorm}. */
export interface AdaptiveInstanceNormOptions<Y extends FloatData = AnyData> extends LayoutOption {
  /** From 0, the content bit for bit, to 1 (the default), the style's statistics. */
  readonly alpha?: number | undefined;
  /** Added to both variances under the square root; 1e-5 by default. */
  readonly eps?: number | undefined;
  /** Both variances divide by n - correction: 0 (the default) or 1. */
  readonly correction?: 0 | 1 | undefined;
  /**
   * Which spatial positions of the content's samples take part, one each of N * spatial; the others
   * take no part in its statistics, and come out as 0.
   */
  readonly contentMask?: Mask | null | undefined;
  /** Which of the style's samples take part in its statistics, likewise; at least one of each. */
  readonly styleMask?: Mask | null | undefined;
  /** Where to write the result; content itself is allowed, and another dtype. */
  readonly out?: TensorLike<Y> | undefined;
}

const OPTIONS = ['alpha', 'eps', 'layout', 'correction', 'contentMask', 'styleMask', 'out'];

/**
 * Gives each channel of the content the mean and standard deviation that the
 * channel has in the style.
 *
 * y = alpha * ((x - mean) / std * styleStd + styleMean) + (1 - alpha) * x, where
 * each std is sqrt(variance + eps) of one channel of one sample, the variance biased unless
 * correction is 1.
 *
 * Huang, Belongie: Arbitrary Style Transfer in Real-time with Adaptive Instance
 * Normalization (2017), formula 8 and section 6.
 *
 * @param content (N, C, *), or (N, *, C) in 'nhwc'
 * @param style of as many channels and the same layout, with one sample for each of
 *   content's or one for all; its spatial size is its own, but not 0
 * @returns `out`, or a new tensor of content's shape
 * @throws TypeError where an argument is of the wrong kind, RangeError where it
 *   is of the wrong size or value; nothing has been written then.
 * @example
 * import { adaptiveInstanceNorm, Tensor } from 'wasm-norm';
 *
 * const content = new Tensor(Float32Array.of(1, 2, 3, 4), [1, 1, 2, 2]);
 * const style = new Tensor(Float32Array.of(10, 30), [1, 1, 1, 2]);
 * console.log(adaptiveInstanceNorm(content, style).data); // 6.584, 15.528, 24.472, 33.416
 * const halfway = adaptiveInstanceNorm(content, style, { alpha: 0.5 });
 */
export function adaptiveInstanceNorm<D extends FloatData, Y extends FloatData = D>(
  content: TensorLike<D>,
  style: TensorLike<FloatData>,
  options: AdaptiveInstanceNormOptions<Y> = {},
): Tensor<Plain<Y>> {
  checkOptions(options, OPTIONS);
  const {
    alpha = 1,
    eps = 1e-5,
    layout = 'nchw',
    correction = 0,
    contentMask,
    styleMask,
    out,
  } = options;
  const ownContentMask = readMask(contentMask, 'contentMask');
  const ownStyleMask = readMask(styleMask, 'styleMask');
  const input = readElements(content, 'content');
  const model = readElements(style, 'style');
  checkInterval(alpha, 'alpha', 0, 1);
  checkEps(eps);
  checkLayout(layout);
  checkCorrection(correction);
  const tensor = channelTensor(input.shape, layout, null, ownContentMask, 'content', 'contentMask');
  const styleTensor = channelTensor(model.shape, layout, null, ownStyleMask, 'style', 'styleMask');
  checkStyle(tensor, styleTensor, model.shape);
  refuseFew(tensor, correction, 'content');
  refuseFew(styleTensor, correction, 'style');
  const output = readOutput(out, input, 'content');
  checkLength(model.data, model.shape, 'style');
  if (!sameMemory(model.data, input.data)) {
    refuseOverlaps({ out: output.given?.data ?? null }, { style: model.data });
  }

  // The formula would lose digits of the content, and take NaN and infinity from the style.
  if (alpha === 0) {
    copyElements(output.data, input.data);
    clearMasked(output.data, tensor);
    return output.tensor;
  }
  const styles = collectMoments(model.data, styleTensor);
  for (let first = 0; first < tensor.samples; ) {
    const part = partFrom(tensor, 'sample', first);
    const [y, x] = [part.select(output.data), part.select(input.data)];
    const memory = memoryFor(0, y, x);
    const scopes = new SampleScopes(part.tensor);
    for (let i = 0; i < scopes.count; i++) {
      const scope = scopes.scope(i);
      if (scope === null) continue;
      const from = first * tensor.channels + scope.first;
      findMoments(memory, scope, x);
      makeStyleLines(memory, from, scope.channels, styles, alpha, eps, correction);
      applyLines(memory, scope, y, x);
    }
    first += part.samples;
  }
  clearMasked(output.data, tensor);
  return output.tensor;
}

/** Makes the lines that lead from the moments of consecutive channels to the style's. */
function makeStyleLines(
  { moments, lines }: Memory,
  first: number,
  channels: number,
  styles: Float64Array,
  alpha: number,
  eps: number,
  correction: number,
): void {
  for (let i = 0; i < channels; i++) {
    const mean = moments.values[i * MOMENTS + 1] as number;
    const std = deviation(moments.values, i * MOMENTS, eps, correction);
    const from = ((first + i) * MOMENTS) % styles.length;
    const styleMean = styles[from + 1] as number;
    const styleStd = deviation(styles, from, eps, correction);
    lines.values[i * LINE] = mean;
    lines.values[i * LINE + 1] = alpha * (std === 0 ? 0 : styleStd / std) + (1 - alpha);
    lines.values[i * LINE + 2] = alpha * styleMean + (1 - alpha) * mean;
  }
}

function checkStyle(content: ChannelTensor, style: ChannelTensor, shape: readonly number[]): void {
  const samples = style.samples === 1 ? 1 : content.samples;
  if (style.samples !== samples || style.channels !== content.channels || style.spatial === 0) {
    const counts = content.samples === 1 ? 1 : `1 or ${content.samples}`;
    const expected = `${counts} samples of ${content.channels} channels with at least 1 spatial element`;
    refuseValue('style', expected, describe(shape));
  }
}

/** Returns the moments of all samples' channels, one after the other. */
function collectMoments(input: Elements, tensor: ChannelTensor): Float64Array {
  const all = new Float64Array(tensor.samples * tensor.channels * MOMENTS);
  for (let first = 0; first < tensor.samples; ) {
    const part = partFrom(tensor, 'sample', first);
    const x = part.select(input);
    const memory = memoryFor(0, x);
    const scopes = new SampleScopes(part.tensor);
    for (let i = 0; i < scopes.count; i++) {
      const scope = scopes.scope(i);
      if (scope === null) continue;
      findMoments(memory, scope, x);
      const found = memory.moments.values.subarray(0, scope.channels * MOMENTS);
      all.set(found, (first * tensor.channels + scope.first) * MOMENTS);
    }
    first += part.samples;
  }
  return all;
}

/**
 * Refuses channels of one element, which have no variance that divides by n - 1; and a style with
 * channels of none.
 */
function refuseFew(
  { samples, spatial, mask }: ChannelTensor,
  correction: number,
  name: string,
): void {
  if (correction === 1 && spatial === 1) {
    refuseValue(name, 'more than 1 spatial element for correction 1', spatial);
  }
  for (let sample = 0; mask !== null && sample < samples; sample++) {
    const held = mostHeld(mask.subarray(sample * spatial, (sample + 1) * spatial), 1);
    const isFew = held === 0 ? name === 'style' : held <= correction;
    if (isFew)
      refuseValue(`${name}Mask`, `more than ${correction} places of sample ${sample}`, held);
  }
}

function deviation(moments: Float64Array, at: number, eps: number, correction: number): number {
  const divisor = (moments[at] as number) - correction;
  return Math.sqrt((moments[at + 2] as number) / divisor + eps);
}
