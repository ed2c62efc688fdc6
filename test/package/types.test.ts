// Types that users rely on. `tsc -p test` checks them; at run time there is little to test.

import { describe, expectTypeOf, test } from 'vitest';
import {
  type AnyTensor,
  BatchNorm,
  type BatchNormOptions,
  InstanceNorm,
  type InstanceNormOptions,
  instanceNorm,
  type LoadStateDictOptions,
  layerNorm,
  readSafetensors,
  Tensor,
  type TensorLike,
  type tensorToImage,
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
    type Pixels = ReturnType<typeof tensorToImage>['data'];
    expectTypeOf<Pixels>().toEqualTypeOf<Uint8ClampedArray<ArrayBuffer>>();
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
    expectTypeOf<InstanceNormOptions['runningVar']>().toEqualTypeOf<Weight>();
    expectTypeOf(layerNorm).parameter(2).toExtend<{ weight?: Weight } | undefined>();
  });

  test('of a layer is an array or null', () => {
    expectTypeOf(norm.weight).toEqualTypeOf<Float32Array | null>();
    expectTypeOf(norm.runningVar).toEqualTypeOf<Float32Array | null>();
    expectTypeOf(new InstanceNorm(2).momentum).toEqualTypeOf<number | null>();
  });
});
