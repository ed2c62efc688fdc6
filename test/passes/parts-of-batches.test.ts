import { describe, expect, test } from 'vitest';
import {
  BatchNormSums,
  ChannelMoments,
  type Layout,
  syncBatchNorm,
  syncBatchNormBackward,
  Tensor,
} from '../../src/index.ts';
import {
  expectContract,
  expectGradientContract,
  expectRunningStats,
} from '../properties/contract.ts';
import { expectSameBits, expectSameGradients } from '../support/closeness.ts';
import type { Arrays, Call } from '../support/norms.ts';
import { differentiateParts, normalizeParts, partsOf, wholeOf } from '../support/parts.ts';
import { normals } from '../support/random.ts';
import { recordedArena } from '../support/recorded-arena.ts';
import { affine, running } from '../support/right.ts';
import { sizeOf } from '../support/shapes.ts';

interface Batch {
  readonly shape: readonly number[];
  readonly layout?: Layout;
  readonly lengths?: readonly number[];
}

/** Expects a batch of two parts to be normalized as a whole. */
function expectWhole({ shape, layout = 'nchw', lengths }: Batch, given: Arrays): void {
  const [samples = 0] = shape;
  const channels = (layout === 'nhwc' ? shape.at(-1) : shape[1]) as number;
  const first = Math.ceil(samples / 3);
  const counts = [first, samples - first];
  const x = normals(sizeOf(shape), 1, 3, 2);
  const g = normals(x.length, 2);
  const [parts, gradients] = [partsOf(x, shape, counts), partsOf(g, shape, counts)];
  const ofParts = lengths && [lengths.slice(0, first), lengths.slice(first)];
  const places = { channels, layout, lengths: ofParts };
  const options = { training: true, layout, ...(lengths ? { lengths } : {}) };
  const call: Call = { norm: 'batchNorm', shape, options };
  const moved = counts.map(() => structuredClone(given));
  const y = normalizeParts(parts, places, (i) => moved[i] as Arrays);
  expectContract(wholeOf(y), call, x, given);
  for (const arrays of moved) if (given.runningMean) expectRunningStats(arrays, call, x, given);
  const { weight, bias } = given;
  const found = differentiateParts(gradients, parts, places, { weight, bias });
  const dx = wholeOf(found.map(({ input }) => input));
  for (const { weight, bias } of found) {
    expectGradientContract({ input: new Tensor(dx, shape), weight, bias }, call, g, x, given);
  }
}

describe('parts of a batch are normalized as the whole is', () => {
  test.each<[string, Batch, Arrays]>([
    ['in rows', { shape: [5, 4, 60] }, { ...affine(4), ...running(4) }],
    ['in short rows', { shape: [50, 4, 3] }, { ...affine(4), ...running(4) }],
    ['in columns', { shape: [50, 20] }, affine(20)],
    ['in columns that are folded', { shape: [51, 3] }, affine(3)],
    ['with channels last', { shape: [5, 60, 4], layout: 'nhwc' }, affine(4)],
    ['with a weight alone', { shape: [5, 4, 60] }, { weight: normals(4, 3, 1) }],
    ['with a bias alone', { shape: [5, 4, 60] }, { bias: normals(4, 3, 1) }],
    ['without either', { shape: [5, 4, 60] }, {}],
    ['in several scopes', { shape: [3, 4100, 2] }, affine(4100)],
    ['with lengths', { shape: [4, 3, 20], lengths: [20, 0, 3, 11] }, affine(3)],
    [
      'with lengths, channels last',
      { shape: [4, 20, 3], layout: 'nhwc', lengths: [20, 0, 3, 11] },
      affine(3),
    ],
  ])('%s', (_, batch, given) => {
    expectWhole(batch, given);
  });

  test('with the kernels of scopes', () => {
    const shape = [50, 4, 3];
    const { arena, callsOf } = recordedArena(12 * 600 + 1024);
    const x = arena.tensor({ data: normals(600, 1), shape });
    const g = arena.tensor({ data: normals(600, 2), shape });
    const moments = new ChannelMoments(4).update(x);
    const sums = new BatchNormSums(4);
    const plain = { data: new Float32Array(600), shape };
    const y = syncBatchNorm(x, moments, { out: plain });
    expect(callsOf(() => sums.update(g, x, moments))).toBe(
      'makeLines 4 1 4 3, addColumnGradientSums 12 48, addColumnGradientSums 2 12',
    );
    const gradients = syncBatchNormBackward(g, x, moments, sums);
    const out = arena.tensor(shape);
    const backward = callsOf(() => {
      expectSameGradients(syncBatchNormBackward(g, x, moments, sums, { out }), gradients);
    });
    expect(backward).toBe(
      'makeLines 4 1 4 3, makeCombinations 4 3 12, combineColumns 12 48 48, combineColumns 2 12 12',
    );
    const forward = callsOf(() =>
      expectSameBits(syncBatchNorm(x, moments, { out: x }).data, y.data),
    );
    expect(forward).toBe('makeLines 4 1 4 3, applyColumns 12 48 48, applyColumns 2 12 12');
  });
});
