// The safetensors format: 8 bytes of header length, a JSON header, the data, all
// little-endian. https://github.com/huggingface/safetensors#format

import { describe, isObject } from '../checks/describe.ts';
import { checkObject, refuseKind, refuseValue } from '../checks/refuse.ts';
import { readShape, sameShape, sizeOf } from '../tensor/shape.ts';
import {
  type AnyTensor,
  checkAnyData,
  readAnyTensor,
  Tensor,
  type TensorData,
  type TensorLike,
} from '../tensor/tensor.ts';

interface Dtype {
  readonly bytes: number;
  /** Makes an array of the elements that these bytes hold. */
  readonly read: (bytes: Uint8Array) => TensorData;
}

// Typed arrays are little-endian, as the file is, wherever the kernels work: these share
// them with WebAssembly.
const DTYPES: ReadonlyMap<string, Dtype> = new Map<string, Dtype>([
  ['F64', { bytes: 8, read: readF64 }],
  ['F32', { bytes: 4, read: (bytes) => new Float32Array(bytes.slice().buffer) }],
  ['F16', { bytes: 2, read: readF16 }],
  ['BF16', { bytes: 2, read: readBF16 }],
  ['I64', { bytes: 8, read: (bytes) => new BigInt64Array(bytes.slice().buffer) }],
]);

// 2^-24. A power would be kept in bundles that don't use it.
const SMALLEST_HALF = 5.9604644775390625e-8;

// Elements may begin at any byte, so pieces of them are copied to where they can be read.
const PIECE_BYTES = 65536;

// What other files begin with, in small letters.
const OTHER_FILES: readonly (readonly [beginning: string, name: string])[] = [
  ['version https://git-lfs', 'a Git LFS pointer, which stands for a file that was not fetched'],
  ['<!doctype', 'HTML'],
  ['<html', 'HTML'],
  ['<?xml', 'XML'],
  ['pk\x03\x04', 'a zip archive, as PyTorch saves in .bin and .pt'],
  ['\x80\x02\x8a', 'a pickle, as old versions of PyTorch saved in .bin and .pt'],
  ['gguf', 'GGUF'],
  ['\x1f\x8b\x08', 'gzip'],
  ['\x93numpy', 'a NumPy array'],
  ['\x89hdf', 'HDF5'],
];

const LENGTH_BYTES = 8;

// Its entry holds text about the tensors, and no tensor.
const METADATA = '__metadata__';

// The depth of the objects in the header: itself and its entries.
const ENTRY_DEPTH = 2;

// PyTorch keeps this one buffer as an integer.
const COUNT = /(^|\.)num_batches_tracked$/;

/**
 * Reads the tensors of a safetensors file.
 *
 * F32, F16, BF16 and F64 become float32. F64 is rounded to the nearest, as PyTorch's
 * `float()` does, and becomes an infinity beyond float32. I64 stays int64, since float32
 * holds whole numbers to 2^24 only.
 *
 * @param bytes the whole file; its dtypes may be F32, F16, BF16, F64 and I64
 * @returns tensors by name, in an object without a prototype
 * @throws TypeError where `bytes` is no Uint8Array or ArrayBuffer; RangeError
 *   where they are no valid file, or a dtype is none of those.
 * @example
 * const weights = readSafetensors(await readFile('model.safetensors'));
 * norm.loadStateDict(weights, { prefix: 'encoder.norm.' });
 */
export function readSafetensors(bytes: Uint8Array | ArrayBuffer): Record<string, AnyTensor> {
  const { header, data } = split(viewOf(bytes));
  const { [METADATA]: metadata, ...named } = header;
  checkMetadata(metadata ?? {});
  const entries = Object.entries(named).map(([name, entry]) => readEntry(name, entry));
  checkOffsets(entries, data.length);
  const tensors: Record<string, AnyTensor> = Object.create(null);
  for (const { name, shape, dtype, offsets } of entries) {
    tensors[name] = new Tensor(dtype.read(data.subarray(...offsets)), shape);
  }
  return tensors;
}

/**
 * Writes tensors as a safetensors file: float32 as F32 and int64 as I64. A float32 tensor
 * by the name of num_batches_tracked is written as I64 too, as PyTorch has it.
 *
 * @throws TypeError where an entry is no tensor, RangeError where one is of the
 *   wrong size.
 * @example
 * await writeFile('norm.safetensors', writeSafetensors(norm.stateDict()));
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, TensorLike<TensorData>>>,
): ReturnType<typeof Uint8Array.of> {
  checkObject(tensors, 'tensors', 'an object of tensors');
  const given = Object.entries(tensors).map(([name, tensor]) => {
    if (name === METADATA) refuseValue('tensors', 'names of tensors', describe(name));
    return { name, ...readAnyTensor(tensor, name) };
  });
  const entries = given.map(({ name, data, shape }) => {
    checkAnyData(data, shape, name);
    const isCount = data instanceof Float32Array && COUNT.test(name);
    return { name, shape, data: isCount ? wholeNumbers(data, name) : data };
  });
  // The widest first, so that every tensor is aligned to its elements.
  entries.sort((a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  let end = 0;
  const header = entries.map(({ name, shape, data }) => {
    const begin = end;
    end += data.byteLength;
    const dtype = data instanceof Float32Array ? 'F32' : 'I64';
    return [name, { dtype, shape, data_offsets: [begin, end] }];
  });
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const start = LENGTH_BYTES + Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(start + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(start - LENGTH_BYTES), true);
  file.fill(0x20, LENGTH_BYTES, start);
  file.set(json, LENGTH_BYTES);
  let at = start;
  for (const { data } of entries) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/** Returns numbers as int64, if they are whole. */
function wholeNumbers(values: Float32Array, name: string): BigInt64Array {
  const whole = new BigInt64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isSafeInteger(value)) refuseValue(name, 'whole numbers', value);
    whole[i] = BigInt(value);
  }
  return whole;
}

function viewOf(bytes: unknown): DataView {
  try {
    return ArrayBuffer.isView(bytes)
      ? new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      : new DataView(bytes as ArrayBuffer);
  } catch {
    // No buffer, or one that was detached.
    refuseKind('bytes', 'a Uint8Array or ArrayBuffer', bytes);
  }
}

/** Splits a file into the header and the bytes of the data. */
function split(view: DataView): {
  readonly header: Readonly<Record<string, unknown>>;
  readonly data: Uint8Array;
} {
  const rest = view.byteLength - LENGTH_BYTES;
  if (rest < 0) {
    refuseOtherFile(view);
    refuseValue('safetensors', 'at least 8 bytes', view.byteLength || 'an empty file');
  }
  const length = view.getBigUint64(0, true);
  if (length > rest) {
    refuseOtherFile(view);
    refuseValue('safetensors', `a header of at most ${rest} bytes`, length);
  }
  const body = new Uint8Array(view.buffer, view.byteOffset + LENGTH_BYTES, rest);
  let text: string;
  let header: unknown;
  try {
    // Of a copy, since browsers decode no text from shared memory.
    text = new TextDecoder('utf-8', { fatal: true }).decode(body.slice(0, Number(length)));
    header = JSON.parse(text);
  } catch {
    refuseOtherFile(view);
    refuseValue('safetensors', 'a header in JSON', 'something else');
  }
  refuseDuplicates(text);
  if (!isObject(header)) refuseValue('safetensors', 'an object as header', describe(header));
  return { header, data: body.subarray(Number(length)) };
}

/** Refuses a file of another kind that can be told by its beginning. */
function refuseOtherFile({ buffer, byteOffset, byteLength }: DataView): void {
  const bytes = new Uint8Array(buffer, byteOffset, Math.min(byteLength, 40));
  const beginning = String.fromCharCode(...bytes)
    .trimStart()
    .toLowerCase();
  const [, name] = OTHER_FILES.find(([start]) => beginning.startsWith(start)) ?? [];
  if (name) refuseValue('safetensors', 'a header and data', `a file that begins like ${name}`);
}

/**
 * Refuses names that an object of the header, or of an entry, has twice: JSON.parse
 * takes the last of them, other readers the first.
 *
 * @param text valid JSON
 */
function refuseDuplicates(text: string): void {
  // The names so far in each object that is open, as far as entries are deep.
  const open: Set<unknown>[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') {
      if (depth < ENTRY_DEPTH) open[depth] = new Set();
      depth++;
    } else if (character === '}' || character === ']') depth--;
    if (character !== '"') continue;
    const start = at;
    at = endOfString(text, start);
    if (depth > ENTRY_DEPTH || !isName(text, at + 1)) continue;
    const name: unknown = JSON.parse(text.slice(start, at + 1));
    const names = open[depth - 1] as Set<unknown>;
    if (names.has(name)) {
      refuseValue(`safetensors ${describe(name)}`, 'one of this name', 'two');
    }
    names.add(name);
  }
}

/** Returns the position of the closing quote of a string in JSON. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** Says whether a colon comes next. */
function isName(text: string, from: number): boolean {
  let at = from;
  while (' \t\n\r'.includes(text[at] ?? ':')) at++;
  return text[at] === ':';
}

interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly offsets: readonly [begin: number, end: number];
}

function readEntry(name: string, entry: unknown): Entry {
  const label = `safetensors ${describe(name)}`;
  if (!isObject(entry)) {
    refuseValue(label, '{ dtype, shape, data_offsets }', describe(entry));
  }
  const { dtype, shape, data_offsets: offsets } = entry;
  const found = DTYPES.get(dtype as string);
  if (found === undefined) {
    refuseValue(label, `a dtype of ${[...DTYPES.keys()].join(', ')}`, describe(dtype));
  }
  const sizes = readSizes(shape, `${label} shape`);
  if (!isOffsets(offsets)) refuseValue(label, 'two data_offsets', describe(offsets));
  return { name, shape: sizes, dtype: found, offsets };
}

function isOffsets(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isSafeInteger);
}

function checkMetadata(metadata: unknown): void {
  const fault = isObject(metadata)
    ? Object.values(metadata).find((text) => typeof text !== 'string')
    : metadata;
  if (fault !== undefined) {
    refuseValue(`safetensors "${METADATA}"`, 'texts by name', describe(fault));
  }
}

/** Reads a shape. In a file only a value can be wrong, so every refusal is a RangeError. */
function readSizes(shape: unknown, label: string): readonly number[] {
  try {
    return readShape(shape, label);
  } catch (error) {
    throw new RangeError((error as Error).message);
  }
}

/** Refuses data with gaps, overlaps or bytes that belong to nothing. */
function checkOffsets(entries: readonly Entry[], length: number): void {
  const inOrder = [...entries].sort(({ offsets: a }, { offsets: b }) => a[0] - b[0] || a[1] - b[1]);
  let at = 0;
  for (const { name, shape, dtype, offsets } of inOrder) {
    const expected = [at, at + sizeOf(shape) * dtype.bytes];
    if (!sameShape(offsets, expected)) {
      refuseValue(
        `safetensors ${describe(name)}`,
        `data from byte ${expected.join(' to ')} for ${describe(shape)}`,
        `data_offsets ${describe(offsets)}`,
      );
    }
    at = offsets[1];
  }
  if (at !== length) refuseValue('safetensors', `${at} bytes of data`, length);
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
