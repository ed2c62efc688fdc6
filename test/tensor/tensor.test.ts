import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import {
  Arena,
  instanceNorm,
  instanceNormBackward,
  Tensor,
  type TensorLike,
} from '../../src/index.ts';
import { expectSameBits } from '../support/closeness.ts';
import { normals } from '../support/random.ts';
import { expectRefusal } from '../support/refusals.ts';

describe('Tensor', () => {
  test('is its data, not copied, with a shape, which ONNX runtimes call dims', () => {
    const data = normals(24, 1);
    const x = new Tensor(data, [2, 3, 4]);
    expect(x.data).toBe(data);
    expect(x.shape).toEqual([2, 3, 4]);
    expect(x.dims).toBe(x.shape);
    expect(x.size).toBe(24);
  });

  test('keeps a copy of the shape, which nobody can change', () => {
    const shape = [2, 3];
    const x = new Tensor(new Float32Array(6), shape);
    shape[0] = 100;
    expect(x.shape).toEqual([2, 3]);
    expect(() => {
      (x.shape as number[])[0] = 7;
    }).toThrow(TypeError);
  });

  test('can be a scalar, and can be empty', () => {
    expect(new Tensor(new Float32Array(1), []).size).toBe(1);
    expect(new Tensor(new Float32Array(0), [3, 0, 2]).size).toBe(0);
  });

  test('takes data over shared memory and at an offset', () => {
    const shared = new Float32Array(new SharedArrayBuffer(24));
    expect(new Tensor(shared, [6]).data).toBe(shared);
    const view = new Float32Array(10).subarray(4);
    expect(new Tensor(view, [6]).data).toBe(view);
  });

  test('has the dtype of its data', () => {
    expect(new Tensor(new Float32Array(1), []).dtype).toBe('float32');
    expect(new Tensor(new BigInt64Array(1), [], { dtype: 'int64' }).dtype).toBe('int64');
    const x = new Tensor(BigInt64Array.of(1n, 2n), [2, 1]);
    expect([x.dtype, x.size, x.data[1]]).toEqual(['int64', 2, 2n]);
    expect(instanceNorm(new Tensor(normals(4, 1), [1, 1, 4])).dtype).toBe('float32');
  });

  test.each<[string, unknown, ErrorConstructor, string, string]>([
    ['a dtype of other data', { dtype: 'int64' }, TypeError, 'dtype', '"int64"'],
    ['a dtype that it does not know', { dtype: 'float64' }, TypeError, 'dtype', '"float64"'],
    ['an unknown option', { type: 'float32' }, TypeError, 'options', '"type"'],
    ['a name for options', 'float32', TypeError, 'options', '"float32"'],
  ])('refuses %s', (_, options, kind, argument, got) => {
    const make = () => new Tensor(new Float32Array(1), [], options as never);
    expectRefusal(make, kind, argument, got);
  });

  const six = new Float32Array(6);
  const refused: [string, unknown, unknown, ErrorConstructor, string, string][] = [
    ['no data', undefined, [1], TypeError, 'data', 'undefined'],
    ['an array for data', [1, 2], [2], TypeError, 'data', '[1, 2]'],
    ['a buffer for data', six.buffer, [6], TypeError, 'data', 'a value of type ArrayBuffer'],
    ['bytes for data', new Uint8Array(6), [6], TypeError, 'data', 'a value of type Uint8Array'],
    ['bits of no dtype', new Uint16Array(6), [6], TypeError, 'dtype', 'undefined'],
    ['no shape', six, undefined, TypeError, 'shape', 'undefined'],
    ['a number for a shape', six, 6, TypeError, 'shape', '6'],
    [
      'a typed array for a shape',
      six,
      Int32Array.of(6),
      TypeError,
      'shape',
      'a value of type Int32Array',
    ],
    ['a string for a size', six, ['6'], TypeError, 'shape', '"6" at position 0'],
    ['a bigint for a size', six, [2, 3n], TypeError, 'shape', '3n at position 1'],
    ['a hole in a shape', six, new Array(2), TypeError, 'shape', 'undefined at position 0'],
    ['a negative size', six, [-6], RangeError, 'shape', '-6 at position 0'],
    ['a broken size', six, [4, 1.5], RangeError, 'shape', '1.5 at position 1'],
    [
      'an infinite size',
      six,
      [Number.POSITIVE_INFINITY],
      RangeError,
      'shape',
      'Infinity at position 0',
    ],
    ['too large a shape', six, [2 ** 30, 2 ** 30], RangeError, 'shape', '[1073741824, 1073741824]'],
    ['a shape of fewer elements', six, [5], RangeError, 'data', '6'],
    ['a shape of more elements', six, [2, 2, 2], RangeError, 'data', '6'],
    ['an empty shape of no scalar', six, [], RangeError, 'data', '6'],
  ];
  test.each(refused)('refuses %s', (_, data, shape, kind, argument, got) => {
    expectRefusal(() => new Tensor(data as never, shape as never), kind, argument, got);
  });

  test('refuses data that was transferred away', () => {
    const data = new Float32Array(6);
    structuredClone(data, { transfer: [data.buffer] });
    expectRefusal(() => new Tensor(data, [6]), RangeError, 'data', '0');
  });
});

describe('anything shaped like a tensor', () => {
  const values = normals(24, 2);
  const expected = instanceNorm(new Tensor(values, [2, 3, 4])).data;

  const alike: Record<string, TensorLike> = {
    'an object with a shape': { data: values, shape: [2, 3, 4] },
    'an object with dims': { data: values, dims: [2, 3, 4] },
    'an object with getters': {
      get data() {
        return values;
      },
      get dims() {
        return [2, 3, 4];
      },
    },
    'a tensor of another realm': runInNewContext(
      '({ data: new Float32Array(values), shape: [2, 3, 4] })',
      { values: [...values] },
    ),
  };
  test.each(Object.entries(alike))('is accepted: %s', (_, x) => {
    const y = instanceNorm(x);
    expect(y).toBeInstanceOf(Tensor);
    expect(y.shape).toEqual([2, 3, 4]);
    expectSameBits(y.data, expected);
  });

  test('of dtype int64 is refused where numbers are taken', () => {
    const whole = new Tensor(new BigInt64Array(24), [2, 3, 4]) as never;
    const x = new Tensor(values.slice(), [2, 3, 4]);
    const weight = new Tensor(new BigInt64Array(3), [3]) as never;
    const calls: [() => unknown, string][] = [
      [() => instanceNorm(whole), 'x'],
      [() => instanceNorm({ data: new BigInt64Array(24), dims: [2, 3, 4] } as never), 'x'],
      [() => instanceNorm(x, { out: whole }), 'out'],
      [() => instanceNorm(x, { weight, out: x }), 'weight'],
      [() => instanceNormBackward(whole, x, { out: x }), 'gradOutput'],
      [() => new Arena(1024).tensor(whole), 'source'],
    ];
    for (const [call, argument] of calls) {
      expectRefusal(call, TypeError, argument, 'int64', [x.data]);
      expect(call).toThrow(
        `${argument}: expected a tensor of dtype float32, float16 or bfloat16, got int64`,
      );
    }
  });

  test('is read once, so that it cannot change between check and use', () => {
    let reads = 0;
    const x = {
      get data() {
        reads++;
        return reads === 1 ? values : new Float32Array(1);
      },
      shape: [2, 3, 4],
    };
    expectSameBits(instanceNorm(x).data, expected);
    expect(reads).toBe(1);
  });

  test('is checked again if something else was put into a Tensor', () => {
    const of = (put: object) => Object.assign(new Tensor(values, [2, 3, 4]), put) as TensorLike;
    expect(instanceNorm(of({ shape: [1, 6, 4] })).shape).toEqual([1, 6, 4]);
    const refusal = (x: TensorLike, kind: ErrorConstructor, argument: string, got: string) =>
      expectRefusal(() => instanceNorm(x), kind, argument, got);
    refusal(of({ shape: [2, 3, 5] }), RangeError, 'x.data', '24');
    refusal(of({ shape: [2, 3, -4] }), RangeError, 'x.shape', '-4 at position 2');
    refusal(of({ data: [1] }), TypeError, 'x.data', '[1]');
    refusal(Object.create(Tensor.prototype), TypeError, 'x', 'a value of type Object');
  });

  test('shares memory with another by what is in it, not by what it was made with', () => {
    const shape = [1, 2, 4];
    const all = new Float32Array(12).map((_, i) => i * i);
    const [x, out] = [
      new Tensor(all.subarray(0, 8), shape),
      new Tensor(new Float32Array(8), shape),
    ];
    // Asked for their buffers once, they remember them.
    const y = instanceNorm(x, { out }).data.slice();
    expectSameBits(instanceNormBackward(x, x, { out }).input.data, out.data);
    Object.assign(out, { data: all.subarray(4) });
    const refusal = (call: () => unknown, got: string) =>
      expectRefusal(call, RangeError, 'out', got, [all]);
    refusal(() => instanceNorm(x, { out }), 'bytes 16 to 48');
    refusal(() => instanceNormBackward(out, new Tensor(y, shape), { out: x }), 'bytes 0 to 32');
    Object.assign(x, { data: all.slice(0, 8) });
    expectSameBits(instanceNorm(x, { out }).data, y);
  });
});
