import fc from 'fast-check';
import { expect } from 'vitest';
import {
  readSafetensors,
  type SafetensorsDict,
  Tensor,
  type TensorData,
  writeSafetensors,
} from '../../src/index.ts';
import { expectSameBits } from '../support/closeness.ts';
import { uniforms } from '../support/random.ts';
import { sizeOf } from '../support/shapes.ts';
import { shape } from './calls.ts';
import { type Data, data, numbersOf } from './data.ts';
import { holds } from './holds.ts';

/** Float32 data, an int64 to be repeated, or bits of 16-bit elements. */
const elements = fc.oneof(
  { weight: 3, arbitrary: data() },
  { weight: 1, arbitrary: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  {
    weight: 2,
    arbitrary: fc.record({
      dtype: fc.constantFrom('float16' as const, 'bfloat16' as const),
      seed: fc.nat({ max: 2 ** 20 }),
    }),
  },
);

type Elements = Data | bigint | { readonly dtype: 'float16' | 'bfloat16'; readonly seed: number };

function tensorOf(drawn: Elements, shape: readonly number[]): Tensor<TensorData> {
  const count = sizeOf(shape);
  if (typeof drawn === 'bigint') return new Tensor(new BigInt64Array(count).fill(drawn), shape);
  if (!('dtype' in drawn)) return new Tensor<TensorData>(numbersOf(drawn, count), shape);
  const { dtype, seed } = drawn;
  const bits = Uint16Array.from(uniforms(count, seed, 0, 65536), Math.floor);
  return new Tensor(bits, shape, { dtype });
}

holds(
  'tensors of any name, dtype, rank and size come back from a file, to the last bit',
  40,
  fc.tuple(
    fc.dictionary(
      fc.string({ unit: 'binary' }).filter((name) => name !== '__metadata__'),
      fc.record({ shape: shape(0, 6), elements }),
      { maxKeys: 5 },
    ),
    fc.option(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }))),
  ),
  ([drawn, metadata]) => {
    const tensors = new Map(
      Object.entries(drawn).map(([name, { shape, elements }]) => [name, tensorOf(elements, shape)]),
    );
    const file = writeSafetensors(Object.fromEntries(tensors), { metadata });
    const read = readSafetensors(file, { dtypes: 'keep' });
    expect({ ...(read as SafetensorsDict).__metadata__ }).toEqual({ ...metadata });
    expect(writeSafetensors(read)).toEqual(file);
    expect(Object.keys(read).sort()).toEqual([...tensors.keys()].sort());
    for (const [name, { data, shape, dtype }] of tensors) {
      const found = read[name];
      expect([found?.shape, found?.dtype]).toEqual([shape, dtype]);
      if (data instanceof Float32Array) expectSameBits(found?.data, data);
      else expect(found?.data).toEqual(data);
    }
  },
);
