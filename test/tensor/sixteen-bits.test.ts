// float16 and bfloat16, in and out of everything that normalizes.

import { describe, expect, test } from 'vitest';
import {
  Arena,
  adaptiveInstanceNorm,
  BatchNorm,
  batchNorm,
  ChannelMoments,
  InstanceNorm,
  instanceNorm,
  instanceNormBackward,
  LayerNorm,
  layerNorm,
  rmsNorm,
  Tensor,
  type TensorLike,
} from '../../src/index.ts';
import { expectSameBits } from '../support/closeness.ts';
import { normals } from '../support/random.ts';
import { layerNorm as layerNormF64 } from '../support/reference.ts';
import { expectRefusal } from '../support/refusals.ts';
import {
  DTYPES_16,
  type Dtype16,
  nearestBits,
  numberOf,
  rounded,
  tensor16,
  widened,
  zeros16,
} from '../support/sixteen-bits.ts';

const halves = (values: number[], shape: number[] = [1, 1, values.length]) =>
  tensor16(values, shape, 'float16');

const { Float16Array: Float16 } = globalThis as unknown as {
  Float16Array?: new (values: ArrayLike<number>) => Float32Array;
};

describe('a tensor of 16 bits', () => {
  const bits = Uint16Array.of(0x3c00, 0xc000);

  test.each(DTYPES_16)('holds the bits that it was given: %s', (dtype) => {
    const x = new Tensor(bits, [2], { dtype });
    expect([x.data, x.dtype, x.size]).toEqual([bits, dtype, 2]);
    expect(x.data).toBe(bits);
  });

  const refused: [string, () => unknown, ErrorConstructor, string, string][] = [
    ['without a dtype', () => new Tensor(bits, [2]), TypeError, 'dtype', 'undefined'],
    [
      'of float32',
      () => new Tensor(bits, [2], { dtype: 'float32' }),
      TypeError,
      'dtype',
      '"float32"',
    ],
    ['of int64', () => new Tensor(bits, [2], { dtype: 'int64' }), TypeError, 'dtype', '"int64"'],
    [
      'in a Float32Array',
      () => new Tensor(new Float32Array(2), [2], { dtype: 'float16' }),
      TypeError,
      'dtype',
      '"float16"',
    ],
    ['of another size', () => new Tensor(bits, [3], { dtype: 'float16' }), RangeError, 'data', '2'],
    [
      'x without a dtype',
      () => instanceNorm({ data: bits, shape: [1, 1, 2] }),
      TypeError,
      'x.dtype',
      'undefined',
    ],
    [
      'x of uint16, as onnxruntime has it',
      () => instanceNorm({ data: bits, dims: [1, 1, 2], type: 'uint16' }),
      TypeError,
      'x.dtype',
      '"uint16"',
    ],
    [
      'a weight without a dtype',
      () => instanceNorm(halves([1, 2]), { weight: Uint16Array.of(1) as never }),
      TypeError,
      'weight',
      'a value of type Uint16Array',
    ],
    [
      'a weight of another size',
      () => instanceNorm(halves([1, 2]), { weight: halves([1, 2]) }),
      RangeError,
      'weight',
      '2',
    ],
    [
      'running statistics, which would lose what they gather',
      () => batchNorm(halves([1, 2]), { training: true, runningMean: halves([1]) as never }),
      TypeError,
      'runningMean',
      'float16',
    ],
  ];
  test.each(refused)('is refused %s', (_, call, kind, argument, got) => {
    expectRefusal(call, kind, argument, got);
  });

  test('is refused as out where it overlaps x or a weight, whatever the dtypes', () => {
    const memory = new Uint16Array(16);
    const x = { data: memory.subarray(0, 4), shape: [1, 2, 2], dtype: 'float16' };
    const calls: (() => unknown)[] = [
      () => instanceNorm(x, { out: { ...x, data: memory.subarray(1, 5) } }),
      () =>
        instanceNorm(x, { out: { data: new Float32Array(memory.buffer, 0, 4), shape: x.shape } }),
      () =>
        instanceNorm(
          { data: new Float32Array(memory.buffer, 0, 4), shape: x.shape },
          { out: { ...x, data: memory.subarray(4, 8) } },
        ),
      () =>
        instanceNorm(x, {
          weight: new Tensor(memory.subarray(2, 4), [2], { dtype: 'float16' }),
          out: x,
        }),
    ];
    for (const call of calls) expectRefusal(call, RangeError, 'out', 'bytes ');
  });

  test('is refused once a getter has detached it', () => {
    const data = new Uint16Array(4);
    const x = {
      data,
      shape: [1, 1, 4],
      get dtype() {
        structuredClone(data, { transfer: [data.buffer] });
        return 'float16';
      },
    };
    expectRefusal(() => instanceNorm(x), RangeError, 'x.data', '0');
  });
});

describe('a result', () => {
  const values = normals(24, 1, 3, 2);
  const shape = [2, 3, 4];

  test.each(DTYPES_16)('has the dtype of x, or that of out, and is rounded once: %s', (dtype) => {
    const x = tensor16(values, shape, dtype);
    const wide = new Tensor(widened(x.data, dtype), shape);
    const expected = instanceNorm(wide);
    const y = instanceNorm(x);
    expect([y.dtype, y.data.constructor]).toEqual([dtype, Uint16Array]);
    expect(y.data).toEqual(rounded(expected.data, dtype));
    const out = new Tensor(new Float32Array(24), shape);
    expect(instanceNorm(x, { out })).toBe(out);
    expectSameBits(out.data, expected.data);
    for (const other of DTYPES_16) {
      const given = zeros16(shape, other);
      expect(instanceNorm(x, { out: given })).toBe(given);
      expect(given.data).toEqual(rounded(expected.data, other));
      expect(instanceNorm(wide, { out: zeros16(shape, other) }).data).toEqual(given.data);
    }
  });

  test('has the data of out where that is no Tensor', () => {
    const data = new Uint16Array(4);
    const y = instanceNorm(new Tensor(Float32Array.of(1, 2, 3, 4), [1, 1, 4]), {
      out: { data, dims: [1, 1, 4], type: 'bfloat16' },
    });
    expect(y.dtype).toBe('bfloat16');
    expect([y.data.buffer, y.data.byteOffset]).toEqual([data.buffer, 0]);
    expect(numberOf(data[3] as number, 'bfloat16')).toBeCloseTo(1.34, 2);
  });

  test('of a layer, and its gradient, have the dtype of x', () => {
    const layer = new InstanceNorm(3, { affine: true });
    const x = tensor16(values, shape, 'bfloat16');
    const y = layer.forward(x);
    expect(y.dtype).toBe('bfloat16');
    const { input, weight } = layer.backward(y);
    expect(input.dtype).toBe('bfloat16');
    expect(weight).toBeInstanceOf(Float32Array);
    const mixed = instanceNormBackward(new Tensor(normals(24, 2), shape), x);
    expect(mixed.input.dtype).toBe('bfloat16');
  });

  test.runIf(Float16)('of a Float16Array is a Float16Array', () => {
    const Float16Array = Float16 as NonNullable<typeof Float16>;
    const data = new Float16Array([1, 2, 3, 5]);
    for (const x of [new Tensor(data, [1, 1, 4]), { data, dims: [1, 1, 4], type: 'float16' }]) {
      const y = instanceNorm(x);
      expect([y.dtype, y.data.constructor]).toEqual(['float16', Float16Array]);
      expect(new Uint16Array(y.data.buffer)).toEqual(instanceNorm(halves([1, 2, 3, 5])).data);
    }
    const out = new Float16Array([0, 0, 0, 0]);
    expect(
      instanceNorm(halves([1, 2, 3, 5]), { out: { data: out, dims: [1, 1, 4] } }).data,
    ).toEqual(out);
    const arena = new Arena(1024);
    expect(arena.tensor(new Tensor(data, [4])).data).toEqual(data);
    expect(arena.tensor(new Tensor(data, [4]), { dtype: 'float16' }).data.constructor).toBe(
      Uint16Array,
    );
  });
});

describe('an arena', () => {
  test('holds 16 bits as they are, and converts from and to any dtype', () => {
    const arena = new Arena(1024);
    const bits = Uint16Array.of(0x3c00, 0xc000, 0x7c01);
    const x = arena.tensor({ data: bits, shape: [3], dtype: 'float16' });
    expect([x.dtype, x.data.buffer.byteLength > 1024, arena.used]).toEqual(['float16', true, 64]);
    expect(x.data).toEqual(bits);
    expect(arena.tensor([40], { dtype: 'bfloat16' }).data).toEqual(new Uint16Array(40));
    expect(arena.used).toBe(192);
    const wide = arena.tensor(x, { dtype: 'float32' });
    expect([...wide.data]).toEqual([1, -2, Number.NaN]);
    expect([...arena.tensor(wide, { dtype: 'bfloat16' }).data]).toEqual([0x3f80, 0xc000, 0xffff]);
    expect(arena.tensor([2], { dtype: 'float32' }).dtype).toBe('float32');
  });

  test('refuses other dtypes, and what it has no space for by its bytes', () => {
    const arena = new Arena(64);
    const tensor = (options: object) => () => arena.tensor([1], options as never);
    expectRefusal(tensor({ dtype: 'int64' }), RangeError, 'dtype', '"int64"');
    expectRefusal(tensor({ dtype: 16 }), TypeError, 'dtype', '16');
    expectRefusal(tensor({ type: 'float16' }), TypeError, 'options', '"type"');
    expect(() => arena.tensor([33], { dtype: 'float16' })).toThrow(
      'arena: [33] needs 66 bytes, but 64 of 64 are left',
    );
    expect(arena.tensor([32], { dtype: 'float16' }).size).toBe(32);
  });
});

// Public bug reports; the right values by float64.
describe('what others met', () => {
  test('statistics that overflow or lose digits in 16 bits (mlx#4228, onnxruntime#17692)', () => {
    const numbers = (y: Tensor<Uint16Array>) => [...widened(y.data, 'float16')];
    expect(numbers(instanceNorm(halves([-512, 512, -512, 512])))).toEqual([-1, 1, -1, 1]);
    expect(numbers(instanceNorm(halves([60000, 60032, 60000, 60032])))).toEqual([-1, 1, -1, 1]);
    expect(numbers(rmsNorm(halves([256, 256]), 2, { eps: 0 }))).toEqual([1, 1]);
    const running = { runningMean: new Float32Array(1), runningVar: Float32Array.of(1e6) };
    expect(numbers(batchNorm(halves([1000, -1000], [2, 1]), running))).toEqual([1, -1]);
    const ones = tensor16(new Float32Array(768).fill(1), [1, 1, 768], 'bfloat16');
    const moments = new ChannelMoments(1).update(ones);
    expect([moments.count, moments.mean[0], moments.variance()[0]]).toEqual([768, 1, 0]);
  });

  test('a value rounded before the weight (Hugging Face, ONNX in two stages: 3f96 4396)', () => {
    const weight = halves([3, 3], [2]);
    const y = rmsNorm(halves([1, 2], [1, 2]), 2, { weight, eps: 1e-6 });
    expect([...y.data]).toEqual([0x3f97, 0x4397]);
  });

  test.each<[Dtype16, number, number, number]>([
    ['float16', 2 ** -11 + 2 ** -30, 0x3c01, 0x3c00],
    ['bfloat16', 2 ** -8 + 2 ** -31, 0x3f81, 0x3f80],
  ])('a sum that is a tie only as float32 (boa#5237): %s', (dtype, bias, once, twice) => {
    expect(nearestBits(1 + bias, dtype)).toBe(once);
    const biases = new Float32Array(2).fill(bias);
    const y = layerNorm(tensor16([-1, 1], [2], dtype), 2, { eps: 0, bias: biases });
    // The stated exception: the float32 between is the tie, whose even neighbour is the other one.
    expect(y.data[1]).toBe(twice);
  });
});

test.each(DTYPES_16)(
  'a result is the float64 result rounded, but where that is as near to a tie as float32 allows: %s',
  (dtype) => {
    const shape = [64, 512];
    const x = tensor16(normals(64 * 512, 7, 0.5, 2), shape, dtype);
    const expected = layerNormF64(widened(x.data, dtype), [512], { eps: 1e-5 });
    const { data } = layerNorm(x, 512);
    let differ = 0;
    data.forEach((half, i) => {
      const exact = expected[i] as number;
      const error = 2 ** -22 * Math.max(1, Math.abs(exact));
      const allowed = [exact - error, exact, exact + error].map((value) =>
        nearestBits(value, dtype),
      );
      if (!allowed.includes(half)) expect.fail(`element ${i}: ${half} for ${exact}`);
      if (half !== nearestBits(exact, dtype)) differ++;
    });
    // One in 5,000 of float16, and in 36,000 of bfloat16.
    expect(differ).toBeLessThan(20);
  },
);

test('style transfer takes any dtypes, and alpha 0 gives the content bit for bit', () => {
  const content = tensor16(normals(24, 3), [2, 3, 4], 'float16');
  content.data[5] = 0x7d01;
  const style: TensorLike = new Tensor(normals(18, 4, 5, 2), [1, 3, 6]);
  expect(adaptiveInstanceNorm(content, style, { alpha: 0 }).data).toEqual(content.data);
  const clean = tensor16(normals(24, 3), [2, 3, 4], 'bfloat16');
  const wide = new Tensor(widened(clean.data, 'bfloat16'), [2, 3, 4]);
  const expected = adaptiveInstanceNorm(wide, style);
  expect(adaptiveInstanceNorm(clean, style).data).toEqual(rounded(expected.data, 'bfloat16'));
  expectSameBits(
    adaptiveInstanceNorm(clean, style, { alpha: 0, out: zerosLike(wide) }).data,
    wide.data,
  );
});

function zerosLike({ shape, size }: Tensor): Tensor {
  return new Tensor(new Float32Array(size), shape);
}

test('a layer loads weights and counts of 16 bits, and keeps them in float32', () => {
  const weight = normals(6, 5);
  const layer = new LayerNorm(6);
  for (const dtype of DTYPES_16) {
    layer.loadStateDict({ weight: tensor16(weight, [6], dtype), bias: zeros16([6], dtype) });
    expectSameBits(layer.weight as Float32Array, widened(rounded(weight, dtype), dtype));
  }
  const norm = new BatchNorm(1);
  const one = halves([1], [1]);
  const state = { weight: one, bias: one, running_mean: one, running_var: one };
  norm.loadStateDict({ ...state, num_batches_tracked: halves([7], []) });
  expect(norm.numBatchesTracked).toBe(7);
  // Into a field that was replaced by a tensor of 16 bits.
  const replaced = zeros16([6], 'bfloat16');
  Object.assign(layer, { weight: replaced });
  layer.loadStateDict({ weight: new Tensor(weight, [6]), bias: zeros16([6], 'float16') });
  expect(replaced.data).toEqual(rounded(weight, 'bfloat16'));
  expectSameBits(layer.stateDict().weight?.data, widened(replaced.data, 'bfloat16'));
});
