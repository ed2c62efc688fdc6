import { LINE, STATE } from './memory.ts';
import {
  checkEps,
  checkInterval,
  checkLayout,
  checkOptions,
  readOutput,
  refuseOverlaps,
  sameMemory,
} from './options.ts';
import { findMoments, transformRows, visitMoments } from './rows.ts';
import { channelRows, type Layout, type Rows } from './shape.ts';
import { readTensor, type Tensor, type TensorLike } from './tensor.ts';

/** Options of {@link adaptiveInstanceNorm}. */
export interface AdaptiveInstanceNormOptions {
  /** From 0, the content as it is, to 1 (the default), the style's statistics. */
  readonly alpha?: number | undefined;
  /** Added to both variances under the square root; 1e-5 by default. */
  readonly eps?: number | undefined;
  /** Where the channels lie; 'nchw' by default. */
  readonly layout?: Layout | undefined;
  /** Where to write the result; content itself is allowed. */
  readonly out?: TensorLike | undefined;
}

const OPTIONS = ['alpha', 'eps', 'layout', 'out'];

/**
 * Gives each channel of the content the mean and standard deviation that the
 * channel has in the style.
 *
 * y = alpha * ((x - mean) / std * styleStd + styleMean) + (1 - alpha) * x, where
 * each std is sqrt(biased variance + eps) of one channel of one sample.
 *
 * Huang, Belongie: Arbitrary Style Transfer in Real-time with Adaptive Instance
 * Normalization (2017), formula 8 and section 6.
 *
 * @param content (N, C, *)
 * @param style (N, C, *), or (1, C, *) for one style for all samples; its
 *   spatial size is its own, but not 0
 * @returns `out`, or a new tensor of content's shape
 * @throws TypeError where an argument is of the wrong kind, RangeError where it
 *   is of the wrong size or value; nothing has been written then.
 * @example
 * const halfway = adaptiveInstanceNorm(content, style, { alpha: 0.5 });
 */
export function adaptiveInstanceNorm(
  content: TensorLike,
  style: TensorLike,
  options: AdaptiveInstanceNormOptions = {},
): Tensor {
  checkOptions(options, OPTIONS);
  const { alpha = 1, eps = 1e-5, layout = 'nchw', out } = options;
  const input = readTensor(content, 'content');
  const model = readTensor(style, 'style');
  checkInterval(alpha, 'alpha', 0, 1);
  checkEps(eps);
  checkLayout(layout);
  const rows = channelRows(input.shape, 'content');
  const styleRows = channelRows(model.shape, 'style');
  checkStyle(rows, styleRows, model.shape);
  const output = readOutput(out, input, 'content');
  if (!sameMemory(model.data, input.data)) {
    refuseOverlaps({ out: output.data }, { style: model.data });
  }

  const styles = collectMoments(model.data, styleRows);
  transformRows(output.data, input.data, rows, (memory, batch) => {
    findMoments(memory, input.data, batch, rows.length);
    const { states, lines } = memory;
    for (let i = 0; i < batch.count; i++) {
      const mean = states[i * STATE + 1] as number;
      const std = deviation(states, i * STATE, eps);
      const from = ((batch.first + i) * STATE) % styles.length;
      const styleMean = styles[from + 1] as number;
      const styleStd = deviation(styles, from, eps);
      lines[i * LINE] = mean;
      lines[i * LINE + 1] = alpha * (std === 0 ? 0 : styleStd / std) + (1 - alpha);
      lines[i * LINE + 2] = alpha * styleMean + (1 - alpha) * mean;
    }
  });
  return output;
}

function checkStyle(content: Rows, style: Rows, shape: readonly number[]): void {
  const samples = style.samples === 1 ? 1 : content.samples;
  if (style.samples !== samples || style.channels !== content.channels || style.length === 0) {
    throw new RangeError(
      `style: expected shape [1 or ${content.samples}, ${content.channels}, ...] ` +
        `with at least 1 spatial element, got [${shape.join(', ')}]`,
    );
  }
}

/** Returns the states of all rows, one after the other. */
function collectMoments(input: Float32Array, rows: Rows): Float64Array {
  const all = new Float64Array(rows.samples * rows.channels * STATE);
  visitMoments(input, rows, (states, { first, count }) => {
    all.set(states.subarray(0, count * STATE), first * STATE);
  });
  return all;
}

function deviation(states: Float64Array, at: number, eps: number): number {
  return Math.sqrt((states[at + 2] as number) / (states[at] as number) + eps);
}
