import { describe } from './describe.ts';
import { refuseKind, refuseValue } from './refuse.ts';

/**
 * Where the channels of a tensor lie: 'nchw' is (N, C, *), 'nhwc' is (N, *, C).
 */
export type Layout = 'nchw' | 'nhwc';

/**
 * Copies a shape, reading each of its elements once.
 *
 * @throws TypeError where it is no array; RangeError where an element is no
 *   whole number of at least 0, or the product is past 2^53 - 1.
 */
export function readShape(shape: unknown, name: string): number[] {
  if (!Array.isArray(shape)) {
    refuseKind(name, 'an array of sizes', shape);
  }
  const sizes: number[] = [];
  let product = 1;
  for (let i = 0, rank = shape.length; i < rank; i++) {
    const size: unknown = shape[i];
    if (typeof size !== 'number') {
      refuseKind(name, 'numbers', size, ` at position ${i}`);
    }
    if (!Number.isSafeInteger(size) || size < 0) {
      refuseValue(name, 'whole sizes of at least 0', `${size} at position ${i}`);
    }
    sizes.push(size + 0); // -0 becomes 0
    product *= size;
  }
  if (product > Number.MAX_SAFE_INTEGER) {
    refuseValue(name, 'at most 2^53 - 1 elements', describe(sizes));
  }
  return sizes;
}

/** Returns the product of sizes: the number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i] as number;
  return size;
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
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
}

/**
 * Sees a tensor by samples, channels and spatial size.
 *
 * @throws RangeError where it has fewer than 2 dimensions, or `lengths` and not 3.
 */
export function channelTensor(
  shape: readonly number[],
  layout: Layout,
  lengths: readonly number[] | null,
  name: string,
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
  return { samples, channels, spatial, layout, lengths };
}

/**
 * Refuses a tensor of other channels than a layer was made for.
 *
 * @throws RangeError with both numbers.
 */
export function checkChannels(shape: readonly number[], layout: Layout, expected: number): void {
  if (shape[layout === 'nchw' ? 1 : shape.length - 1] !== expected) {
    refuseValue('x', `${expected} channels`, `shape ${describe(shape)}`);
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
