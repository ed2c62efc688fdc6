import { describe } from '../checks/describe.ts';
import { checkOneOf } from '../checks/options.ts';
import { refuseKind, refuseValue } from '../checks/refuse.ts';
import { checkMask } from './mask.ts';

const LAYOUTS: readonly Layout[] = ['nchw', 'nhwc'];

export function checkLayout(value: unknown): asserts value is Layout {
  checkOneOf(value, 'layout', LAYOUTS);
}

/** Reads an optional list of numbers, each once. */
export function readLengths(value: unknown): readonly number[] | null {
  if (value === null || value === undefined) return null;
  const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
  if (!isList) refuseKind('lengths', 'an array of numbers', value);
  const lengths: unknown[] = Array.from(value as ArrayLike<unknown>);
  for (const length of lengths) {
    if (typeof length !== 'number') {
      refuseKind('lengths', 'numbers', length);
    }
  }
  return lengths as number[];
}

/**
 * Where the channels of a tensor lie: 'nchw' is (N, C, *), 'nhwc' is (N, *, C).
 */
export type Layout = 'nchw' | 'nhwc';

/** The option that says where the channels lie. */
export interface LayoutOption {
  /** Where the channels lie: 'nchw', the default, is (N, C, *); 'nhwc' is (N, *, C). */
  readonly layout?: Layout | undefined;
}

/** The option that says how long each sample is. */
export interface LengthsOption {
  /**
   * For (N, C, L), or (N, L, C) in 'nhwc': how much of each sample is valid. What lies past
   * it takes no part in the statistics, and comes out as 0.
   */
  readonly lengths?: ArrayLike<number> | null | undefined;
}

/**
 * A tensor with channels: (samples, channels, spatial) in 'nchw', (samples,
 * spatial, channels) in 'nhwc', the spatial dimensions taken as one.
 */
export interface ChannelTensor {
  readonly samples: number;
  readonly channels: number;
  readonly spatial: number;
  readonly layout: Layout;
  /** How much of each sample's spatial dimension is valid; null: all of it. */
  readonly lengths: readonly number[] | null;
  /** Which positions of its samples are valid, if not all: 1 is, 0 is not. */
  readonly mask: Uint8Array | null;
}

/**
 * Describes a tensor by samples, channels and spatial size.
 *
 * @throws RangeError where it has fewer than 2 dimensions, `lengths` and not 3, or a mask of another
 *   size than its samples have positions.
 */
export function channelTensor(
  shape: readonly number[],
  layout: Layout,
  lengths: readonly number[] | null,
  mask: Uint8Array | null,
  name: string,
  maskName = 'mask',
): ChannelTensor {
  const expected = layout === 'nchw' ? '(N, C, *)' : '(N, *, C)';
  if (shape.length < 2) {
    refuseValue(name, `at least 2 dimensions, ${expected}`, `shape ${describe(shape)}`);
  }
  if (lengths !== null && shape.length !== 3) {
    refuseValue(name, '3 dimensions where there are lengths', `shape ${describe(shape)}`);
  }
  const channelAt = layout === 'nchw' ? 1 : shape.length - 1;
  const samples = shape[0] as number;
  const channels = shape[channelAt] as number;
  let spatial = 1;
  for (let i = 1; i < shape.length; i++) if (i !== channelAt) spatial *= shape[i] as number;
  if (lengths !== null) checkLengths(lengths, samples, spatial);
  if (lengths !== null && mask !== null) refuseValue(maskName, 'no lengths beside it', 'both');
  const own = checkMask(mask, samples * spatial, maskName);
  return { samples, channels, spatial, layout, lengths, mask: own };
}

/**
 * Refuses a tensor of other channels than a layer was made for.
 *
 * @throws RangeError with both numbers.
 */
export function checkChannels(
  shape: readonly number[],
  layout: Layout,
  expected: number,
  name: string,
): void {
  if (shape[layout === 'nchw' ? 1 : shape.length - 1] !== expected) {
    refuseValue(name, `${expected} channels`, `shape ${describe(shape)}`);
  }
}

function checkLengths(lengths: readonly number[], samples: number, spatial: number): void {
  if (lengths.length !== samples) {
    refuseValue('lengths', `${samples} numbers, one for each sample`, lengths.length);
  }
  for (const length of lengths) {
    if (!Number.isInteger(length) || length < 0 || length > spatial) {
      refuseValue('lengths', `whole numbers from 0 to ${spatial}`, length);
    }
  }
}

/** Says whether a channel's elements lie side by side. */
export function isRowwise({ layout, channels }: ChannelTensor): boolean {
  return layout === 'nchw' || channels === 1;
}
