import { refuseKind, refuseValue } from '../checks/refuse.ts';
import { isFloat32Array, lengthOf, plainArray } from './typed-array.ts';

/** Reads an optional parameter of a number of values, or of another one. */
export function readParameter(
  value: unknown,
  name: string,
  count: number,
  otherCount: number = count,
): Float32Array | null {
  if (value === null || value === undefined) return null;
  if (!isFloat32Array(value)) {
    refuseKind(name, 'a Float32Array', value);
  }
  const length = lengthOf(value);
  if (length !== count && length !== otherCount) {
    const expected = count === otherCount ? count : `${count} or ${otherCount}`;
    refuseValue(name, `${expected} elements`, length);
  }
  return plainArray(value);
}

/**
 * Makes an array for so many of an argument's values.
 *
 * @throws RangeError where they are more than the host can hold.
 */
export function allocate<Values>(make: () => Values, count: number, name: string): Values {
  try {
    return make();
  } catch {
    refuseValue(name, 'as many as there is memory for', count);
  }
}

/** Makes the values of a parameter, all alike. */
export function makeValues(count: number, value: number, name: string): Float32Array {
  return allocate(() => new Float32Array(count).fill(value), count, name);
}
