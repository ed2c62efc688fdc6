// Many samples of few elements take ways of their own: short rows are seen as columns, and
// samples with channels last go many at a time.

import { describe, expect, test } from 'vitest';
import { ChannelMoments, instanceNorm, instanceNormBackward, Tensor } from '../../src/index.ts';
import { expectClose, expectSameBits } from '../support/closeness.ts';
import type { Arrays, Call } from '../support/norms.ts';
import { normals } from '../support/random.ts';
import { channelMoments } from '../support/reference.ts';
import { affine, expectRight, running } from '../support/right.ts';
import { sizeOf } from '../support/shapes.ts';

// The reference takes half a second for more elements. Ways are compared with each other then.
const MOST_REFERRED = 60_000;

const expectSmall = (call: Call, arrays: Arrays) => expectRight(call, arrays, 1, MOST_REFERRED);

describe('batch normalization of short rows', () => {
  test.each([
    // Folded, with and without rows left over.
    [[8, 3, 2]],
    [[11, 3, 2]],
    // Few rows, in several strips, and a row more.
    [[4, 1100, 2]],
    [[32, 3, 8]],
    [[16, 70, 16]],
    [[16, 3, 17]],
    [[33, 3, 8]],
    [[32, 1010, 1]],
    [[128, 600, 1]],
    [[129, 30, 1]],
    // As wide as short columns may be for so many rows, and wider.
    [[4, 9, 16]],
    [[3, 9, 16]],
    [[64, 3, 64]],
    // Of one sample.
    [[1, 70, 16]],
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
    for (const arrays of [{}, affine(channels)]) {
      const training = { norm: 'batchNorm', shape, options: { training: true } } as const;
      expectSmall(training, { ...arrays, ...running(channels) });
      const evaluating = { norm: 'batchNorm', shape, options: {} } as const;
      expectSmall(evaluating, { ...arrays, ...running(channels) });
    }
  });

  test.each([[[2, 3, 1100]], [[4, 8, 3]], [[3, 11, 3]]])(
    'has the same contract with channels last, of few rows in all: %j',
    (shape) => {
      const channels = shape[2] as number;
      const options = { training: true, layout: 'nhwc' } as const;
      for (const arrays of [{}, affine(channels)]) {
        expectSmall({ norm: 'batchNorm', shape, options }, { ...arrays, ...running(channels) });
      }
    },
  );

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

describe('groups with channels last, as rows', () => {
  test.each([
    // [shape, groups]: a row for each place, of samples just large enough, and a little smaller.
    [[3, 2, 1026], 2],
    [[3, 2, 1024], 4],
    [[2, 7, 306], 3],
    [[2, 33, 130], 2],
    // Groups of more channels than the scratch has numbers for, and of as many.
    [[2, 2, 8208], 2],
    [[2, 3, 4096], 1],
    [[1, 1, 4100], 1],
    // More groups than it has.
    [[1, 2, 8 * 4100], 4100],
  ])('are within the contract, the same bits in an arena: %j in %i', (shape, numGroups) => {
    const channels = shape[2] as number;
    for (const options of [{}, { correction: 1 }, { epsMode: 'std' }] as const) {
      for (const arrays of [{}, affine(channels)]) {
        expectSmall(
          { norm: 'groupNorm', shape, numGroups, options: { layout: 'nhwc', ...options } },
          arrays,
        );
      }
    }
  });
});

describe('short rows', () => {
  test.each([
    [[50, 4, 2]],
    [[1, 5000, 3]],
    // As long as short rows may be, and longer.
    [[9, 7, 32]],
    [[9, 7, 33]],
    [[5, 7, 56]],
    [[5, 7, 57]],
    // One channel, and more channels than a strip holds.
    [[40, 1, 9]],
    [[4100, 1, 2]],
    [[2, 5001, 4]],
  ])('are within the contract, the same bits in an arena: %j', (shape) => {
    const [samples, channels] = shape as [number, number, number];
    const options = {};
    for (const arrays of [{}, affine(channels)]) {
      const stats = running(channels);
      expectSmall({ norm: 'instanceNorm', shape, options }, { ...arrays, ...stats });
      expectSmall({ norm: 'groupNorm', shape, numGroups: channels, options }, arrays);
    }
    expectSmall({ norm: 'instanceNorm', shape, options }, affine(samples * channels));
  });

  test('are what each is alone, where lengths make them short', () => {
    const [samples, channels, spatial] = [6, 5, 40];
    const lengths = [40, 32, 33, 2, 0, 17];
    const x = new Tensor(normals(samples * channels * spatial, 1, 2), [samples, channels, spatial]);
    const g = new Tensor(normals(x.size, 2), x.shape);
    const y = instanceNorm(x, { lengths });
    const gradients = instanceNormBackward(g, x, { lengths });
    lengths.forEach((length, sample) => {
      if (length === 0) return;
      const cut = ({ data }: Tensor) => {
        const rows = Array.from({ length: channels }, (_, channel) => {
          const start = (sample * channels + channel) * spatial;
          return [...data.subarray(start, start + length)];
        });
        return new Tensor(Float32Array.from(rows.flat()), [1, channels, length]);
      };
      expectSameBits(cut(y).data, instanceNorm(cut(x)).data);
      expectSameBits(cut(gradients.input).data, instanceNormBackward(cut(g), cut(x)).input.data);
    });
  });
});

describe('groups of channels of one element', () => {
  test.each([
    // Without parameters rows, short and long; with parameters columns, and one by one.
    [[300, 24], 3],
    [[9, 512], 2],
    [[9, 520], 2],
    [[2, 10000], 2],
    [[3, 4100], 1],
  ])('are within the contract, the same bits in an arena: %j in %i', (shape, numGroups) => {
    for (const arrays of [{}, affine(shape[1] as number)]) {
      expectSmall({ norm: 'groupNorm', shape, numGroups, options: {} }, arrays);
    }
  });
});

describe('samples of few elements with channels last', () => {
  test.each([
    [[50, 4, 4]],
    [[50, 2, 3]],
    // More than a tile holds, and more samples than have numbers at once.
    [[4100, 2, 9]],
    // As many rows and elements as such samples may have, and a few more.
    [[3, 256, 8]],
    [[3, 257, 4]],
    [[3, 64, 32]],
    [[3, 64, 33]],
    // Channels of one element.
    [[2, 1, 2048]],
    [[300, 1, 24]],
  ])('are within the contract, the same bits in an arena: %j', (shape) => {
    const [samples, rows, channels] = shape as [number, number, number];
    const options = { layout: 'nhwc' } as const;
    for (const arrays of [{}, affine(channels)]) {
      const groups = channels % 2 === 0 ? channels / 2 : 1;
      expectSmall({ norm: 'groupNorm', shape, numGroups: groups, options }, arrays);
      if (rows === 1) continue;
      const stats = running(channels);
      expectSmall({ norm: 'instanceNorm', shape, options }, { ...arrays, ...stats });
    }
    if (rows > 1) {
      expectSmall({ norm: 'instanceNorm', shape, options }, affine(samples * channels));
    }
  });

  test('are what each is alone, where lengths make them small', () => {
    const [samples, spatial, channels] = [6, 300, 5];
    const lengths = [300, 256, 257, 2, 0, 17];
    const x = new Tensor(normals(samples * spatial * channels, 1, 2), [samples, spatial, channels]);
    const g = new Tensor(normals(x.size, 2), x.shape);
    const { weight, bias } = affine(samples * channels);
    const options = { layout: 'nhwc', lengths } as const;
    const y = instanceNorm(x, { ...options, weight, bias });
    const gradients = instanceNormBackward(g, x, { ...options, weight, bias });
    lengths.forEach((length, sample) => {
      if (length === 0) return;
      const cut = ({ data }: Tensor) => {
        const start = sample * spatial * channels;
        const values = data.slice(start, start + length * channels);
        return new Tensor(values, [1, length, channels]);
      };
      const own = {
        layout: 'nhwc',
        weight: weight?.subarray(sample * channels, (sample + 1) * channels),
        bias: bias?.subarray(sample * channels, (sample + 1) * channels),
      } as const;
      expectSameBits(cut(y).data, instanceNorm(cut(x), own).data);
      const found = instanceNormBackward(cut(g), cut(x), own);
      expectSameBits(cut(gradients.input).data, found.input.data);
      const from = sample * channels;
      expect(gradients.weight?.slice(from, from + channels)).toEqual(found.weight);
      expect(gradients.bias?.slice(from, from + channels)).toEqual(found.bias);
    });
  });
});
