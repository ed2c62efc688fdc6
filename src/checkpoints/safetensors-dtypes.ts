import { describe } from '../checks/describe.ts';
import { refuseValue } from '../checks/refuse.ts';
import { type AnyTensor, type Dtype, Tensor, type TensorData } from '../tensor/tensor.ts';

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

interface Kind {
  /** The dtype of the tensor that has the elements as they are; null: none has. */
  readonly kept: Dtype | null;
  /** Makes an array of the elements that these bytes hold, as they are. */
  readonly keep?: (buffer: ArrayBuffer) => TensorData;
  /** Makes an array of float32. */
  readonly widen?: (bytes: Uint8Array) => Float32Array;
}

const bitsOf = (buffer: ArrayBuffer): Uint16Array => new Uint16Array(buffer);

// Typed arrays are little-endian, as the file is, wherever the kernels work: these share
// them with WebAssembly.
const KINDS: ReadonlyMap<string, Kind> = /* @__PURE__ */ new Map<string, Kind>([
  ['F64', { kept: null, widen: readF64 }],
  ['F32', { kept: 'float32', keep: (buffer) => new Float32Array(buffer) }],
  ['F16', { kept: 'float16', keep: bitsOf, widen: readF16 }],
  ['BF16', { kept: 'bfloat16', keep: bitsOf, widen: readBF16 }],
  ['I64', { kept: 'int64', keep: (buffer) => new BigInt64Array(buffer) }],
]);

// 2^-24. A power would be kept in bundles that don't use it.
const SMALLEST_HALF = 5.9604644775390625e-8;

// Elements may begin at any byte, so pieces of them are copied to where they can be read.
const PIECE_BYTES = 65536;

/** Says whether a tensor can hold elements of a dtype. */
export function isReadable(dtype: string): boolean {
  return KINDS.has(dtype);
}

/** Refuses a dtype that no tensor can hold. */
export function checkReadable(dtype: string, label: string, hint = ''): void {
  if (isReadable(dtype)) return;
  refuseValue(label, `a dtype of ${[...KINDS.keys()].join(', ')}${hint}`, describe(dtype));
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
  const { kept, keep, widen } = KINDS.get(dtype) as Kind;
  if (widen && (dtypes === 'float32' || keep === undefined)) {
    return new Tensor(widen(bytes), shape);
  }
  const data = (keep as NonNullable<typeof keep>)(ownBuffer(bytes));
  return new Tensor<TensorData>(data, shape, { dtype: kept as Dtype });
}

/** Returns a buffer of just these bytes. In a file data never begin at the first byte. */
function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteLength } = bytes;
  const isOwn = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  return isOwn ? buffer : bytes.slice().buffer;
}

/** Returns float64 elements, rounded. */
function readF64(bytes: Uint8Array): Float32Array {
  const values = new Float32Array(bytes.length / 8);
  const piece = new Float64Array(PIECE_BYTES / 8);
  copyPieces(bytes, piece, (count, first) => values.set(piece.subarray(0, count), first));
  return values;
}

/** Returns bfloat16 elements: the upper halves of float32. */
function readBF16(bytes: Uint8Array): Float32Array {
  const bits = new Uint32Array(bytes.length / 2);
  const piece = new Uint16Array(PIECE_BYTES / 2);
  copyPieces(bytes, piece, (count, first) => {
    for (let i = 0; i < count; i++) bits[first + i] = (piece[i] as number) << 16;
  });
  return new Float32Array(bits.buffer);
}

/** Returns elements of IEEE 754 binary16. */
function readF16(bytes: Uint8Array): Float32Array {
  const bits = new Uint32Array(bytes.length / 2);
  const values = new Float32Array(bits.buffer);
  const piece = new Uint16Array(PIECE_BYTES / 2);
  copyPieces(bytes, piece, (count, first) => {
    for (let i = 0; i < count; i++) {
      const half = piece[i] as number;
      const sign = (half & 0x8000) << 16;
      const magnitude = half & 0x7fff;
      // The fraction moves by 13 bits; the exponent is biased by 127 instead of 15.
      if (magnitude >= 0x7c00) bits[first + i] = sign | 0x7f800000 | (magnitude << 13);
      else if (magnitude >= 0x400) bits[first + i] = sign | ((magnitude << 13) + (112 << 23));
      else values[first + i] = (sign ? -magnitude : magnitude) * SMALLEST_HALF;
    }
  });
  return values;
}

/** Copies bytes into an array, piece by piece, and has the elements of each piece read. */
function copyPieces(
  bytes: Uint8Array,
  piece: Float64Array | Uint16Array,
  read: (count: number, first: number) => void,
): void {
  const target = new Uint8Array(piece.buffer);
  for (let at = 0; at < bytes.length; at += target.length) {
    const part = bytes.subarray(at, at + target.length);
    target.set(part);
    read(part.length / piece.BYTES_PER_ELEMENT, at / piece.BYTES_PER_ELEMENT);
  }
}
