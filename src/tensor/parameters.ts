import { refuseKind, refuseValue } from '../checks/refuse.ts';
import { Bfloat16Bits, type Bits, type Elements, Float16Bits } from '../memory/elements.ts';
import { type FloatData, readElements, refuseDtype, type TensorLike } from './tensor.ts';
import { isFloat32Array, lengthOf, plainArray } from './typed-array.ts';

/** Values of a running statistic: an array, or a tensor of any shape. */
export type Parameter = Float32Array | TensorLike;

/** Values of a weight or a bias: an array, or a tensor of any shape and any dtype but int64. */
export type Weights = Float32Array | TensorLike<FloatData>;

/**
 * Returns the data of a tensor, and anything else as it is. It calls the tensor's getters,
 * so it comes before arrays are measured.
 *
 * @throws TypeError, RangeError where the tensor's data do not fit its shape.
 */
export function dataOf(value: unknown, name: string): unknown {
  // Short enough to be inlined, which saves 5% of a small call.
  return value === undefined || value === null || value instanceof Float32Array
    ? value
    : dataOfTensor(value, name);
}

function dataOfTensor(value: unknown, name: string): unknown {
  const isTensor = typeof value === 'object' && value !== null && 'data' in value;
  return isTensor && !ArrayBuffer.isView(value) ? readElements(value, name).data : value;
}

/**
 * Reads an optional weight or bias of `count` values, or of `otherCount`, from what
 * {@link dataOf} returned.
 */
export function readWeights(
  value: unknown,
  name: string,
  count: number,
  otherCount: number = count,
): Elements | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Float32Array || !isBits(value)) {
    return readParameter(value, name, count, otherCount);
  }
  checkCounts(value, name, count, otherCount);
  return value;
}

function isBits(value: unknown): value is Bits {
  return value instanceof Float16Bits || value instanceof Bfloat16Bits;
}

/** Reads an optional parameter of float32 likewise. */
export function readParameter(
  value: unknown,
  name: string,
  count: number,
  otherCount: number = count,
): Float32Array | null {
  if (value === null || value === undefined) return null;
  if (!isFloat32Array(value)) {
    if (isBits(value)) refuseDtype(name, 'float32', value);
    refuseKind(name, 'a Float32Array', value);
  }
  checkCounts(value, name, count, otherCount);
  return plainArray(value);
}

function checkCounts(
  value: ArrayBufferView,
  name: string,
  count: number,
  otherCount: number,
): void {
  const length = lengthOf(value);
  if (length !== count && length !== otherCount) {
    const expected = count === otherCount ? count : `${count} or ${otherCount}`;
    refuseValue(name, `${expected} elements`, length);
  }
}

/**
 * Makes an array for `count` values of an argument.
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

/** Makes the values of a parameter, all equal. */
export function makeValues(count: number, value: number, name: string): Float32Array {
  return allocate(() => new Float32Array(count).fill(value), count, name);
}
