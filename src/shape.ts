import { describe } from './describe.ts';

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
    throw new TypeError(`${name}: expected an array of sizes, got ${describe(shape)}`);
  }
  const sizes: number[] = [];
  let product = 1;
  for (let i = 0, rank = shape.length; i < rank; i++) {
    const size: unknown = shape[i];
    if (typeof size !== 'number') {
      throw new TypeError(`${name}: expected numbers, got ${describe(size)} at position ${i}`);
    }
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new RangeError(
        `${name}: expected whole sizes of at least 0, got ${size} at position ${i}`,
      );
    }
    sizes.push(size);
    product *= size;
  }
  if (product > Number.MAX_SAFE_INTEGER) {
    throw new RangeError(`${name}: expected at most 2^53 - 1 elements, got [${sizes.join(', ')}]`);
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
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** A contiguous tensor seen as samples x channels rows of one length each. */
export interface Rows {
  readonly samples: number;
  readonly channels: number;
  readonly length: number;
}

/**
 * Sees a (N, C, *) tensor as rows: one for each sample and channel.
 *
 * @throws RangeError where the tensor has fewer than 2 dimensions.
 */
export function channelRows(shape: readonly number[], name: string): Rows {
  if (shape.length < 2) {
    throw new RangeError(
      `${name}: expected at least 2 dimensions, (N, C, *), got shape [${shape.join(', ')}]`,
    );
  }
  const [samples, channels, ...spatial] = shape as [number, number, ...number[]];
  return { samples, channels, length: sizeOf(spatial) };
}
