import { describe } from '../checks/describe.ts';
import { nearest } from '../checks/nearest.ts';
import { checkOneOf, checkOptions } from '../checks/options.ts';
import { refuseKind, refuseValue } from '../checks/refuse.ts';
import type { AnyTensor } from '../tensor/tensor.ts';
import { checkReadable, isReadable, type KeptDtypes, tensorOfBytes } from './safetensors-dtypes.ts';
import {
  type Entry,
  FIRST_BYTES,
  headerLength,
  LENGTH_BYTES,
  labelOf,
  METADATA,
  type Metadata,
  readHeader,
} from './safetensors-header.ts';

/**
 * What {@link readSafetensors} returns, for who reads the metadata:
 * `(tensors as SafetensorsDict).__metadata__`. It is a property that is not enumerable, so no
 * loop over the tensors meets it, and `writeSafetensors` takes it along. It is absent where the
 * file has none. The format lets no tensor have its name.
 */
export type SafetensorsDict = Record<string, AnyTensor> & {
  /** Texts about the tensors, by name. */
  readonly __metadata__?: Metadata;
};

/** Options of {@link readSafetensors}. */
export interface ReadSafetensorsOptions {
  /** The tensors to read: their names, or what says so of a name; all by default. */
  readonly keys?: readonly string[] | ((name: string) => unknown) | undefined;
  /**
   * What becomes of F16 and BF16: float32 (the default), or with 'keep' tensors of dtype
   * float16 and bfloat16 over a Uint16Array.
   */
  readonly dtypes?: KeptDtypes | undefined;
  /** Whether tensors of dtypes that no tensor here can hold are refused (the default) or left out. */
  readonly unknown?: 'refuse' | 'skip' | undefined;
}

// How a refusal says what would help.
const HINT = " (keys, or unknown: 'skip', leave others out)";

/**
 * Reads the tensors of a safetensors file.
 *
 * F32, F16, BF16 and F64 become float32. F64 is rounded to the nearest, as PyTorch's
 * `float()` does, and becomes an infinity beyond float32. I64 stays int64, since float32
 * holds whole numbers to 2^24 only. A file may hold any other dtypes, such as BOOL or
 * F8_E4M3: only who asks for such a tensor is refused.
 *
 * @param bytes the whole file; for a part of a large one see {@link openSafetensors}
 * @returns tensors by name, in an object without a prototype, with the file's metadata as
 *   {@link SafetensorsDict} says
 * @throws TypeError where `bytes` is no Uint8Array or ArrayBuffer, or an option of the wrong
 *   kind; RangeError where they are no valid file, a dtype can't be read, or a key is absent.
 * @example
 * import { BatchNorm, readSafetensors, Tensor, writeSafetensors } from 'wasm-norm';
 *
 * // Or await readFile('model.safetensors').
 * const bytes = writeSafetensors({ 'encoder.norm.weight': new Tensor(Float32Array.of(2, 3), [2]) });
 * const weights = readSafetensors(bytes);
 * const norm = new BatchNorm(2);
 * norm.loadStateDict(weights, { prefix: 'encoder.norm.', strict: false });
 * console.log(norm.weight); // 2, 3
 */
export function readSafetensors(
  bytes: Uint8Array | ArrayBuffer,
  options: ReadSafetensorsOptions = {},
): Record<string, AnyTensor> {
  checkOptions(options, ['keys', 'dtypes', 'unknown']);
  const { keys, dtypes = 'float32', unknown = 'refuse' } = options;
  checkDtypes(dtypes);
  checkOneOf(unknown, 'unknown', ['refuse', 'skip']);
  const file = viewOf(bytes);
  const first = file.subarray(0, FIRST_BYTES);
  const start = LENGTH_BYTES + headerLength(first, file.length);
  const { entries, metadata } = readHeader(
    first,
    file.subarray(LENGTH_BYTES, start),
    file.length - start,
  );
  const tensors: Record<string, AnyTensor> = Object.create(null);
  for (const { name, shape, dtype, offsets } of choose(entries, keys)) {
    if (unknown === 'skip' && !isReadable(dtype)) continue;
    checkReadable(dtype, labelOf(name), HINT);
    const [begin, end] = offsets;
    tensors[name] = tensorOfBytes(dtype, shape, file.subarray(start + begin, start + end), dtypes);
  }
  if (metadata !== null) Object.defineProperty(tensors, METADATA, { value: metadata });
  return tensors;
}

export function checkDtypes(value: unknown): asserts value is KeptDtypes {
  checkOneOf(value, 'dtypes', ['float32', 'keep']);
}

function viewOf(bytes: unknown): Uint8Array {
  try {
    return ArrayBuffer.isView(bytes)
      ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      : new Uint8Array(new DataView(bytes as ArrayBuffer).buffer);
  } catch {
    // No buffer, or one that was detached.
    refuseKind('bytes', 'a Uint8Array or ArrayBuffer', bytes);
  }
}

/** Returns the entries that were asked for, in the order of the file. */
function choose(entries: readonly Entry[], keys: ReadSafetensorsOptions['keys']): readonly Entry[] {
  if (keys === undefined || keys === null) return entries;
  if (typeof keys === 'function') return entries.filter(({ name }) => keys(name));
  if (!Array.isArray(keys)) refuseKind('keys', 'an array of names, or a function', keys);
  const names = new Set(entries.map(({ name }) => name));
  for (const key of keys) checkKey(key, names, 'keys');
  const wanted = new Set(keys);
  return entries.filter(({ name }) => wanted.has(name));
}

/** Refuses a key that is no name of a tensor. */
export function checkKey(key: unknown, names: ReadonlySet<string>, argument: string): void {
  if (typeof key !== 'string') refuseKind(argument, 'the name of a tensor', key);
  if (names.has(key)) return;
  const near = nearest(key, [...names]);
  const hint = near === undefined ? '' : `; did you mean ${describe(near)}?`;
  refuseValue(argument, 'the name of a tensor in the file', `${describe(key)}${hint}`);
}
