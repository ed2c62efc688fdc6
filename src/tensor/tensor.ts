import { describe } from '../checks/describe.ts';
import { checkOptions } from '../checks/options.ts';
import { refuseKind, refuseValue } from '../checks/refuse.ts';
import {
  Bfloat16Bits,
  type Bits,
  type Elements,
  Float16ArrayBits,
  Float16Bits,
} from '../memory/elements.ts';
import { readShape, sizeOf } from './shape.ts';
import { isFloat32Array, kindOf, lengthOf, plainArray } from './typed-array.ts';

/** A Float16Array, by its form: not every host has the class, nor every compiler the type. */
export interface Float16Data extends ArrayBufferView {
  /** The name of the class. */
  readonly [Symbol.toStringTag]: 'Float16Array';
  /** 2. */
  readonly BYTES_PER_ELEMENT: number;
  /** The number of elements. */
  readonly length: number;
  [index: number]: number;
}

/** Numbers that normalizations take. A Uint16Array holds the bits of float16 or bfloat16. */
export type FloatData = Float32Array | Uint16Array | Float16Data;

/** The arrays that a {@link Tensor} may hold. */
export type TensorData = FloatData | BigInt64Array;

/** The names of their element types, PyTorch's. */
export type Dtype = 'float32' | 'float16' | 'bfloat16' | 'int64';

/** Where a tensor-like of 16 bits says what its bits are. */
export interface ElementType {
  /** The element type, which a Uint16Array does not tell: 'float16' or 'bfloat16'. */
  readonly dtype?: string | undefined;
  /** The same, by the name that ONNX runtimes and transformers.js use. */
  readonly type?: string | undefined;
}

/**
 * Anything with row-major data and a shape: a {@link Tensor}, a tensor of onnxruntime or
 * transformers.js (`dims`), or a plain object. The data is float32 unless said otherwise.
 */
export type TensorLike<D = Float32Array> =
  | (ElementType & {
      /** The elements, the last dimension fastest. */
      readonly data: D;
      /** The sizes, by the name of PyTorch and tfjs. */
      readonly shape: readonly number[];
    })
  | (ElementType & {
      /** The elements, the last dimension fastest. */
      readonly data: D;
      /** The sizes, by the name of ONNX runtimes. */
      readonly dims: readonly number[];
    });

// By the names of typed arrays. The first is that of an array that does not say.
const DTYPES: Readonly<Record<string, readonly Dtype[]>> = {
  Float32Array: ['float32'],
  Float16Array: ['float16'],
  Uint16Array: ['float16', 'bfloat16'],
  BigInt64Array: ['int64'],
};

/** Options of a new {@link Tensor}. */
export interface TensorOptions {
  /** The element type; that of the data by default, which a Uint16Array does not tell. */
  readonly dtype?: Dtype | undefined;
}

// The names of methods that this module alone can call, since no function outside of the
// class sees what is private.
const isOwnShape = Symbol('isOwnShape');
const isOwnArray = Symbol('isOwnArray');
const ownBuffer = Symbol('ownBuffer');

// Tells the constructor that data and shape were checked. Only this module has it.
const CHECKED = Symbol('checked');

/**
 * Row-major data and a shape. Normalizations take float32, float16 and bfloat16, and return
 * what they were given. A count of batches is int64.
 *
 * The data is taken as it is, not copied: writing to it changes the tensor.
 *
 * @example
 * import { Tensor } from 'wasm-norm';
 *
 * const x = new Tensor(new Float32Array(2 * 3 * 4), [2, 3, 4]);
 * console.log(x.size); // 24
 * const half = new Tensor(Uint16Array.of(0x3c00, 0xc000), [2], { dtype: 'float16' }); // 1, -2
 */
export class Tensor<D extends TensorData = Float32Array> {
  /** The shape that was checked. Another may have been put into the public field. */
  readonly #shape: readonly number[];
  /** The data, if they are a plain Float32Array; likewise another may be in the public field. */
  readonly #data: Float32Array | null;
  /** Their buffer, once it was asked for: an array takes 40 ns to give it. */
  #buffer: ArrayBufferLike | null = null;
  /** The sizes; an empty shape is a scalar. */
  readonly shape: readonly number[];
  /** The element type, by PyTorch's name. */
  readonly dtype: Dtype;
  /** The elements, the last dimension fastest. */
  readonly data: D;

  // The first signature makes a Tensor<Float32Array> of any buffer. By the second alone a new
  // array would make a Tensor<Float32Array<ArrayBuffer>>, to which no result can be assigned.
  /**
   * @throws TypeError where `data` is no Float32Array, Float16Array, Uint16Array or
   *   BigInt64Array, `shape` no array of numbers, or `dtype` not that of the data, or absent
   *   with a Uint16Array; RangeError where a size is negative or fractional, or where the
   *   shape does not hold just as many elements as the data.
   */
  constructor(
    data: Float32Array extends D ? Float32Array : never,
    shape: readonly number[],
    options?: TensorOptions,
  );
  constructor(data: D, shape: readonly number[], options?: TensorOptions);
  /** @internal */
  constructor(data: D, shape: readonly number[], checked: typeof CHECKED, dtype?: Dtype);
  constructor(
    data: TensorData,
    shape: readonly number[],
    options?: TensorOptions | typeof CHECKED,
    dtype: Dtype = 'float32',
  ) {
    const sizes = options === CHECKED ? shape : readShape(shape, 'shape');
    // A console shows the shape first, before data that may fill the screen.
    this.#shape = Object.freeze(sizes);
    this.shape = this.#shape;
    this.dtype = options === CHECKED ? dtype : readDtype(data, sizes, options);
    this.#data =
      Object.getPrototypeOf(data) === Float32Array.prototype ? (data as Float32Array) : null;
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

  /**
   * Says whether data are the plain Float32Array that a tensor was made with.
   *
   * @internal
   */
  static [isOwnArray](data: unknown, x: object): data is Float32Array {
    return #data in x && data !== null && data === x.#data;
  }

  /**
   * Returns the buffer of the data that a tensor was made with.
   *
   * @internal
   */
  static [ownBuffer](x: Tensor): ArrayBufferLike {
    x.#buffer ??= (x.#data as Float32Array).buffer;
    return x.#buffer;
  }
}

/** Data whose dtype the reader knows. */
// biome-ignore lint/suspicious/noExplicitAny: dict.weight.data is a Float32Array without a cast
export type AnyData = any;

/** A tensor whose dtype the reader knows: that of a layer's weight, say, is float32. */
export type AnyTensor = Tensor<AnyData>;

/** What an option `out` gives. */
export type AnyOut = TensorLike<FloatData> | undefined;

// Not a type of every compiler.
interface Float16Host {
  readonly Float16Array: new (buffer: ArrayBufferLike, at: number, length: number) => Float16Data;
}

/** The array of a result that has the dtype of another: of any buffer where it is known. */
export type Plain<D> = D extends Float32Array
  ? Float32Array
  : D extends Uint16Array
    ? Uint16Array
    : D;

/** Makes a tensor of elements and a shape that were checked, over the same memory. */
export function tensorOf(shape: readonly number[], elements: Elements): AnyTensor {
  if (elements instanceof Float32Array) return new Tensor(elements, shape, CHECKED);
  const { buffer, byteOffset, length, dtype } = elements;
  const isFloat16Array = elements instanceof Float16ArrayBits;
  const Own = isFloat16Array ? (globalThis as unknown as Float16Host).Float16Array : Uint16Array;
  return new Tensor<FloatData>(new Own(buffer, byteOffset, length), shape, CHECKED, dtype);
}

/** A tensor-like argument after it was checked. */
export interface CheckedTensor<D = Elements> {
  readonly data: D;
  readonly shape: readonly number[];
  /** The Tensor that was made with these data, if one was. */
  readonly owner: Tensor | null;
}

/** Says whether two tensors have no memory in common, as far as they know without asking. */
export function areApart(a: CheckedTensor, b: CheckedTensor): boolean {
  if (a.owner === null || b.owner === null) return false;
  return Tensor[ownBuffer](a.owner) !== Tensor[ownBuffer](b.owner);
}

/**
 * Reads a tensor-like argument of float32 once, so that a getter can't change it later.
 *
 * @throws TypeError, RangeError as {@link Tensor} does, naming the argument.
 */
export function readTensor(x: unknown, name: string): CheckedTensor<Float32Array> {
  const tensor = readAnyTensor(x, name);
  const { data } = tensor;
  if (!(data instanceof Float32Array)) refuseDtype(name, 'float32', data);
  return tensor as CheckedTensor<Float32Array>;
}

/**
 * Reads a tensor-like argument that is to be normalized once.
 *
 * @throws TypeError, RangeError as {@link Tensor} does, naming the argument.
 */
export function readElements(x: unknown, name: string): CheckedTensor {
  const tensor = readAnyTensor(x, name);
  const { data } = tensor;
  if (data instanceof BigInt64Array) refuseDtype(name, 'float32, float16 or bfloat16', data);
  // The same object: another costs a small call 10 ns.
  return tensor as CheckedTensor;
}

/**
 * Reads a tensor-like argument of any dtype once.
 *
 * @throws TypeError, RangeError as {@link Tensor} does, naming the argument.
 */
export function readAnyTensor(x: unknown, name: string): CheckedTensor<Elements | BigInt64Array> {
  if (typeof x !== 'object' || x === null) refuseTensor(x, name);
  const { data, shape } = x as { readonly data?: unknown; readonly shape?: unknown };
  const own = Tensor[isOwnShape](shape, x) ? shape : readSizes(x, shape, name);
  if (Tensor[isOwnArray](data, x)) {
    checkLength(data, own, name);
    return { data, shape: own, owner: x as Tensor };
  }
  if (isFloat32Array(data)) {
    checkLength(data, own, name);
    return { data: plainArray(data), shape: own, owner: null };
  }
  return { data: readOther(x, data, own, name), shape: own, owner: null };
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

/** Refuses a dtype that an argument can't have. */
export function refuseDtype(name: string, expected: string, data: Bits | BigInt64Array): never {
  const dtype = data instanceof BigInt64Array ? 'int64' : data.dtype;
  throw new TypeError(`${name}: expected a tensor of dtype ${expected}, got ${dtype}`);
}

// By dtype.
const CLASSES = { float16: Float16Bits, bfloat16: Bfloat16Bits };

/** Reads data that are not float32. */
function readOther(
  x: object,
  data: unknown,
  shape: readonly number[],
  name: string,
): Bits | BigInt64Array {
  const { dtype, type } = kindOf(data) === 'Uint16Array' ? (x as ElementType) : {};
  const own = dtypeOf(data, dtype ?? type, name) as Exclude<Dtype, 'float32'>;
  checkLength(data as ArrayBufferView, shape, name);
  const { buffer, byteOffset } = data as ArrayBufferView<ArrayBuffer>;
  if (own === 'int64') return new BigInt64Array(buffer, byteOffset, sizeOf(shape));
  const Own = kindOf(data) === 'Float16Array' ? Float16ArrayBits : CLASSES[own];
  return new Own(buffer, byteOffset, sizeOf(shape));
}

/**
 * Refuses data that do not fit a shape. Data that fitted before may not fit any more: a
 * getter that was read after them can have detached or shrunk their buffer.
 *
 * @param tensor the name of the argument that holds them
 */
export function checkLength(
  data: ArrayBufferView,
  shape: readonly number[],
  tensor?: string,
): void {
  const length = lengthOf(data);
  if (length !== sizeOf(shape)) {
    const expected = `${sizeOf(shape)} elements for shape ${describe(shape)}`;
    refuseValue(labelOf('data', tensor), expected, length);
  }
}

function labelOf(property: string, tensor: string | undefined): string {
  return tensor === undefined ? property : `${tensor}.${property}`;
}

/** Checks the data of a new tensor, and returns their dtype. */
function readDtype(data: TensorData, shape: readonly number[], options: TensorOptions = {}): Dtype {
  checkOptions(options, ['dtype']);
  const dtype = dtypeOf(data, options.dtype);
  checkLength(data, shape);
  return dtype;
}

/**
 * Returns the dtype of a typed array.
 *
 * @param said what its owner says, which a Uint16Array needs
 */
function dtypeOf(data: unknown, said: unknown, tensor?: string): Dtype {
  const dtypes = DTYPES[kindOf(data) as string];
  if (dtypes === undefined) {
    refuseKind(labelOf('data', tensor), Object.keys(DTYPES).join(' or '), data);
  }
  const dtype = said ?? (dtypes.length === 1 ? dtypes[0] : undefined);
  const own = dtypes.find((name) => name === dtype);
  if (own === undefined) {
    refuseKind(labelOf('dtype', tensor), `'${dtypes.join("' or '")}'`, dtype);
  }
  return own;
}
