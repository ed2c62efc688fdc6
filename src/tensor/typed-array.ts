// The getters of all typed arrays. They tell what a value is, whatever its prototype and
// its properties say.
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
 * Returns the number of elements of a typed array; 0 where it is detached. In Node 20
 * compiled code gives the old `array.length` of it, once it has met a resizable array.
 */
export function lengthOf(array: ArrayBufferView): number {
  return lengthGetter.call(array) as number;
}

/** Says whether a value is a Float32Array, of this realm or another, or of a subclass. */
export function isFloat32Array(value: unknown): value is Float32Array {
  return kindOf(value) === 'Float32Array';
}

/**
 * Returns the elements of an array as a plain one. The array may be of another realm or a
 * subclass. A plain one has known methods, so that no code of others runs while the
 * kernels work.
 */
export function plainArray(array: Float32Array): Float32Array {
  if (Object.getPrototypeOf(array) === Float32Array.prototype) return array;
  return new Float32Array(array.buffer, array.byteOffset, lengthOf(array));
}
