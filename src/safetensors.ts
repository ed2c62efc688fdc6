// The safetensors format: 8 bytes of header length, a JSON header, the data, all
// little-endian. https://github.com/huggingface/safetensors#format

import { describe } from './describe.ts';
import { readShape, sizeOf } from './shape.ts';
import { checkData, readTensor, Tensor, type TensorLike } from './tensor.ts';

interface Dtype {
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => number;
}

const SINGLE: Dtype = { bytes: 4, read: (view, at) => view.getFloat32(at, true) };

const DTYPES: ReadonlyMap<string, Dtype> = new Map<string, Dtype>([
  ['F64', { bytes: 8, read: (view, at) => view.getFloat64(at, true) }],
  ['F32', SINGLE],
  ['F16', { bytes: 2, read: (view, at) => halfToNumber(view.getUint16(at, true)) }],
  ['BF16', { bytes: 2, read: (view, at) => bfloatToNumber(view.getUint16(at, true)) }],
  ['I64', { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) }],
]);

// Where float32 lie in memory as in a file, their bytes are copied: 3.2 MB are written in
// 0.25 instead of 10 ms, and read in 0.5 instead of 3.5.
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

const LENGTH_BYTES = 8;

// Holds no tensor, but text about them.
const METADATA = '__metadata__';

// Objects in the header: itself, and its entries.
const ENTRY_DEPTH = 2;

// PyTorch keeps this one buffer as an integer.
const COUNT = 'num_batches_tracked';

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
  const view = viewOf(bytes);
  const { header, start } = readHeader(view);
  const { [METADATA]: metadata = {}, ...named } = header;
  checkMetadata(metadata);
  const entries = Object.entries(named);
  const tensors: Record<string, Tensor> = Object.create(null);
  const spans = entries.map(([name, entry]) => readEntry(name, entry));
  checkSpans(spans, view.byteLength - start);
  for (const { name, shape, dtype, begin, end } of spans) {
    const data = new Float32Array(sizeOf(shape));
    if (dtype === SINGLE && LITTLE_ENDIAN) {
      bytesOf(data).set(new Uint8Array(view.buffer, view.byteOffset + start + begin, end - begin));
    } else {
      for (let i = 0; i < data.length; i++) {
        data[i] = dtype.read(view, start + begin + i * dtype.bytes);
      }
    }
    tensors[name] = new Tensor(data, shape);
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
  if (tensors === null || typeof tensors !== 'object') {
    throw new TypeError(`tensors: expected an object of tensors, got ${describe(tensors)}`);
  }
  const entries = Object.entries(tensors).map(([name, tensor]) => {
    if (name === METADATA) {
      throw new RangeError(`tensors: expected names of tensors, got ${describe(name)}`);
    }
    const isCount = name === COUNT || name.endsWith(`.${COUNT}`);
    const { data, shape } = readTensor(tensor, name);
    return { name, data, shape, bytes: isCount ? 8 : 4 };
  });
  for (const { name, data, shape, bytes } of entries) {
    checkData(data, shape, `${name}.data`);
    if (bytes === 8) checkCounts(data, name);
  }
  // The widest first, so that every tensor is aligned to its elements.
  entries.sort((a, b) => b.bytes - a.bytes);
  const header: [string, object][] = [];
  let end = 0;
  for (const { name, data, shape, bytes } of entries) {
    const begin = end;
    end += data.length * bytes;
    header.push([name, { dtype: bytes === 8 ? 'I64' : 'F32', shape, data_offsets: [begin, end] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const padded = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(LENGTH_BYTES + padded + end);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(padded), true);
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + padded);
  file.set(json, LENGTH_BYTES);
  let at = LENGTH_BYTES + padded;
  for (const { data, bytes } of entries) {
    if (bytes === 4 && LITTLE_ENDIAN) {
      file.set(bytesOf(data), at);
      at += data.byteLength;
      continue;
    }
    for (const value of data) {
      if (bytes === 8) view.setBigInt64(at, BigInt(value), true);
      else view.setFloat32(at, value, true);
      at += bytes;
    }
  }
  return file;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function checkCounts(data: Float32Array, name: string): void {
  for (const value of data) {
    if (!Number.isSafeInteger(value)) {
      throw new RangeError(`${name}: expected whole numbers, got ${value}`);
    }
  }
}

function viewOf(bytes: unknown): DataView {
  try {
    return ArrayBuffer.isView(bytes)
      ? new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      : new DataView(bytes as ArrayBuffer);
  } catch {
    // No buffer, or one that was detached.
    throw new TypeError(`bytes: expected a Uint8Array or ArrayBuffer, got ${describe(bytes)}`);
  }
}

function readHeader(view: DataView): {
  readonly header: Readonly<Record<string, unknown>>;
  readonly start: number;
} {
  if (view.byteLength < LENGTH_BYTES) {
    throw new RangeError(`safetensors: expected at least 8 bytes, got ${view.byteLength}`);
  }
  const length = view.getBigUint64(0, true);
  const rest = view.byteLength - LENGTH_BYTES;
  if (length > BigInt(rest)) {
    throw new RangeError(`safetensors: expected a header of at most ${rest} bytes, got ${length}`);
  }
  // A copy, since browsers decode no text from shared memory.
  const json = new Uint8Array(view.buffer, view.byteOffset + LENGTH_BYTES, Number(length)).slice();
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(json);
    header = JSON.parse(text);
  } catch {
    throw new RangeError('safetensors: expected a header in JSON, got something else');
  }
  refuseDuplicates(text);
  if (header === null || typeof header !== 'object' || Array.isArray(header)) {
    throw new RangeError(`safetensors: expected an object as header, got ${describe(header)}`);
  }
  return {
    header: header as Readonly<Record<string, unknown>>,
    start: LENGTH_BYTES + Number(length),
  };
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
      throw new RangeError(`safetensors ${describe(name)}: expected one of this name, got two`);
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

interface Span {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly begin: number;
  readonly end: number;
}

function readEntry(name: string, entry: unknown): Span {
  const label = `safetensors ${describe(name)}`;
  if (entry === null || typeof entry !== 'object') {
    throw new RangeError(
      `${label}: expected { dtype, shape, data_offsets }, got ${describe(entry)}`,
    );
  }
  const { dtype, shape, data_offsets } = entry as Readonly<Record<string, unknown>>;
  const found = DTYPES.get(dtype as string);
  if (found === undefined) {
    const known = [...DTYPES.keys()].join(', ');
    throw new RangeError(`${label}: expected a dtype of ${known}, got ${describe(dtype)}`);
  }
  const sizes = readSizes(shape, `${label} shape`);
  const offsets: readonly unknown[] = Array.isArray(data_offsets) ? data_offsets : [];
  const [begin, end] = offsets;
  if (offsets.length !== 2 || !Number.isSafeInteger(begin) || !Number.isSafeInteger(end)) {
    throw new RangeError(`${label}: expected two data_offsets, got ${describe(data_offsets)}`);
  }
  const bytes = sizeOf(sizes) * found.bytes;
  if ((end as number) - (begin as number) !== bytes) {
    throw new RangeError(
      `${label}: expected ${bytes} bytes for ${describe(sizes)}, got data_offsets ${describe(data_offsets)}`,
    );
  }
  return { name, shape: sizes, dtype: found, begin: begin as number, end: end as number };
}

function checkMetadata(metadata: unknown): void {
  const isObject = metadata !== null && typeof metadata === 'object' && !Array.isArray(metadata);
  const fault = isObject
    ? Object.values(metadata).find((text) => typeof text !== 'string')
    : metadata;
  if (isObject && fault === undefined) return;
  throw new RangeError(`safetensors "${METADATA}": expected texts by name, got ${describe(fault)}`);
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
function checkSpans(spans: readonly Span[], length: number): void {
  let at = 0;
  for (const { name, begin, end } of [...spans].sort(
    (a, b) => a.begin - b.begin || a.end - b.end,
  )) {
    if (begin !== at) {
      throw new RangeError(
        `safetensors ${describe(name)}: expected data from byte ${at}, got ${begin}`,
      );
    }
    at = end;
  }
  if (at !== length) {
    throw new RangeError(`safetensors: expected ${at} bytes of data, got ${length}`);
  }
}

/** Returns the value of IEEE 754 binary16 bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const word = new Uint32Array(1);
const single = new Float32Array(word.buffer);

/** Returns the value of bfloat16 bits: the upper half of a float32. */
function bfloatToNumber(bits: number): number {
  word[0] = bits << 16;
  return single[0] as number;
}
