import { describe } from '../checks/describe.ts';
import { refuseKind, refuseValue } from '../checks/refuse.ts';
import { readShape, sizeOf } from './shape.ts';
import { isFloat32Array, lengthOf, plainArray } from './typed-array.ts';

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

// A method of this module alone: no function outside of the class sees what is private.
const isOwnShape = Symbol('isOwnShape');

// Given to the constructor for data and a shape that were checked, by this module alone.
const CHECKED = Symbol('checked');

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
  /** The shape that was checked, whatever may be in its place by now. */
  readonly #shape: readonly number[];
  /** The sizes; an empty shape is a scalar. */
  readonly shape: readonly number[];
  /** The elements, the last dimension fastest. */
  readonly data: Float32Array;

  /**
   * @throws TypeError where `data` is no Float32Array or `shape` no array of
   *   numbers; RangeError where a size is negative or fractional, or where the
   *   shape does not hold just as many elements as the data.
   */
  constructor(data: Float32Array, shape: readonly number[]);
  /** @internal */
  constructor(data: Float32Array, shape: readonly number[], checked: typeof CHECKED);
  constructor(data: Float32Array, shape: readonly number[], checked?: typeof CHECKED) {
    const sizes = checked === CHECKED ? shape : readShape(shape, 'shape');
    if (checked !== CHECKED) checkData(data, sizes);
    // A console shows the shape first, before data that may fill the screen.
    this.#shape = Object.freeze(sizes);
    this.shape = this.#shape;
    this.data = data;
  }

  /** The shape, by the name that ONNX runtimes use. */
  get dims(): readonly number[] {
    return this.shape;
  }

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /**
   * Says whether a shape is the one that a tensor was made with, and so frozen and checked.
   *
   * @internal
   */
  static [isOwnShape](shape: unknown, x: object): shape is readonly number[] {
    return #shape in x && shape === x.#shape;
  }
}

/** Makes a tensor of data and a shape that were checked, or of new data. */
export function tensorOf(shape: readonly number[], data?: Float32Array): Tensor {
  return new Tensor(data ?? new Float32Array(sizeOf(shape)), shape, CHECKED);
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
  if (typeof x !== 'object' || x === null) refuseTensor(x, name);
  const { data, shape } = x as { readonly data?: unknown; readonly shape?: unknown };
  const own = Tensor[isOwnShape](shape, x) ? shape : readSizes(x, shape, name);
  checkData(data, own, name);
  return { data: plainArray(data), shape: own };
}

/** Reads the sizes of a tensor-like argument by either name. */
function readSizes(x: object, shape: unknown, name: string): readonly number[] {
  if (shape !== undefined && shape !== null) return readShape(shape, `${name}.shape`);
  const { dims } = x as { readonly dims?: unknown };
  if (dims === undefined) refuseTensor(x, name);
  return readShape(dims, `${name}.dims`);
}

function refuseTensor(x: unknown, name: string): never {
  refuseKind(name, 'a tensor, { data, shape }', x);
}

/**
 * Refuses data that do not fit a shape, which data that fitted may come not to do:
 * any getter that is read after them can detach or shrink their buffer.
 *
 * @param tensor the name of the argument that they are of, if they are none themselves
 */
export function checkData(
  data: unknown,
  shape: readonly number[],
  tensor?: string,
): asserts data is Float32Array {
  // A name that is put together takes longer than the check.
  const nameOf = () => (tensor === undefined ? 'data' : `${tensor}.data`);
  if (!isFloat32Array(data)) {
    refuseKind(nameOf(), 'a Float32Array', data);
  }
  const length = lengthOf(data);
  if (length !== sizeOf(shape)) {
    refuseValue(nameOf(), `${sizeOf(shape)} elements for shape ${describe(shape)}`, length);
  }
}
