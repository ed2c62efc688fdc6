import { describe } from '../checks/describe.ts';
import { checkOptions } from '../checks/options.ts';
import { checkObject, refuseKind, refuseValue } from '../checks/refuse.ts';
import type { AnyTensor } from '../tensor/tensor.ts';
import { checkDtypes, checkKey } from './read-safetensors.ts';
import { checkReadable, type KeptDtypes, tensorOfBytes } from './safetensors-dtypes.ts';
import {
  type Entry,
  FIRST_BYTES,
  headerLength,
  LENGTH_BYTES,
  labelOf,
  readHeader,
} from './safetensors-header.ts';

/** Bytes that are read part by part: a Blob, a File, or anything with these two. */
export interface SliceableFile {
  /** The number of bytes. */
  readonly size: number;
  /** Returns the bytes from `start` to before `end`. */
  slice(start: number, end: number): FileSlice;
}

/** Bytes of a file that are still to be read. */
export interface FileSlice {
  /** Reads them into a new buffer. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What a file `*.safetensors.index.json` holds, after JSON.parse. */
export interface SafetensorsIndex {
  /** What it says beside the names. */
  readonly metadata?: unknown;
  /** The name of the file of each tensor. */
  readonly weight_map: Readonly<Record<string, string>>;
}

/** What the file says of a tensor. */
export interface TensorInfo {
  /** The format's name of the dtype, such as 'BF16'. */
  readonly dtype: string;
  /** The sizes. */
  readonly shape: readonly number[];
  /** The bytes that it takes in the file. */
  readonly byteLength: number;
}

/** An open file, or several by their index. */
export interface OpenSafetensors {
  /** What the file, or the index, says beside tensors; empty where it says nothing. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Returns the names of all tensors: of an index those that it lists, and no others. */
  keys(): string[];
  /**
   * Tells about a tensor without reading it.
   *
   * @throws RangeError where there is none of this name, as {@link read} does.
   */
  info(key: string): Promise<TensorInfo>;
  /**
   * Reads a tensor.
   *
   * @throws RangeError where there is none of this name, its dtype can't be read, or its file
   *   is absent, lacks it or is no valid one; Error where its file can't be opened.
   */
  read(key: string): Promise<AnyTensor>;
}

/** Options of {@link openSafetensors}. */
export interface OpenSafetensorsOptions {
  /** What becomes of F16 and BF16, as for `readSafetensors`. */
  readonly dtypes?: KeptDtypes | undefined;
}

/** Returns a file by its name, or nothing where it is absent. */
export type FileOf = (
  fileName: string,
) => SliceableFile | null | undefined | Promise<SliceableFile | null | undefined>;

/**
 * Opens a checkpoint of several files by its index. Each file is opened when the first of
 * its tensors is asked for. What a file holds and the index does not list is not seen.
 *
 * @param index what `model.safetensors.index.json` holds, after JSON.parse
 * @param fileOf returns a file by the name that the index has for it
 * @throws TypeError where `index` or `fileOf` is of the wrong kind.
 * @example
 * import { openSafetensors, Tensor, writeSafetensors } from 'wasm-norm';
 *
 * // Of a file there: await readFile(name), and await openAsBlob(name).
 * const index = { weight_map: { 'norm.weight': 'model-1.safetensors' } };
 * const part = writeSafetensors({ 'norm.weight': new Tensor(Float32Array.of(2, 3), [2]) });
 * const model = await openSafetensors(index, () => new Blob([part]));
 * console.log((await model.read('norm.weight')).data); // 2, 3
 */
export function openSafetensors(
  index: SafetensorsIndex,
  fileOf: FileOf,
  options?: OpenSafetensorsOptions,
): Promise<OpenSafetensors>;
/**
 * Opens a safetensors file, of which then only the tensors asked for are read. It may have
 * more than 4 GiB.
 *
 * @param file a Blob, a File, what `fs.openAsBlob` gives, or anything with `size` and `slice`
 * @throws TypeError where `file` is nothing of these; RangeError where it is no valid file.
 * @example
 * import { openSafetensors, Tensor, writeSafetensors } from 'wasm-norm';
 *
 * // Or await openAsBlob('model.safetensors').
 * const blob = new Blob([writeSafetensors({ weight: new Tensor(Float32Array.of(2, 3), [2]) })]);
 * const file = await openSafetensors(blob);
 * console.log((await file.read('weight')).data); // 2, 3
 */
export function openSafetensors(
  file: SliceableFile,
  options?: OpenSafetensorsOptions,
): Promise<OpenSafetensors>;
export async function openSafetensors(
  source: SliceableFile | SafetensorsIndex,
  second: FileOf | OpenSafetensorsOptions = {},
  third: OpenSafetensorsOptions = {},
): Promise<OpenSafetensors> {
  const fileOf = typeof second === 'function' ? second : null;
  const options = typeof second === 'function' ? third : second;
  checkOptions(options, ['dtypes']);
  const { dtypes = 'float32' } = options;
  checkDtypes(dtypes);
  if (fileOf) return openIndex(source, fileOf, dtypes);
  const { entries, metadata, bytesOf } = await openFile(source);
  return checkpointOf(metadata, [...entries.keys()], dtypes, async (key) => ({
    entry: entries.get(key) as Entry,
    bytesOf,
  }));
}

/** A file whose header was read. */
interface OpenFile {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Reads the bytes of a tensor. */
  readonly bytesOf: (entry: Entry) => Promise<Uint8Array>;
}

async function openFile(source: unknown): Promise<OpenFile> {
  checkFile(source, 'file');
  const { size } = source;
  const bytes = async (start: number, end: number): Promise<Uint8Array> => {
    const read = new Uint8Array(await source.slice(start, end).arrayBuffer());
    const expected = end - start;
    if (read.length !== expected) refuseValue('safetensors', `${expected} bytes`, read.length);
    return read;
  };
  const first = await bytes(0, Math.min(size, FIRST_BYTES));
  const start = LENGTH_BYTES + headerLength(first, size);
  const header = readHeader(first, await bytes(LENGTH_BYTES, start), size - start);
  return {
    entries: new Map(header.entries.map((entry) => [entry.name, entry])),
    metadata: header.metadata ?? {},
    bytesOf: ({ offsets: [begin, end] }) => bytes(start + begin, start + end),
  };
}

/** Opens what an index lists. */
function openIndex(source: unknown, fileOf: FileOf, dtypes: KeptDtypes): OpenSafetensors {
  checkObject(source, 'index', 'an index of safetensors files');
  const { weight_map: map, metadata } = source;
  checkObject(map, 'index.weight_map', 'names of files by names of tensors');
  const names = new Map(Object.entries(map));
  const files = new Map<string, Promise<OpenFile>>();
  const open = (name: string, key: string): Promise<OpenFile> => {
    const known = files.get(name);
    if (known) return known;
    const file = openShard(name, key, fileOf);
    files.set(name, file);
    // Whoever asks again tries again.
    file.catch(() => files.delete(name));
    return file;
  };
  const texts = (metadata ?? {}) as Readonly<Record<string, unknown>>;
  return checkpointOf(texts, [...names.keys()], dtypes, async (key) => {
    const name = names.get(key);
    if (typeof name !== 'string') refuseKind(`index.weight_map ${describe(key)}`, 'a name', name);
    const { entries, bytesOf } = await open(name, key);
    const entry = entries.get(key);
    if (entry === undefined) {
      refuseValue(labelOf(key), `a tensor in ${describe(name)}, as the index says`, 'none');
    }
    return { entry, bytesOf };
  });
}

/** Opens the file of a tensor; errors say which. */
async function openShard(name: string, key: string, fileOf: FileOf): Promise<OpenFile> {
  const label = `${labelOf(key)} in ${describe(name)}`;
  try {
    const file = await fileOf(name);
    if (file === null || file === undefined) refuseValue(label, 'a file', String(file));
    return await openFile(file);
  } catch (cause) {
    const { message } = cause as Error;
    if (message.startsWith(label)) throw cause;
    const Kind = cause instanceof RangeError ? RangeError : Error;
    throw new Kind(`${label}: ${message}`, { cause });
  }
}

function checkFile(value: unknown, name: string): asserts value is SliceableFile {
  const { size, slice } = (value ?? {}) as Partial<Record<keyof SliceableFile, unknown>>;
  if (typeof slice !== 'function' || typeof size !== 'number') {
    refuseKind(name, 'a Blob, or anything with size and slice', value);
  }
  if (!Number.isSafeInteger(size) || size < 0) {
    refuseValue(`${name}.size`, 'a number of bytes', size);
  }
}

/** Makes what a user is given. */
function checkpointOf(
  metadata: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  dtypes: KeptDtypes,
  find: (key: string) => Promise<Pick<OpenFile, 'bytesOf'> & { readonly entry: Entry }>,
): OpenSafetensors {
  const names = new Set(keys);
  return {
    metadata,
    keys: () => [...keys],
    async info(key) {
      checkKey(key, names, 'key');
      const { entry } = await find(key);
      const { dtype, shape, offsets } = entry;
      return { dtype, shape, byteLength: offsets[1] - offsets[0] };
    },
    async read(key) {
      checkKey(key, names, 'key');
      const { entry, bytesOf } = await find(key);
      checkReadable(entry.dtype, labelOf(key));
      return tensorOfBytes(entry.dtype, entry.shape, await bytesOf(entry), dtypes);
    },
  };
}
