import { describe } from '../checks/describe.ts';
import { refuseKind, refuseValue } from '../checks/refuse.ts';

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

/**
 * Refuses a shape that is another than expected.
 *
 * @throws RangeError with both.
 */
export function refuseShape(
  shape: readonly number[],
  expected: readonly number[],
  name: string,
): void {
  if (!sameShape(shape, expected)) refuseValue(name, `shape ${list(expected)}`, list(shape));
}

/** Writes all sizes of a shape. */
function list(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
