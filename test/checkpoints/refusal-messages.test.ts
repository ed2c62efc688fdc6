import { expect, test } from 'vitest';
import {
  BatchNorm,
  InstanceNorm,
  openSafetensors,
  readSafetensors,
  Tensor,
  writeSafetensors,
} from '../../src/index.ts';
import { testMessages } from '../support/refusals.ts';

const any = (value: unknown): never => value as never;
const ones = (...shape: number[]): Tensor =>
  new Tensor(new Float32Array(shape.reduce((size, n) => size * n, 1)).fill(1), shape);

/** Makes a file of a header, or of bytes in place of one, and of data. */
function fileOf(header: unknown, dataLength = 0): Uint8Array<ArrayBuffer> {
  const json =
    header instanceof Uint8Array ? header : new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + dataLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  return file;
}

const entry = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
const reading = (header: unknown) => () => readSafetensors(fileOf(header, 4));
const state = writeSafetensors({ weight: ones(2), bias: ones(2) });

testMessages('of files', [
  ['bytes: expected a Uint8Array or ArrayBuffer, got 3', () => readSafetensors(any(3))],
  [
    'keys: expected an array of names, or a function, got "weight"',
    () => readSafetensors(state, { keys: any('weight') }),
  ],
  ['keys: expected the name of a tensor, got 3', () => readSafetensors(state, { keys: any([3]) })],
  [
    'keys: expected the name of a tensor in the file, got "weigth"; did you mean "weight"?',
    () => readSafetensors(state, { keys: ['weigth'] }),
  ],
  [
    'keys: expected the name of a tensor in the file, got "optimizer"',
    () => readSafetensors(state, { keys: ['optimizer'] }),
  ],
  [
    'safetensors: expected a header and data, got a file that begins like a zip archive, as ' +
      'PyTorch saves in .bin and .pt',
    () => readSafetensors(new TextEncoder().encode('PK\x03\x04 and what follows')),
  ],
  [
    'safetensors: expected a header in JSON, got something else',
    reading(new TextEncoder().encode('{')),
  ],
  [
    'safetensors: expected a header in JSON, got NUL bytes at its end',
    reading(new TextEncoder().encode('{}\0')),
  ],
  // A byte that is no UTF-8, inside a name.
  [
    'safetensors: expected a header in JSON, got something else',
    reading(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)),
  ],
  ['safetensors: expected an object as header, got [1, 2]', reading([1, 2])],
  [
    'safetensors "__metadata__": expected texts by name, got 3',
    reading({ __metadata__: { a: 3 }, x: entry }),
  ],
  ['safetensors "x": expected { dtype, shape, data_offsets }, got 3', reading({ x: 3 })],
  ['safetensors "x": expected the name of a dtype, got 3', reading({ x: { ...entry, dtype: 3 } })],
  [
    'safetensors "x": expected two data_offsets, got [0]',
    reading({ x: { ...entry, data_offsets: [0] } }),
  ],
  [
    'safetensors "x": expected two data_offsets, got [0, string]',
    reading({ x: { ...entry, data_offsets: [0, '4'] } }),
  ],
  [
    'safetensors "x": expected one of this name, got two',
    reading(new TextEncoder().encode(`{"x":${JSON.stringify(entry)},"x":1}`)),
  ],
  [
    'tensors: expected names of tensors, got "__metadata__"',
    () => writeSafetensors({ __metadata__: ones(1) }),
  ],
  ['metadata: expected texts, got 3', () => writeSafetensors({}, { metadata: any({ epoch: 3 }) })],
  [
    'num_batches_tracked: expected whole numbers, got 0.5',
    () => writeSafetensors({ num_batches_tracked: new Tensor(Float32Array.of(0.5), []) }),
  ],
]);

const plain = () => new InstanceNorm(2, { affine: true });

testMessages('of state dicts', [
  ['stateDict: expected an object of tensors, got 3', () => plain().loadStateDict(any(3))],
  ['prefix: expected a string, got 3', () => plain().loadStateDict({}, { prefix: any(3) })],
  [
    'stateDict: expected weight, bias, got missing "bias"',
    () => plain().loadStateDict({ weight: ones(2) }),
  ],
  [
    'stateDict: expected no keys, got unexpected "weight"',
    () => new InstanceNorm(2).loadStateDict({ weight: ones(2) }),
  ],
  // A wrong shape alone draws no hint.
  [
    'stateDict: expected weight, bias, got "weight" of shape [3] instead of [2]',
    () => plain().loadStateDict({ weight: ones(3), bias: ones(2) }),
  ],
  [
    'stateDict: expected weight, bias, got "weight" of shape [3] instead of [2]',
    () => plain().loadStateDict({ weight: ones(3), biases: ones(2) }, { strict: false }),
  ],
  [
    'stateDict: expected weight, bias, got missing "weight"; missing "bias"; ' +
      'unexpected "norm.weight"; unexpected "norm.bias"; did you mean the prefix "norm."?',
    () => plain().loadStateDict({ 'norm.weight': ones(2), 'norm.bias': ones(2) }),
  ],
  [
    'stateDict: expected weight, bias, got missing "bias"; unexpected "biass"; did you mean "biass"?',
    () => plain().loadStateDict({ weight: ones(2), biass: ones(2) }),
  ],
  // num_batches_tracked may be absent, under the prefix that is meant too.
  [
    'stateDict: expected bn.weight, bn.bias, bn.running_mean, bn.running_var, ' +
      'bn.num_batches_tracked, got missing "bn.weight"; missing "bn.bias"; ' +
      'missing "bn.running_mean"; missing "bn.running_var"; did you mean the prefix "bn1."?',
    () =>
      new BatchNorm(2).loadStateDict(
        {
          'bn1.weight': ones(2),
          'bn1.bias': ones(2),
          'bn1.running_mean': ones(2),
          'bn1.running_var': ones(2),
        },
        { prefix: 'bn.' },
      ),
  ],
]);

test('the refusal of an index, of a file and of its size say what was expected', async () => {
  const opening = (source: unknown, files?: unknown) => openSafetensors(any(source), any(files));
  const noFile = () => null;
  await expect(opening(3, noFile)).rejects.toThrow(
    'index: expected an index of safetensors files, got 3',
  );
  await expect(opening({ weight_map: 3 }, noFile)).rejects.toThrow(
    'index.weight_map: expected names of files by names of tensors, got 3',
  );
  const nameless = await opening({ weight_map: { x: 3 } }, noFile);
  await expect(nameless.read('x')).rejects.toThrow('index.weight_map "x": expected a name, got 3');
  await expect(opening({ size: 3 })).rejects.toThrow(
    'file: expected a Blob, or anything with size and slice, got',
  );
  const slice = () => new Blob();
  await expect(opening({ size: -1, slice })).rejects.toThrow(
    'file.size: expected a number of bytes, got -1',
  );
});

test('the refusal of a shard names it once and keeps its cause', async () => {
  const label = 'safetensors "x" in "a.safetensors"';
  const opened = (file: unknown) =>
    openSafetensors(
      { weight_map: { x: 'a.safetensors' } },
      any(() => file),
    ).then((index) => index.read('x'));
  for (const none of [null, undefined]) {
    await expect(opened(none)).rejects.toThrow(
      new RangeError(`${label}: expected a file, got ${none}`),
    );
  }
  const error: unknown = await opened(new Blob(['no tensors in here'])).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(RangeError);
  const { message, cause } = error as Error;
  expect(message).toBe(`${label}: ${(cause as Error).message}`);
});

test('reads all where keys are null', () => {
  expect(Object.keys(readSafetensors(state, { keys: any(null) }))).toEqual(['weight', 'bias']);
});
