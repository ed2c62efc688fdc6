// Two copies of the library in one program: one that `import` loads and one that `require` does.

import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { normals } from '../support/random.ts';

type Library = typeof import('../../src/index.ts');

// The name is in a variable, so that TypeScript does not look for the types of a build.
const name = 'wasm-norm';
const own: Library = await import(name);
const other: Library = createRequire(import.meta.url)(name);

const shape = [2, 3, 40];
const data = normals(240, 1, 5, 2);

test('they are two', () => {
  expect(other.Tensor).not.toBe(own.Tensor);
});

describe('of another copy', () => {
  test('a tensor is taken', () => {
    const x = new other.Tensor(data, shape);
    expect(own.instanceNorm(x)).toEqual(own.instanceNorm({ data, shape }));
    const weight = new other.Tensor(Float32Array.of(1, 2, 3), [3]);
    const expected = own.instanceNorm({ data, shape }, { weight: weight.data });
    expect(own.instanceNorm(x, { weight })).toEqual(expected);
    expect(own.writeSafetensors({ x })).toEqual(own.writeSafetensors({ x: { data, shape } }));
  });

  test('a tensor takes the result', () => {
    const out = new other.Tensor(new Float32Array(240), shape);
    expect(own.instanceNorm({ data, shape }, { out }).data).toBe(out.data);
    expect(out.data).toEqual(other.instanceNorm({ data, shape }).data);
  });

  test('an arena is plain memory, with the same bits', () => {
    const arena = new other.Arena(4096);
    const x = arena.tensor({ data, shape });
    expect(own.instanceNorm(x).data).toEqual(own.instanceNorm({ data, shape }).data);
    own.instanceNorm(x, { out: x });
    expect(Array.from(x.data)).toEqual(Array.from(own.instanceNorm({ data, shape }).data));
  });

  test('a state dict is loaded', () => {
    const norm = new other.BatchNorm(3);
    norm.forward({ data, shape });
    const loaded = new own.BatchNorm(3);
    loaded.loadStateDict(norm.stateDict());
    expect(loaded.runningVar).toEqual(norm.runningVar);
    expect(loaded.numBatchesTracked).toBe(1);
  });

  test('moments merge to the last bit, and become running statistics', () => {
    const counted = new other.ChannelMoments(3).update({ data, shape });
    const expected = new own.ChannelMoments(3).update({ data, shape });
    const merged = new own.ChannelMoments(3).merge(counted);
    expect(merged.toJSON()).toEqual(expected.toJSON());
    const norm = new own.BatchNorm(3);
    norm.setRunningStats(counted);
    expect(norm.runningMean).toEqual(Float32Array.from(expected.mean));
  });
});

test('moments that are none are refused as before', () => {
  const moments = new own.ChannelMoments(3);
  const { toJSON } = moments;
  for (const wrong of [null, 3, {}, new Date(), { numFeatures: 3 }, { toJSON }]) {
    expect(() => moments.merge(wrong as never)).toThrow(/^other: expected ChannelMoments, got/);
  }
  expect(() => moments.merge(new other.ChannelMoments(2))).toThrow(
    'other: expected 3 channels, got 2',
  );
});
