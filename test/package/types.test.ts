// Types that users rely on. `tsc -p test` checks them; at run time there is little to test.

import { describe, expectTypeOf, test } from 'vitest';
import {
  type AnyTensor,
  Arena,
  BatchNorm,
  type BatchNormOptions,
  type Float16Data,
  type Folded,
  foldBatchNorm,
  type Gradients,
  InstanceNorm,
  type InstanceNormOptions,
  instanceNorm,
  instanceNormBackward,
  type LoadStateDictOptions,
  layerNorm,
  readSafetensors,
  Tensor,
  type TensorLike,
  tensorToImage,
  writeSafetensors,
} from '../../src/index.ts';

const x = new Tensor(new Float32Array(8), [1, 2, 4]);
const count = new Tensor(BigInt64Array.of(1n), []);
const norm = new BatchNorm(2);
const file = writeSafetensors(norm.stateDict());

describe('a tensor', () => {
  test('of float32 is one type, whatever the buffer of its data', () => {
    expectTypeOf(x).toEqualTypeOf<Tensor>();
    expectTypeOf(new Tensor(new Float32Array(new SharedArrayBuffer(4)), [])).toEqualTypeOf(x);
    expectTypeOf(instanceNorm(x)).toEqualTypeOf(x);
    expectTypeOf(x.data).toEqualTypeOf<Float32Array>();
  });

  test('of int64 has data of that type, and is taken by no normalization', () => {
    expectTypeOf(count.data).toExtend<BigInt64Array>();
    expectTypeOf(count).toExtend<Tensor<BigInt64Array>>();
    expectTypeOf(count).not.toExtend<TensorLike>();
    expectTypeOf(count).not.toExtend<Tensor>();
    expectTypeOf(count).toExtend<TensorLike<BigInt64Array>>();
  });

  test('says its dtype', () => {
    expectTypeOf(x.dtype).toEqualTypeOf<'float32' | 'float16' | 'bfloat16' | 'int64'>();
  });
});

describe('a tensor of 16 bits', () => {
  const half = new Tensor(new Uint16Array(8), [1, 2, 4], { dtype: 'float16' });
  const options: InstanceNormOptions = { eps: 1e-3 };
  // As TypeScript knows it with a newer lib.
  const array = new Uint16Array(8) as unknown as Float16Data;

  test('gives a result of its own data, or of that of out', () => {
    expectTypeOf(instanceNorm(half)).toEqualTypeOf<Tensor<Uint16Array>>();
    expectTypeOf(instanceNorm(half, { eps: 0, out: x })).toEqualTypeOf<Tensor>();
    expectTypeOf(instanceNorm(x, { out: half })).toEqualTypeOf<Tensor<Uint16Array>>();
    expectTypeOf(new BatchNorm(2).forward(half)).toEqualTypeOf<Tensor<Uint16Array>>();
    expectTypeOf(new BatchNorm(2).forward(half, { out: x })).toEqualTypeOf<Tensor>();
    const ofArray = { data: array, dims: [1, 2, 4], type: 'float16' };
    expectTypeOf(instanceNorm(ofArray)).toEqualTypeOf<Tensor<Float16Data>>();
    expectTypeOf(instanceNormBackward(half, half)).toEqualTypeOf<Gradients<Uint16Array>>();
    expectTypeOf(instanceNormBackward(half, x)).toEqualTypeOf<Gradients>();
  });

  test('leaves results of float32 as they were', () => {
    const result: Float32Array = instanceNorm(x, options).data;
    expectTypeOf(result).toExtend<Float32Array>();
    let y = instanceNorm({ data: new Float32Array(8), shape: [1, 2, 4] });
    y = norm.forward(y);
    expectTypeOf(y).toEqualTypeOf<Tensor>();
    expectTypeOf(norm.backward(y)).toEqualTypeOf<Gradients>();
  });

  test('lies in an arena', () => {
    const arena = new Arena(1024);
    expectTypeOf(arena.tensor([8])).toEqualTypeOf<Tensor>();
    expectTypeOf(arena.tensor(x)).toEqualTypeOf<Tensor>();
    expectTypeOf(arena.tensor(half)).toEqualTypeOf<Tensor<Uint16Array>>();
    expectTypeOf(arena.tensor(half, { dtype: 'float32' })).toEqualTypeOf<Tensor>();
    expectTypeOf(arena.tensor([8], { dtype: 'bfloat16' })).toEqualTypeOf<Tensor<Uint16Array>>();
  });
});

test('a folded layer has the dtype of its weight', () => {
  const weight = new Tensor(new Uint16Array(4), [2, 2], { dtype: 'bfloat16' });
  expectTypeOf(foldBatchNorm(norm, { weight })).toEqualTypeOf<Folded<Uint16Array>>();
  const wide = new Tensor(new Float32Array(8), [2, 4]);
  expectTypeOf(foldBatchNorm(norm, { weight: wide }).bias).toEqualTypeOf<Tensor>();
});

describe('a dictionary', () => {
  test('gives data without a cast', () => {
    for (const dict of [norm.stateDict(), readSafetensors(file)]) {
      expectTypeOf(dict).toEqualTypeOf<Record<string, AnyTensor>>();
      const weight: Float32Array | undefined = dict.weight?.data;
      const batches: BigInt64Array | undefined = dict.num_batches_tracked?.data;
      expectTypeOf(weight).toExtend<Float32Array | undefined>();
      expectTypeOf(batches).toExtend<BigInt64Array | undefined>();
    }
  });

  test('is written to bytes that a Blob takes, and an image has pixels that ImageData takes', () => {
    expectTypeOf(file).toEqualTypeOf<Uint8Array<ArrayBuffer>>();
    const { data } = tensorToImage(new Tensor(new Float32Array(3), [1, 3, 1, 1]));
    expectTypeOf(data).toEqualTypeOf<Uint8ClampedArray<ArrayBuffer>>();
  });

  test('of any tensors is loaded and written', () => {
    type Dict = Parameters<BatchNorm['loadStateDict']>[0];
    expectTypeOf<Record<string, Tensor>>().toExtend<Dict>();
    expectTypeOf<{ weight: Tensor; num_batches_tracked: Tensor<BigInt64Array> }>().toExtend<Dict>();
    expectTypeOf<Parameters<typeof writeSafetensors>[0]>().toEqualTypeOf<Dict>();
    expectTypeOf(norm.loadStateDict).parameter(1).toEqualTypeOf<LoadStateDictOptions | undefined>();
  });
});

describe('a parameter', () => {
  test('is an array, a tensor, something alike, or nothing', () => {
    type Weight = BatchNormOptions['weight'];
    expectTypeOf<Float32Array | null | undefined>().toExtend<Weight>();
    expectTypeOf<Tensor>().toExtend<Weight>();
    expectTypeOf<AnyTensor>().toExtend<Weight>();
    expectTypeOf<{ data: Float32Array; dims: number[] }>().toExtend<Weight>();
    expectTypeOf<Tensor<BigInt64Array>>().not.toExtend<Weight>();
    expectTypeOf<number[]>().not.toExtend<Weight>();
    expectTypeOf<InstanceNormOptions['weight']>().toEqualTypeOf<Weight>();
    expectTypeOf<Tensor<Uint16Array>>().toExtend<Weight>();
    type Running = InstanceNormOptions['runningVar'];
    expectTypeOf<Tensor>().toExtend<Running>();
    expectTypeOf<Tensor<Uint16Array>>().not.toExtend<Running>();
    expectTypeOf(layerNorm).parameter(2).toExtend<{ weight?: Weight } | undefined>();
  });

  test('of a layer is an array or null', () => {
    expectTypeOf(norm.weight).toEqualTypeOf<Float32Array | null>();
    expectTypeOf(norm.runningVar).toEqualTypeOf<Float32Array | null>();
    expectTypeOf(new InstanceNorm(2).momentum).toEqualTypeOf<number | null>();
  });
});
