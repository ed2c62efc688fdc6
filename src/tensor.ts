import { describe } from './describe.ts';
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

/** Says whether a value is a Float32Array, of this realm or another. */
export function isFloat32Array(value: unknown): value is Float32Array {
  return (
    value instanceof Float32Array ||
    (ArrayBuffer.isView(value) &&
      (value as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] === 'Float32Array')
  );
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
  if (x === null || typeof x !== 'object') {
    throw new TypeError(`${name}: expected a tensor, { data, shape }, got ${describe(x)}`);
  }
  const { data, shape, dims } = x as { data?: unknown; shape?: unknown; dims?: unknown };
  const sizes = shape ?? dims;
  if (sizes === undefined) {
    throw new TypeError(`${name}: expected a tensor, { data, shape }, got ${describe(x)}`);
  }
  const own = readShape(sizes, `${name}.${shape === undefined ? 'dims' : 'shape'}`);
  checkData(data, own, `${name}.data`);
  return { data, shape: own };
}

function checkData(
  data: unknown,
  shape: readonly number[],
  name: string,
): asserts data is Float32Array {
  if (!isFloat32Array(data)) {
    throw new TypeError(`${name}: expected a Float32Array, got ${describe(data)}`);
  }
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(
      `${name}: expected ${sizeOf(shape)} elements for shape [${shape.join(', ')}], got ${data.length}`,
    );
  }
}
