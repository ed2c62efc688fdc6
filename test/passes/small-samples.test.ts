// Many samples of few elements take ways of their own: short rows are seen as columns, and
// samples with channels last go many at a time.

import { describe, expect, test } from 'vitest';
import { Arena, ChannelMoments, Tensor } from '../../src/index.ts';
import {
  expectContract,
  expectGradientContract,
  expectRunningStats,
} from '../properties/contract.ts';
import { expectClose, expectSameBits, expectSameGradients } from '../support/closeness.ts';
import { type Arrays, backward, type Call, forward } from '../support/norms.ts';
import { normals, uniforms } from '../support/random.ts';
import { channelMoments } from '../support/reference.ts';
import { sizeOf } from '../support/shapes.ts';

const arraysOf = (channels: number): Arrays => ({
  weight: normals(channels, 3, 1),
  bias: normals(channels, 4),
});

const statsOf = (channels: number): Arrays => ({
  runningMean: normals(channels, 5),
  runningVar: uniforms(channels, 6, 0.5, 2),
});

/** Holds a call and its gradients against the reference, on arrays and in an arena. */
function expectRight(call: Call, arrays: Arrays, movesStats: boolean): void {
  const { shape } = call;
  const size = sizeOf(shape);
  const x = normals(size, 1, 3, 2);
  const g = normals(size, 2);
  const given = structuredClone(arrays);
  const y = forward(call, { data: x, shape }, given);
  expectContract(y.data, call, x, arrays);
  if (movesStats) expectRunningStats(given, call, x, arrays);
  const gradients = backward(call, { data: g, shape }, { data: x, shape }, arrays);
  expectGradientContract(gradients, call, g, x, arrays);

  const arena = new Arena(12 * size + 8 * 4096);
  const inArena = Object.fromEntries(
    Object.entries(arrays).map(([name, values]: [string, Float32Array]) => [
      name,
      arena.tensor({ data: values, shape: [values.length] }).data,
    ]),
  );
  const tensors = [arena.tensor({ data: g, shape }), arena.tensor({ data: x, shape })] as const;
  const out = arena.tensor(shape);
  expectSameGradients(backward(call, ...tensors, inArena, out), gradients);
  expectSameBits(forward(call, tensors[1], inArena, tensors[1]).data, y.data);
}

describe('batch normalization of short rows', () => {
  test.each([
    // Folded, with and without rows left over.
    [[8, 3, 2]],
    [[11, 3, 2]],
    // Columns that fill no vector; summed in float64, and in float32.
    [[130, 17, 3]],
    [[700, 3, 9]],
    // Two scopes, the second with fewer columns.
    [[40, 1100, 2]],
    // Several tiles.
    [[3000, 2, 24]],
    // Of as many samples as 50 elements need, and of one less.
    [[1250, 2, 50]],
    [[1249, 2, 50]],
  ])('is within the contract, the same bits in an arena: %j', (shape) => {
    const channels = shape[1] as number;
    for (const arrays of [{}, arraysOf(channels)]) {
      const training = { norm: 'batchNorm', shape, options: { training: true } } as const;
      expectRight(training, { ...arrays, ...statsOf(channels) }, true);
      const evaluating = { norm: 'batchNorm', shape, options: {} } as const;
      expectRight(evaluating, { ...arrays, ...statsOf(channels) }, false);
    }
  });

  test('moves ChannelMoments as long rows do', () => {
    const shape = [500, 3, 4];
    const x = new Tensor(normals(sizeOf(shape), 1, 1e4), shape);
    const found = new ChannelMoments(3).update(x);
    const expected = channelMoments(x.data, shape, 'nchw');
    expect(found.count).toBe(2000);
    expectClose(
      found.mean,
      Float64Array.from(expected, ({ mean }) => mean),
    );
    expectClose(
      found.variance(),
      Float64Array.from(expected, ({ variance }) => variance),
    );
  });
});
