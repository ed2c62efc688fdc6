/**
 * The bits of float16 elements. A class of its own, so that the bits say what they are and
 * a part of them does too: `subarray` makes an array of the same class.
 */
export class Float16Bits extends Uint16Array {
  get dtype(): 'float16' {
    return 'float16';
  }
}

/** The bits of a Float16Array, where results are to be Float16Arrays too. */
export class Float16ArrayBits extends Float16Bits {}

/** The bits of bfloat16 elements: the upper halves of float32. */
export class Bfloat16Bits extends Uint16Array {
  get dtype(): 'bfloat16' {
    return 'bfloat16';
  }
}

/** Elements of 16 bits, which are numbers to kernels only after they were widened. */
export type Bits = Float16Bits | Bfloat16Bits;

/** Elements that are normalized. */
export type Elements = Float32Array | Bits;

/** Returns the name of the type of elements. */
export function dtypeOf(elements: Elements): 'float32' | 'float16' | 'bfloat16' {
  return elements instanceof Float32Array ? 'float32' : elements.dtype;
}
