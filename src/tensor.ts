import { describe } from './describe.ts';
import { refuseKind, refuseValue } from './refuse.ts';
import { readShape, sizeOf } from './shape.ts';

/**
 * Anything with row-major float32 data and a shape: a {@link Tensor}, a tensor of
 * onnxruntime or transformers.js (`dims`), or a plain object.
 */
export type TensorLike =
  | {
      /** The elements, the last dimension fastest. */
      readonly data: Float32Array;
      /** The sizes, by the name of PyTorch and tfjs. */
      readonly shape: readonly number[];
    }
  | {
      /** The elements, the last dimension fastest. */
      readonly data: Float32Array;
      /** The sizes, by the name of ONNX runtimes. */
      readonly dims: readonly number[];
    };

/**
 * Row-major float32 data and a shape.
 *
 * The data is taken as it is, not copied: writing to it changes the tensor.
 *
 * @example
 * const x = new Tensor(new Float32Array(2 * 3 * 4), [2, 3, 4]);
 * x.size; // 24
 */
export class Tensor {
  /** The elements, the last dimension fastest. */
  readonly data: Float32Array;
  /** The sizes; an empty shape is a scalar. */
  readonly shape: readonly number[];

  /**
   * @throws TypeError where `data` is no Float32Array or `shape` no array of
   *   numbers; RangeError where a size is negative or fractional, or where the
   *   shape does not hold just as many elements as the data.
   */
  constructor(data: Float32Array, shape: readonly number[]) {
    const sizes = readShape(shape, 'shape');
    checkData(data, sizes, 'data');
    this.data = data;
    this.shape = Object.freeze(sizes);
  }

  /** The shape, by the name that ONNX runtimes use. */
  get dims(): readonly number[] {
    return this.shape;
  }

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }
}

// Getters of every typed array, for what a value is in truth: its prototype and its
// properties may say otherwise.
const TypedArray = Object.getPrototypeOf(Float32Array) as { readonly prototype: object };
const getterOf = (name: string | symbol): (() => unknown) =>
  Object.getOwnPropertyDescriptor(TypedArray.prototype, name)?.get as () => unknown;
const kindGetter = getterOf(Symbol.toStringTag);
const lengthGetter = getterOf('length');

/** Returns the name of a typed array's kind; undefined for all else. */
export function kindOf(value: unknown): string | undefined {
  return kindGetter.call(value) as string | undefined;
}

/**
 * Returns the number of elements of a typed array, 0 when it is detached: compiled by
 * Node 20, `array.length` stays what it was, once it has met a resizable array.
 */
export function lengthOf(array: ArrayBufferView): number {
  return lengthGetter.call(array) as number;
}

/** Says whether a value is a Float32Array, of this realm or another, or of a subclass. */
export function isFloat32Array(value: unknown): value is Float32Array {
  return kindOf(value) === 'Float32Array';
}

/**
 * Returns the elements of an array that may be of another realm or a subclass as a
 * plain array, whose methods are known: no code of others runs while the kernels work.
 */
export function plainArray(array: Float32Array): Float32Array {
  if (Object.getPrototypeOf(array) === Float32Array.prototype) return array;
  return new Float32Array(array.buffer, array.byteOffset, lengthOf(array));
}

/** A tensor-like argument after it was checked. */
export interface CheckedTensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/**
 * Reads a tensor-like argument once, so that a getter can't change it later.
 *
 * @throws TypeError, RangeError as {@link Tensor} does, naming the argument.
 */
export function readTensor(x: unknown, name: string): CheckedTensor {
  const { data, shape, dims } = (typeof x === 'object' && x ? x : {}) as {
    readonly data?: unknown;
    readonly shape?: unknown;
    readonly dims?: unknown;
  };
  const sizes = shape ?? dims;
  if (sizes === undefined) refuseKind(name, 'a tensor, { data, shape }', x);
  const own = readShape(sizes, `${name}.${shape === undefined ? 'dims' : 'shape'}`);
  checkData(data, own, `${name}.data`);
  return { data: plainArray(data), shape: own };
}

/**
 * Refuses data that do not fit a shape, which data that fitted may come not to do:
 * any getter that is read after them can detach or shrink their buffer.
 */
export function checkData(
  data: unknown,
  shape: readonly number[],
  name: string,
): asserts data is Float32Array {
  if (!isFloat32Array(data)) {
    refuseKind(name, 'a Float32Array', data);
  }
  const length = lengthOf(data);
  if (length !== sizeOf(shape)) {
    refuseValue(name, `${sizeOf(shape)} elements for shape ${describe(shape)}`, length);
  }
}
