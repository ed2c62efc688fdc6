import { describe, expect, test } from 'vitest';
import {
  LayerNorm,
  readSafetensors,
  type SafetensorsDict,
  Tensor,
  writeSafetensors,
} from '../../src/index.ts';
import { expectSameBits } from '../support/closeness.ts';
import { normals } from '../support/random.ts';
import { expectRefusal } from '../support/refusals.ts';
import { headerOf } from '../support/safetensors-files.ts';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

describe('writeSafetensors', () => {
  test('writes what readSafetensors reads, to the bit', () => {
    const special = Float32Array.of(nan, infinity, -infinity, -0, 1e-45, 3.4028234663852886e38);
    const tensors = {
      weight: new Tensor(normals(6, 2), [2, 3]),
      special: new Tensor(special, [6]),
      scalar: new Tensor(Float32Array.of(5), []),
      empty: new Tensor(new Float32Array(0), [0, 3]),
      'Größe "\n': new Tensor(normals(1, 3), [1]),
    };
    const read = readSafetensors(writeSafetensors(tensors));
    expect(Object.keys(read).sort()).toEqual(Object.keys(tensors).sort());
    for (const [name, { shape, data }] of Object.entries(tensors)) {
      expect(read[name]?.shape).toEqual(shape);
      expectSameBits(read[name]?.data as Float32Array, data);
    }
  });

  test('writes int64 to the last digit', () => {
    const whole = BigInt64Array.of(0n, -1n, 2n ** 24n + 1n, 2n ** 63n - 1n, -(2n ** 63n), 5n);
    const tensors = {
      positions: new Tensor(whole, [2, 3]),
      num_batches_tracked: new Tensor(BigInt64Array.of(2n ** 40n + 1n), []),
      'of ONNX': { data: BigInt64Array.of(7n), dims: [1] },
      weight: new Tensor(normals(3, 9), [3]),
    };
    expect({ ...readSafetensors(writeSafetensors(tensors)) }).toEqual({
      ...tensors,
      'of ONNX': new Tensor(BigInt64Array.of(7n), [1]),
    });
  });

  test('writes num_batches_tracked and int64 as I64, and everything else as F32', () => {
    const one = new Tensor(Float32Array.of(1), [1]);
    const file = writeSafetensors({
      'a.num_batches_tracked': one,
      num_batches_tracked: one,
      a_num_batches_tracked: one,
      weight: one,
      positions: new Tensor(BigInt64Array.of(1n), [1]),
    });
    const { num_batches_tracked, weight } = readSafetensors(file);
    expect(num_batches_tracked).toEqual(new Tensor(BigInt64Array.of(1n), [1]));
    expect(weight).toEqual(one);
    const dtypes = Object.entries(headerOf(file)).map(([name, entry]) => [
      name,
      (entry as { dtype: string }).dtype,
    ]);
    expect(Object.fromEntries(dtypes)).toEqual({
      'a.num_batches_tracked': 'I64',
      num_batches_tracked: 'I64',
      a_num_batches_tracked: 'F32',
      weight: 'F32',
      positions: 'I64',
    });
  });

  test('writes tensors of 16 bits as F16 and BF16, bit for bit', () => {
    const bits = Uint16Array.from({ length: 1000 }, (_, i) => 66 * i);
    const dict = {
      half: new Tensor(bits, [40, 25], { dtype: 'float16' }),
      brain: new Tensor(bits, [1000], { dtype: 'bfloat16' }),
      'of ONNX': { data: bits, dims: [1000], type: 'float16' },
    };
    const file = writeSafetensors(dict);
    const found = Object.entries(headerOf(file)).map(([name, entry]) => [
      name,
      (entry as { dtype: string }).dtype,
    ]);
    expect(Object.fromEntries(found)).toEqual({ half: 'F16', brain: 'BF16', 'of ONNX': 'F16' });
    expect({ ...readSafetensors(file, { dtypes: 'keep' }) }).toEqual({
      ...dict,
      'of ONNX': new Tensor(bits, [1000], { dtype: 'float16' }),
    });
  });

  test('writes metadata, also those that were read, and those of the option before them', () => {
    const texts = { format: 'pt', 'Größe "': '3\n', __proto__x: '' };
    const file = writeSafetensors({}, { metadata: texts });
    expect(headerOf(file)).toEqual({ __metadata__: texts });
    const read = readSafetensors(file);
    expect(Object.keys(read)).toEqual([]);
    expect((read as SafetensorsDict).__metadata__).toEqual(texts);
    expect(writeSafetensors(read)).toEqual(file);
    expect(headerOf(writeSafetensors(read, { metadata: null }))).toEqual({});
    expect(headerOf(writeSafetensors(read, { metadata: { a: 'b' } }))).toEqual({
      __metadata__: { a: 'b' },
    });
    expect((readSafetensors(writeSafetensors({})) as SafetensorsDict).__metadata__).toBe(undefined);
  });

  test.each<[string, unknown, string, string]>([
    ['a text', 'pt', 'metadata', '"pt"'],
    ['a list', ['pt'], 'metadata', '[string]'],
    ['a number by name', { epoch: 3 }, 'metadata', '3'],
  ])('refuses %s for metadata', (_, metadata, argument, got) => {
    const call = () => writeSafetensors({}, { metadata: metadata as never });
    expectRefusal(call, TypeError, argument, got);
  });

  test('refuses an option that it does not know', () => {
    expectRefusal(
      () => writeSafetensors({}, { meta: {} } as never),
      TypeError,
      'options',
      '"meta"',
    );
  });

  test('aligns the data of each tensor to its elements', () => {
    for (let length = 1; length <= 9; length++) {
      const name = 'x'.repeat(length);
      const file = writeSafetensors({
        [name]: new Tensor(normals(3, 4), [3]),
        num_batches_tracked: new Tensor(Float32Array.of(1), []),
      });
      const header = new DataView(file.buffer).getUint32(0, true);
      expect(header % 8).toBe(0);
      const count = new BigInt64Array(file.buffer, 8 + header, 1);
      const values = new Float32Array(file.buffer, 16 + header, 3);
      expect(count[0]).toBe(1n);
      expectSameBits(values, normals(3, 4));
    }
  });

  test('takes anything shaped like a tensor, and no tensors at all', () => {
    const file = writeSafetensors({ x: { data: Float32Array.of(1, 2), dims: [1, 2] } });
    expect(readSafetensors(file).x).toEqual(new Tensor(Float32Array.of(1, 2), [1, 2]));
    expect({ ...readSafetensors(writeSafetensors({})) }).toEqual({});
  });

  test('writes a tensor named __proto__ like any other', () => {
    const source = Object.fromEntries([['__proto__', new Tensor(Float32Array.of(6), [1])]]);
    const read = Object.entries(readSafetensors(writeSafetensors(source)));
    expect(read).toEqual(Object.entries(source));
  });

  const refused: [string, unknown, ErrorConstructor, string, string][] = [
    ['nothing', undefined, TypeError, 'tensors', 'undefined'],
    ['null', null, TypeError, 'tensors', 'null'],
    ['bare data', { x: Float32Array.of(1) }, TypeError, 'x', 'a value of type Float32Array'],
    ['a layer for its state', new LayerNorm(2), TypeError, 'axes', 'null'],
    ['too little data', { x: { data: normals(2, 5), shape: [3] } }, RangeError, 'x.data', '2'],
    [
      'the name that the format reserves',
      { __metadata__: new Tensor(Float32Array.of(1), [1]) },
      RangeError,
      'tensors',
      '"__metadata__"',
    ],
  ];
  test.each(refused)('refuses %s', (_, tensors, kind, argument, got) => {
    expectRefusal(() => writeSafetensors(tensors as never), kind, argument, got);
  });

  test.each([nan, infinity, 2 ** 63, 2.5])(
    'refuses %d batches, which no integer of 64 bits holds',
    (count) => {
      const tensors = { num_batches_tracked: new Tensor(Float32Array.of(count), []) };
      expectRefusal(() => writeSafetensors(tensors), RangeError, 'num_batches_tracked', `${count}`);
    },
  );
});
