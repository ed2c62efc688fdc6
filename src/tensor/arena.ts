import { checkCount, checkInterval, checkOneOf, checkOptions } from '../checks/options.ts';
import { Bfloat16Bits, Float16Bits } from '../memory/elements.ts';
import { copyElements, createSpace, MAX_SPACE, type Memory } from '../memory/memory.ts';
import { ALIGNMENT } from '../memory/sizes.ts';
import type { Image } from './image-like.ts';
import { readShape, sizeOf } from './shape.ts';
import {
  type AnyTensor,
  type FloatData,
  type Plain,
  readElements,
  type Tensor,
  type TensorLike,
  tensorOf,
} from './tensor.ts';

type FloatDtype = 'float32' | 'float16' | 'bfloat16';

type ElementsClass = typeof Float32Array | typeof Float16Bits | typeof Bfloat16Bits;

const CLASSES: Readonly<Record<FloatDtype, ElementsClass>> = {
  float32: Float32Array,
  float16: Float16Bits,
  bfloat16: Bfloat16Bits,
};

/**
 * A memory of fixed size whose tensors are normalized where they lie, with no
 * copies in or out.
 *
 * It never grows, so its tensors are never detached. It is freed once nothing refers to it
 * or to one of its tensors. A call whose input and output both lie in one arena is the
 * fastest there is.
 *
 * @example
 * import { Arena, instanceNorm } from 'wasm-norm';
 *
 * const arena = new Arena(4 * 8 * 64 * 56 * 56);
 * const x = arena.tensor([8, 64, 56, 56]);
 * x.data.fill(1);
 * instanceNorm(x, { out: x }); // in place
 * console.log(arena.used); // 6422528
 */
export class Arena {
  readonly #memory: Memory;
  readonly #capacity: number;
  #used = 0;

  /**
   * @param byteLength the capacity; each tensor takes its bytes, rounded up to a multiple of 64
   * @throws TypeError where it is no number; RangeError where it is no whole
   *   number from 0 to nearly 2^32, or more than the host can give.
   */
  constructor(byteLength: number);
  /** @internal */
  constructor(byteLength: number, create: (byteLength: number) => Memory);
  constructor(byteLength: number, create = createSpace) {
    checkCount(byteLength, 'byteLength', 0);
    checkInterval(byteLength, 'byteLength', 0, MAX_SPACE);
    this.#memory = create(byteLength);
    this.#capacity = byteLength;
    // Tells a console what to show, since it shows no private fields. A member of the class
    // by a computed name would keep the class in bundles that don't use it.
    Object.defineProperty(this, Symbol.for('nodejs.util.inspect.custom'), {
      value: () => `Arena { used: ${this.#used}, capacity: ${this.#capacity} }`,
    });
  }

  /** The bytes that it was made with. */
  get capacity(): number {
    return this.#capacity;
  }

  /** The bytes that its tensors take, rounded up to 64 each. */
  get used(): number {
    return this.#used;
  }

  /**
   * Makes a tensor in the arena: of zeros for a shape, a copy for a tensor. Elements of 16
   * bits stay so in the arena; they are widened and rounded tile by tile.
   *
   * @param source a shape, or a tensor to copy
   * @throws RangeError where less space is left than it needs; TypeError and
   *   RangeError as {@link Tensor} does.
   */
  tensor<D extends FloatData = Float32Array>(
    source: readonly number[] | TensorLike<D>,
  ): Tensor<Plain<D>>;
  /** Makes a tensor likewise, of a dtype. */
  tensor(
    source: readonly number[] | TensorLike<FloatData>,
    options: { readonly dtype: 'float32' },
  ): Tensor;
  /** Makes a tensor likewise, of a dtype of 16 bits. */
  tensor(
    source: readonly number[] | TensorLike<FloatData>,
    options: { readonly dtype: 'float16' | 'bfloat16' },
  ): Tensor<Uint16Array>;
  tensor(
    source: readonly number[] | TensorLike<FloatData>,
    options: { readonly dtype?: FloatDtype } = {},
  ): AnyTensor {
    checkOptions(options, ['dtype']);
    const content = Array.isArray(source) ? null : readElements(source, 'source');
    const shape = content ? content.shape : readShape(source, 'shape');
    const { dtype } = options;
    if (dtype !== undefined) checkOneOf(dtype, 'dtype', Object.keys(CLASSES));
    const given = content?.data.constructor as ElementsClass | undefined;
    const Own = dtype ? CLASSES[dtype] : (given ?? Float32Array);
    const size = sizeOf(shape);
    const start = this.#take(size * Own.BYTES_PER_ELEMENT, `[${shape.join(', ')}]`);
    const data = new Own(this.#memory.buffer, start, size);
    if (content) copyElements(data, content.data);
    else data.fill(0);
    return tensorOf(shape, data);
  }

  /**
   * Makes a transparent picture in the arena: 4 * width * height bytes of 0, which
   * `imageToTensor`, `imageMoments`, `restyle` and their like work on where they lie.
   *
   * @param width in pixels, at least 1
   * @param height in pixels, at least 1
   * @throws RangeError where less space is left than it needs; TypeError and RangeError where a
   *   size is no whole number of at least 1.
   */
  image(width: number, height: number): Image {
    checkCount(width, 'width');
    checkCount(height, 'height');
    const length = 4 * width * height;
    const start = this.#take(length, `a picture of ${width} x ${height} pixels`);
    const data = new Uint8ClampedArray(this.#memory.buffer, start, length);
    return { data: data.fill(0), width, height };
  }

  /** Takes space, and returns its address. */
  #take(bytes: number, what: string): number {
    const left = this.#capacity - this.#used;
    if (bytes > left) {
      throw new RangeError(
        `arena: ${what} needs ${bytes} bytes, but ${left} of ${this.#capacity} are left`,
      );
    }
    // A full arena may end at no multiple of 4, where an empty array can't begin.
    const start = this.#memory.spaceAt + (bytes === 0 ? 0 : this.#used);
    this.#used = Math.min(this.#capacity, this.#used + Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    return start;
  }

  /**
   * Takes all space back. Tensors made before stay readable and writable, but
   * share their memory with those made after.
   */
  reset(): void {
    this.#used = 0;
  }
}
