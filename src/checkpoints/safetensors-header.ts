// The safetensors format: 8 bytes of header length, a JSON header, the data, all
// little-endian. https://github.com/huggingface/safetensors#format

import { describe, isObject } from '../checks/describe.ts';
import { refuseValue } from '../checks/refuse.ts';
import { readShape, sameShape, sizeOf } from '../tensor/shape.ts';
import { BEGINNING, refuseOtherFile } from './other-files.ts';
import { BITS } from './safetensors-dtypes.ts';
import { refuseDuplicates } from './unique-names.ts';

/** The bytes before the header, which hold its length. */
export const LENGTH_BYTES = 8;

/** The bytes of a file that {@link headerLength} looks at. */
export const FIRST_BYTES: number = BEGINNING;

/** The name of the entry that holds text about the tensors, and no tensor. */
export const METADATA = '__metadata__';

// As the format says. Who reads a damaged file piece by piece must not take it whole.
const LONGEST_HEADER = 100_000_000;

/** Texts about the tensors of a file, by name. */
export type Metadata = Readonly<Record<string, string>>;

/** A tensor of a file. */
export interface Entry {
  readonly name: string;
  /** The format's name of it, which may be one that is not known here. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Where its bytes are, counted from the first byte of the data. */
  readonly offsets: readonly [begin: number, end: number];
}

/** What a file says of its tensors. */
export interface Header {
  readonly entries: readonly Entry[];
  /** Null where there is none. */
  readonly metadata: Metadata | null;
}

/**
 * Returns the bytes of the header.
 *
 * @param first the first bytes of the file
 * @param size the bytes of the whole file
 * @throws RangeError where the file can't have such a header.
 */
export function headerLength(first: Uint8Array, size: number): number {
  const rest = size - LENGTH_BYTES;
  if (rest < 0) {
    refuseOtherFile(first);
    refuseValue('safetensors', 'at least 8 bytes', size || 'an empty file');
  }
  const { buffer, byteOffset } = first;
  const length = new DataView(buffer, byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  const most = Math.min(rest, LONGEST_HEADER);
  if (length > most) {
    refuseOtherFile(first);
    refuseValue('safetensors', `a header of at most ${most} bytes`, length);
  }
  return Number(length);
}

/**
 * Reads the header of a file.
 *
 * @param first the first bytes of the file
 * @param json the bytes of the header
 * @param dataLength how many bytes follow it
 * @throws RangeError where it is no valid header, or not that of so many bytes of data.
 */
export function readHeader(first: Uint8Array, json: Uint8Array, dataLength: number): Header {
  let text: string;
  let header: unknown;
  try {
    // Of a copy, since browsers decode no text from shared memory.
    text = new TextDecoder('utf-8', { fatal: true }).decode(json.slice());
    header = JSON.parse(text);
  } catch {
    refuseOtherFile(first);
    const got = json.at(-1) === 0 ? 'NUL bytes at its end' : 'something else';
    refuseValue('safetensors', 'a header in JSON', got);
  }
  refuseDuplicates(text);
  if (!isObject(header)) refuseValue('safetensors', 'an object as header', describe(header));
  const { [METADATA]: metadata, ...named } = header;
  checkMetadata(metadata ?? {});
  const entries = Object.entries(named).map(([name, entry]) => readEntry(name, entry));
  checkOffsets(entries, dataLength);
  return { entries, metadata: (metadata ?? null) as Metadata | null };
}

/** Says which tensor an error is about. */
export function labelOf(name: string): string {
  return `safetensors ${describe(name)}`;
}

function checkMetadata(metadata: unknown): void {
  const fault = isObject(metadata)
    ? Object.values(metadata).find((text) => typeof text !== 'string')
    : metadata;
  if (fault !== undefined) {
    refuseValue(labelOf(METADATA), 'texts by name', describe(fault));
  }
}

function readEntry(name: string, entry: unknown): Entry {
  const label = labelOf(name);
  if (!isObject(entry)) {
    refuseValue(label, '{ dtype, shape, data_offsets }', describe(entry));
  }
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string') refuseValue(label, 'the name of a dtype', describe(dtype));
  const sizes = readSizes(shape, `${label} shape`);
  if (!isOffsets(offsets)) refuseValue(label, 'two data_offsets', describe(offsets));
  return { name, dtype, shape: sizes, offsets };
}

function isOffsets(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isSafeInteger);
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
    const bits = BITS.get(dtype);
    // Of a dtype that the format has got since, only the file knows the size.
    const bytes = bits === undefined ? Math.max(0, offsets[1] - at) : (sizeOf(shape) * bits) / 8;
    const expected = [at, at + bytes];
    if (!sameShape(offsets, expected)) {
      refuseValue(
        labelOf(name),
        `data from byte ${expected.join(' to ')} for ${describe(shape)}`,
        `data_offsets ${describe(offsets)}`,
      );
    }
    at = offsets[1];
  }
  if (at !== length) refuseValue('safetensors', `${at} bytes of data`, length);
}
