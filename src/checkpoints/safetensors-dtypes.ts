import { describe } from '../checks/describe.ts';
import { refuseValue } from '../checks/refuse.ts';
import { Bfloat16Bits, type Bits, type Elements, Float16Bits } from '../memory/elements.ts';
import { sizeOf } from '../tensor/shape.ts';
import { type AnyTensor, Tensor, tensorOf } from '../tensor/tensor.ts';
import { widenBits } from './widen-bits.ts';

/** The bits of an element, by the format's names of its dtypes. */
export const BITS: ReadonlyMap<string, number> = /* @__PURE__ */ new Map([
  ['F4', 4],
  ['F6_E2M3', 6],
  ['F6_E3M2', 6],
  ['BOOL', 8],
  ['U8', 8],
  ['I8', 8],
  ['F8_E4M3', 8],
  ['F8_E5M2', 8],
  ['F8_E8M0', 8],
  ['F8_E4M3FNUZ', 8],
  ['F8_E5M2FNUZ', 8],
  ['U16', 16],
  ['I16', 16],
  ['F16', 16],
  ['BF16', 16],
  ['U32', 32],
  ['I32', 32],
  ['F32', 32],
  ['U64', 64],
  ['I64', 64],
  ['F64', 64],
  ['C64', 64],
]);

/** What becomes of F16 and BF16: float32 by default, or a tensor of their own dtype. */
export type KeptDtypes = 'float32' | 'keep';

// Typed arrays are little-endian, as the file is, wherever the kernels work: these share
// them with WebAssembly.
const CLASSES: ReadonlyMap<string, Own> = /* @__PURE__ */ new Map<string, Own>([
  ['F64', Float64Array],
  ['F32', Float32Array],
  ['F16', Float16Bits],
  ['BF16', Bfloat16Bits],
  ['I64', BigInt64Array],
]);

type Own = new (buffer: ArrayBuffer) => Float64Array | Elements | BigInt64Array;

// Elements may begin at any byte, so pieces of them are copied to where they can be read.
const PIECE_BYTES = 65536;

/** Says whether a tensor can hold elements of a dtype. */
export function isReadable(dtype: string): boolean {
  return CLASSES.has(dtype);
}

/** Refuses a dtype that no tensor can hold. */
export function checkReadable(dtype: string, label: string, hint = ''): void {
  if (isReadable(dtype)) return;
  refuseValue(label, `a dtype of ${[...CLASSES.keys()].join(', ')}${hint}`, describe(dtype));
}

/**
 * Makes a tensor of bytes.
 *
 * @param dtype one that is readable
 * @param bytes just those of the elements, at any place of a larger buffer or in one of
 *   their own, which the tensor then takes
 */
export function tensorOfBytes(
  dtype: string,
  shape: readonly number[],
  bytes: Uint8Array,
  dtypes: KeptDtypes,
): AnyTensor {
  const Own = CLASSES.get(dtype) as Own;
  const isKept = Own === Float32Array || Own === BigInt64Array;
  if (isKept || (dtypes === 'keep' && Own !== Float64Array)) {
    const elements = new Own(ownBuffer(bytes)) as Elements | BigInt64Array;
    return elements instanceof BigInt64Array
      ? new Tensor(elements, shape)
      : tensorOf(shape, elements);
  }
  const values = new Float32Array(sizeOf(shape));
  const piece = new Own(new ArrayBuffer(PIECE_BYTES)) as Float64Array | Bits;
  const target = new Uint8Array(piece.buffer);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const part = bytes.subarray(at, at + PIECE_BYTES);
    target.set(part);
    const first = at / piece.BYTES_PER_ELEMENT;
    const count = part.length / piece.BYTES_PER_ELEMENT;
    const elements = piece.subarray(0, count) as typeof piece;
    if (elements instanceof Float64Array) values.set(elements, first);
    else widenBits(values.subarray(first, first + count), elements);
  }
  return tensorOf(shape, values);
}

/** Returns a buffer of just these bytes. In a file data never begin at the first byte. */
function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteLength } = bytes;
  const isOwn = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  return isOwn ? buffer : bytes.slice().buffer;
}
