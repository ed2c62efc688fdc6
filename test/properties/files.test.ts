import fc from 'fast-check';
import { expect } from 'vitest';
import { readSafetensors, Tensor, writeSafetensors } from '../../src/index.ts';
import { expectSameBits } from '../support/closeness.ts';
import { sizeOf } from '../support/shapes.ts';
import { shape } from './calls.ts';
import { data, numbersOf } from './data.ts';
import { holds } from './holds.ts';

holds(
  'tensors of any name, rank and size come back from a file, to the last bit',
  40,
  fc.dictionary(
    fc.string({ unit: 'binary' }).filter((name) => name !== '__metadata__'),
    fc.record({ shape: shape(0, 6), data: data() }),
    { maxKeys: 5 },
  ),
  (drawn) => {
    const tensors = new Map(
      Object.entries(drawn).map(([name, { shape, data }]) => [
        name,
        new Tensor(numbersOf(data, sizeOf(shape)), shape),
      ]),
    );
    const read = readSafetensors(writeSafetensors(Object.fromEntries(tensors)));
    expect(Object.keys(read).sort()).toEqual([...tensors.keys()].sort());
    for (const [name, { data, shape }] of tensors) {
      expect(read[name]?.shape).toEqual(shape);
      expectSameBits((read[name] as Tensor).data, data);
    }
  },
);
