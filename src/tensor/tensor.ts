import { describe } from '../checks/describe.ts';
import { checkOptions } from '../checks/options.ts';
import { refuseKind, refuseValue } from '../checks/refuse.ts';
import { readShape, sizeOf } from './shape.ts';
import { isFloat32Array, kindOf, lengthOf, plainArray, plainIntegers } from './typed-array.ts';

/** The arrays that a {@link Tensor} may hold. */
export type TensorData = Float32Array | BigInt64Array;

/** The names of their element types, PyTorch's. */
export type Dtype = 'float32' | 'int64';

/**
 * Anything with row-major data and a shape: a {@link Tensor}, a tensor of onnxruntime or
 * transformers.js (`dims`), or a plain object. The data is float32 unless said otherwise.
 */
export type TensorLike<D = Float32Array> =
  | {
      /** The elements, the last dimension fastest. */
      readonly data: D;
      /** The sizes, by the name of PyTorch and tfjs. */
      readonly shape: readonly number[];
    }
  | {
      /** The elements, the last dimension fastest. */
      readonly data: D;
      /** The sizes, by the name of ONNX runtimes. */
      readonly dims: readonly number[];
    };

// By the names of typed arrays.
const DTYPES: Readonly<Record<string, Dtype>> = {
  Float32Array: 'float32',
  BigInt64Array: 'int64',
};

/** Options of a new {@link Tensor}. */
export interface TensorOptions {
  /** The element type; that of the data by default. */
  readonly dtype?: Dtype | undefined;
}

// The name of a method that this module alone can call, since no function outside of the
// class sees what is private.
const isOwnShape = Symbol('isOwnShape');

// Tells the constructor that data and shape were checked. Only this module has it.
const CHECKED = Symbol('checked');

/**
 * Row-major data and a shape. Normalizations take float32 data, and return it. A count of
 * batches is int64.
 *
 * The data is taken as it is, not copied: writing to it changes the tensor.
 *
 * @example
 * const x = new Tensor(new Float32Array(2 * 3 * 4), [2, 3, 4]);
 * x.size; // 24
 */
export class Tensor<D extends TensorData = Float32Array> {
  /** The shape that was checked. Another may have been put into the public field. */
  readonly #shape: readonly number[];
  /** The sizes; an empty shape is a scalar. */
  readonly shape: readonly number[];
  /** The element type, by PyTorch's name. */
  readonly dtype: Dtype;
  /** The elements, the last dimension fastest. */
  readonly data: D;

  // The first signature makes a Tensor<Float32Array> of any buffer. By the second alone a new
  // array would make a Tensor<Float32Array<ArrayBuffer>>, to which no result can be assigned.
  /**
   * @throws TypeError where `data` is no Float32Array or BigInt64Array, `shape` no array of
   *   numbers, or `dtype` not that of the data; RangeError where a size is negative or
   *   fractional, or where the shape does not hold just as many elements as the data.
   */
  constructor(
    data: Float32Array extends D ? Float32Array : never,
    shape: readonly number[],
    options?: TensorOptions,
  );
  constructor(data: D, shape: readonly number[], options?: TensorOptions);
  /** @internal */
  constructor(data: D, shape: readonly number[], checked: typeof CHECKED);
  constructor(
    data: TensorData,
    shape: readonly number[],
    options?: TensorOptions | typeof CHECKED,
  ) {
    const sizes = options === CHECKED ? shape : readShape(shape, 'shape');
    const dtype = options === CHECKED ? 'float32' : readDtype(data, sizes, options);
    // A console shows the shape first, before data that may fill the screen.
    this.#shape = Object.freeze(sizes);
    this.shape = this.#shape;
    this.dtype = dtype;
    this.data = data as D;
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

/** A tensor whose dtype the reader knows: that of a layer's weight, say, is float32. */
// biome-ignore lint/suspicious/noExplicitAny: dict.weight.data is a Float32Array without a cast
export type AnyTensor = Tensor<any>;

/** Makes a tensor of data and a shape that were checked, or of new data. */
export function tensorOf(shape: readonly number[], data?: Float32Array): Tensor {
  return new Tensor(data ?? new Float32Array(sizeOf(shape)), shape, CHECKED);
}

/** A tensor-like argument after it was checked. */
export interface CheckedTensor<D = Float32Array> {
  readonly data: D;
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

/**
 * Reads a tensor-like argument of any dtype once.
 *
 * @throws TypeError, RangeError as {@link Tensor} does, naming the argument.
 */
export function readAnyTensor(x: unknown, name: string): CheckedTensor<TensorData> {
  if (typeof x !== 'object' || x === null) refuseTensor(x, name);
  const { data, shape } = x as { readonly data?: unknown; readonly shape?: unknown };
  const own = Tensor[isOwnShape](shape, x) ? shape : readSizes(x, shape, name);
  checkAnyData(data, own, name);
  return { data: isFloat32Array(data) ? plainArray(data) : plainIntegers(data), shape: own };
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
 * Refuses data that do not fit a shape. Data that fitted before may not fit any more: a
 * getter that was read after them can have detached or shrunk their buffer.
 *
 * @param tensor the name of the argument that holds them
 */
export function checkData(
  data: unknown,
  shape: readonly number[],
  tensor: string,
): asserts data is Float32Array {
  if (!isFloat32Array(data)) {
    if (dtypeOf(data) === undefined) refuseKind(`${tensor}.data`, 'a Float32Array', data);
    throw new TypeError(`${tensor}: expected a tensor of dtype float32, got ${dtypeOf(data)}`);
  }
  checkLength(data, shape, tensor);
}

/** Refuses data of any dtype likewise. */
export function checkAnyData(
  data: unknown,
  shape: readonly number[],
  tensor?: string,
): asserts data is TensorData {
  if (dtypeOf(data) === undefined) {
    refuseKind(labelOf(tensor), 'a Float32Array or BigInt64Array', data);
  }
  checkLength(data as TensorData, shape, tensor);
}

function checkLength(data: TensorData, shape: readonly number[], tensor?: string): void {
  const length = lengthOf(data);
  if (length !== sizeOf(shape)) {
    const expected = `${sizeOf(shape)} elements for shape ${describe(shape)}`;
    refuseValue(labelOf(tensor), expected, length);
  }
}

function labelOf(tensor: string | undefined): string {
  return tensor === undefined ? 'data' : `${tensor}.data`;
}

/** Checks the data of a new tensor, and returns their dtype. */
function readDtype(data: unknown, shape: readonly number[], options: TensorOptions = {}): Dtype {
  checkOptions(options, ['dtype']);
  const { dtype } = options;
  checkAnyData(data, shape);
  const own = dtypeOf(data) as Dtype;
  if (dtype !== undefined && dtype !== own) refuseKind('dtype', `'${own}'`, dtype);
  return own;
}

/** Returns the dtype of a typed array; undefined for all that no tensor holds. */
function dtypeOf(data: unknown): Dtype | undefined {
  return DTYPES[kindOf(data) as string];
}
