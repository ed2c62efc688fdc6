import { describe } from '../checks/describe.ts';
import { checkOptions } from '../checks/options.ts';
import { checkObject, refuseKind, refuseValue } from '../checks/refuse.ts';
import type { Elements } from '../memory/elements.ts';
import { checkLength, readAnyTensor, type TensorData, type TensorLike } from '../tensor/tensor.ts';
import { LENGTH_BYTES, METADATA, type Metadata } from './safetensors-header.ts';

/** Options of {@link writeSafetensors}. */
export interface WriteSafetensorsOptions {
  /**
   * Texts about the tensors, by name, such as `{ format: 'pt' }`; null: none. By default those
   * that `readSafetensors` found beside the tensors.
   */
  readonly metadata?: Metadata | null | undefined;
}

// PyTorch keeps this one buffer as an integer.
const COUNT = /(^|\.)num_batches_tracked$/;

/**
 * Writes tensors as a safetensors file: float32 as F32, float16 as F16, bfloat16 as BF16 and
 * int64 as I64. A float32 tensor by the name of num_batches_tracked is written as I64 too, as
 * PyTorch has it.
 *
 * @throws TypeError where an entry is no tensor, or a text of the metadata is none; RangeError
 *   where a tensor is of the wrong size.
 * @example
 * import { writeFile } from 'node:fs/promises';
 * import { BatchNorm, writeSafetensors } from 'wasm-norm';
 *
 * await writeFile('norm.safetensors', writeSafetensors(new BatchNorm(64).stateDict()));
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, TensorLike<TensorData>>>,
  options: WriteSafetensorsOptions = {},
): ReturnType<typeof Uint8Array.of> {
  checkObject(tensors, 'tensors', 'an object of tensors');
  checkOptions(options, ['metadata']);
  const { metadata = foundMetadata(tensors) } = options;
  const texts = readMetadata(metadata);
  const given = Object.entries(tensors).map(([name, tensor]) => {
    if (name === METADATA) refuseValue('tensors', 'names of tensors', describe(name));
    return { name, ...readAnyTensor(tensor, name) };
  });
  const entries = given.map(({ name, data, shape }) => {
    checkLength(data, shape, name);
    const isCount = data instanceof Float32Array && COUNT.test(name);
    return { name, shape, data: isCount ? wholeNumbers(data, name) : data };
  });
  // The widest first, so that every tensor is aligned to its elements.
  entries.sort((a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  let end = 0;
  const header = entries.map(({ name, shape, data }) => {
    const begin = end;
    end += data.byteLength;
    return [name, { dtype: dtypeOf(data), shape, data_offsets: [begin, end] }];
  });
  const all = Object.fromEntries(texts === null ? header : [[METADATA, texts], ...header]);
  const json = new TextEncoder().encode(JSON.stringify(all));
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

/** Returns what `readSafetensors` put beside the tensors. An enumerable entry is none of that. */
function foundMetadata(tensors: object): unknown {
  const property = Object.getOwnPropertyDescriptor(tensors, METADATA);
  return property?.enumerable === false ? property.value : null;
}

/** Copies metadata, reading each text once. */
function readMetadata(metadata: unknown): Metadata | null {
  if (metadata === null) return null;
  checkObject(metadata, 'metadata', 'an object of texts');
  const entries = Object.entries(metadata);
  for (const [, text] of entries) {
    if (typeof text !== 'string') refuseKind('metadata', 'texts', text);
  }
  return Object.fromEntries(entries) as Metadata;
}

/** Returns the format's name of a dtype. */
function dtypeOf(data: Elements | BigInt64Array): string {
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof BigInt64Array) return 'I64';
  return data.dtype === 'float16' ? 'F16' : 'BF16';
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
