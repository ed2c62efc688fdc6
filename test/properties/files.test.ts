import fc from 'fast-check';
import { expect } from 'vitest';
import { readSafetensors, Tensor, type TensorData, writeSafetensors } from '../../src/index.ts';
import { expectSameBits } from '../support/closeness.ts';
import { sizeOf } from '../support/shapes.ts';
import { shape } from './calls.ts';
import { type Data, data, numbersOf } from './data.ts';
import { holds } from './holds.ts';

/** Float32 data, or an int64 to be repeated. */
const elements = fc.oneof(
  { weight: 3, arbitrary: data() },
  { weight: 1, arbitrary: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
);

function elementsOf(drawn: Data | bigint, count: number): TensorData {
  return typeof drawn === 'bigint' ? new BigInt64Array(count).fill(drawn) : numbersOf(drawn, count);
}

holds(
  'tensors of any name, dtype, rank and size come back from a file, to the last bit',
  40,
  fc.dictionary(
    fc.string({ unit: 'binary' }).filter((name) => name !== '__metadata__'),
    fc.record({ shape: shape(0, 6), elements }),
    { maxKeys: 5 },
  ),
  (drawn) => {
    const tensors = new Map(
      Object.entries(drawn).map(([name, { shape, elements }]) => [
        name,
        new Tensor<TensorData>(elementsOf(elements, sizeOf(shape)), shape),
      ]),
    );
    const read = readSafetensors(writeSafetensors(Object.fromEntries(tensors)));
    expect(Object.keys(read).sort()).toEqual([...tensors.keys()].sort());
    for (const [name, { data, shape, dtype }] of tensors) {
      const found = read[name];
      expect([found?.shape, found?.dtype]).toEqual([shape, dtype]);
      if (data instanceof Float32Array) expectSameBits(found?.data, data);
      else expect(found?.data).toEqual(data);
    }
  },
);
