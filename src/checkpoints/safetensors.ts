// The safetensors format: 8 bytes of header length, a JSON header, the data, all
// little-endian. https://github.com/huggingface/safetensors#format

import { describe, isObject } from '../checks/describe.ts';
import { checkObject, refuseKind, refuseValue } from '../checks/refuse.ts';
import { readShape, sameShape, sizeOf } from '../tensor/shape.ts';
import { checkData, readTensor, Tensor, type TensorLike } from '../tensor/tensor.ts';

interface Dtype {
  readonly bytes: number;
  readonly read: (buffer: ArrayBuffer) => Float32Array;
}

// By typed arrays, which are little-endian as the file is, wherever the kernels work:
// those share such arrays with WebAssembly.
const DTYPES: ReadonlyMap<string, Dtype> = new Map<string, Dtype>([
  ['F64', { bytes: 8, read: (buffer) => new Float32Array(new Float64Array(buffer)) }],
  ['F32', { bytes: 4, read: (buffer) => new Float32Array(buffer) }],
  ['F16', { bytes: 2, read: (buffer) => Float32Array.from(new Uint16Array(buffer), ofHalf) }],
  ['BF16', { bytes: 2, read: (buffer) => ofUpperHalves(new Uint16Array(buffer)) }],
  ['I64', { bytes: 8, read: (buffer) => Float32Array.from(new BigInt64Array(buffer), Number) }],
]);

const LENGTH_BYTES = 8;

// Holds no tensor, but text about them.
const METADATA = '__metadata__';

// Objects in the header: itself, and its entries.
const ENTRY_DEPTH = 2;

// PyTorch keeps this one buffer as an integer.
const COUNT = /(^|\.)num_batches_tracked$/;

/**
 * Reads the tensors of a safetensors file, each converted to float32.
 *
 * @param bytes the whole file; its dtypes may be F32, F16, BF16, F64 and I64
 * @returns tensors by name, in an object without a prototype
 * @throws TypeError where `bytes` is no Uint8Array or ArrayBuffer; RangeError
 *   where they are no valid file, or a dtype is none of those.
 * @example
 * const weights = readSafetensors(await readFile('model.safetensors'));
 * norm.loadStateDict(weights, { prefix: 'encoder.norm.' });
 */
export function readSafetensors(bytes: Uint8Array | ArrayBuffer): Record<string, Tensor> {
  const { header, data } = split(viewOf(bytes));
  const { [METADATA]: metadata = {}, ...named } = header;
  checkMetadata(metadata);
  const entries = Object.entries(named).map(([name, entry]) => readEntry(name, entry));
  checkOffsets(entries, data.length);
  const tensors: Record<string, Tensor> = Object.create(null);
  for (const { name, shape, dtype, offsets } of entries) {
    tensors[name] = new Tensor(dtype.read(data.slice(...offsets).buffer), shape);
  }
  return tensors;
}

/**
 * Writes tensors as a safetensors file: F32, and I64 for num_batches_tracked.
 *
 * @throws TypeError where an entry is no tensor, RangeError where one is of the
 *   wrong size.
 * @example
 * await writeFile('norm.safetensors', writeSafetensors(norm.stateDict()));
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, TensorLike>>,
): Uint8Array<ArrayBuffer> {
  checkObject(tensors, 'tensors', 'an object of tensors');
  const entries = Object.entries(tensors).map(([name, tensor]) => {
    if (name === METADATA) refuseValue('tensors', 'names of tensors', describe(name));
    return { name, isCount: COUNT.test(name), ...readTensor(tensor, name) };
  });
  for (const { name, data, shape, isCount } of entries) {
    checkData(data, shape, name);
    if (isCount) checkCounts(data, name);
  }
  // The widest first, so that every tensor is aligned to its elements.
  entries.sort((a, b) => Number(b.isCount) - Number(a.isCount));
  const header: [string, object][] = [];
  const parts: (Float32Array | BigInt64Array)[] = [];
  let end = 0;
  for (const { name, data, shape, isCount } of entries) {
    const part = isCount ? BigInt64Array.from(data, BigInt) : data;
    const begin = end;
    end += part.byteLength;
    parts.push(part);
    header.push([name, { dtype: isCount ? 'I64' : 'F32', shape, data_offsets: [begin, end] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const padded = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(LENGTH_BYTES + padded + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.fill(0x20, LENGTH_BYTES);
  file.set(json, LENGTH_BYTES);
  let at = LENGTH_BYTES + padded;
  for (const { buffer, byteOffset, byteLength } of parts) {
    file.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return file;
}

function checkCounts(data: Float32Array, name: string): void {
  for (const value of data) {
    if (!Number.isSafeInteger(value)) refuseValue(name, 'whole numbers', value);
  }
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

/** Parts a file into the header and the bytes of the data. */
function split(view: DataView): {
  readonly header: Readonly<Record<string, unknown>>;
  readonly data: Uint8Array;
} {
  const rest = view.byteLength - LENGTH_BYTES;
  if (rest < 0) refuseValue('safetensors', 'at least 8 bytes', view.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > rest) refuseValue('safetensors', `a header of at most ${rest} bytes`, length);
  const body = new Uint8Array(view.buffer, view.byteOffset + LENGTH_BYTES, rest);
  let text: string;
  let header: unknown;
  try {
    // Of a copy, since browsers decode no text from shared memory.
    text = new TextDecoder('utf-8', { fatal: true }).decode(body.slice(0, Number(length)));
    header = JSON.parse(text);
  } catch {
    refuseValue('safetensors', 'a header in JSON', 'something else');
  }
  refuseDuplicates(text);
  if (!isObject(header)) refuseValue('safetensors', 'an object as header', describe(header));
  return { header, data: body.subarray(Number(length)) };
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

/** Reads a shape, of which in a file nothing but the value can be wrong. */
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

/** Returns the value of IEEE 754 binary16 bits. */
function ofHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** Returns the values of bfloat16 bits: the upper halves of float32. */
function ofUpperHalves(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (half) => half << 16).buffer);
}
