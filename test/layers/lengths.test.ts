import { describe, expect, test } from 'vitest';
import {
  BatchNorm,
  batchNorm,
  GroupNorm,
  InstanceNorm,
  instanceNorm,
  instanceNormBackward,
  LayerNorm,
  type Layout,
  RMSNorm,
  Tensor,
  type TensorLike,
} from '../../src/index.ts';
import { expectClose, expectSameBits } from '../support/closeness.ts';
import { type Place, places, resetPlaces } from '../support/places.ts';
import { normals, uniforms } from '../support/random.ts';
import {
  batchNorm as batchNormReference,
  instanceNorm as instanceNormReference,
  moments,
  moveRunning,
  normalizeByRunningStats,
  unbiasedVariance,
} from '../support/reference.ts';
import { expectRefusal } from '../support/refusals.ts';
import { sizeOf } from '../support/shapes.ts';

const CHANNELS = 3;
const LENGTH = 12;
const LENGTHS = [7, 12, 0, 2];
const weight = normals(CHANNELS, 1, 1, 0.5);
const bias = normals(CHANNELS, 2);
const running = () => ({
  runningMean: normals(CHANNELS, 3),
  runningVar: uniforms(CHANNELS, 4, 0.5, 2),
});

describe.each(['nchw', 'nhwc'] as const)('lengths of samples in %s', (layout) => {
  const shape = shapeOf(LENGTHS.length, LENGTH, layout);
  const values = normals(sizeOf(shape), 5, 2, 3);
  const isPadding = (i: number): boolean => {
    const size = CHANNELS * LENGTH;
    const place = layout === 'nchw' ? i % LENGTH : Math.floor((i % size) / CHANNELS);
    return place >= (LENGTHS[Math.floor(i / size)] as number);
  };
  const poisoned = values.map((value, i) => (isPadding(i) ? Number.NaN : value));
  const options = { weight, bias, layout, lengths: LENGTHS };

  /** The first elements of one sample, as a tensor. */
  function cut({ data }: TensorLike, sample: number, length: number): Tensor {
    const size = CHANNELS * LENGTH;
    const whole = data.subarray(sample * size, (sample + 1) * size);
    const part = whole.filter((_, i) =>
      layout === 'nchw' ? i % LENGTH < length : i < length * CHANNELS,
    );
    return new Tensor(part, shapeOf(1, length, layout));
  }

  /** The valid elements of a channel in all samples. */
  function channel(x: TensorLike, index: number): Float32Array {
    const at = (i: number) =>
      layout === 'nchw' ? Math.floor(i / LENGTH) % CHANNELS : i % CHANNELS;
    return x.data.filter((_, i) => at(i) === index && !isPadding(i));
  }

  const calls: Record<string, (x: TensorLike, out?: TensorLike) => Tensor> = {
    instanceNorm: (x, out) => instanceNorm(x, { ...options, out }),
    'instanceNorm by running statistics': (x, out) =>
      instanceNorm(x, { ...options, ...running(), useInputStats: false, out }),
    'batchNorm in training': (x, out) => batchNorm(x, { ...options, training: true, out }),
    'batchNorm in eval mode': (x, out) => batchNorm(x, { ...options, ...running(), out }),
  };

  test.each(Object.entries(calls))(
    '%s gives 0 in the padding, and its other results do not depend on the padding',
    (_, call) => {
      const clean = call(new Tensor(values, shape));
      const y = call(new Tensor(poisoned, shape));
      y.data.forEach((value, i) => {
        if (isPadding(i)) expect(Object.is(value, 0)).toBe(true);
        else expect(Number.isFinite(value)).toBe(true);
      });
      expectSameBits(y.data, clean.data);
    },
  );

  test.each(Object.entries(calls))(
    '%s gives the same wherever its tensors lie, also in place',
    (_, call) => {
      resetPlaces();
      const expected = call(new Tensor(poisoned, shape));
      for (const place of Object.values<Place>(places)) {
        expectSameBits(call(place(poisoned, shape)).data, expected.data);
        const x = place(poisoned, shape);
        expect(call(x, x)).toBe(x);
        expectSameBits(x.data, expected.data);
      }
    },
  );

  test('instanceNorm normalizes each sample as if it were cut', () => {
    const x = new Tensor(values, shape);
    const y = instanceNorm(x, options);
    LENGTHS.forEach((length, sample) => {
      const expected = instanceNorm(cut(x, sample, length), { weight, bias, layout });
      expectSameBits(cut(y, sample, length).data, expected.data);
    });
    expectClose(y.data, instanceNormReference(values, shape, options), options);
  });

  test('instanceNorm takes conditional parameters by sample, also where one sample is empty', () => {
    const each = { weight: normals(12, 6), bias: normals(12, 7), layout, lengths: LENGTHS };
    const y = instanceNorm(new Tensor(poisoned, shape), each);
    expectClose(y.data, instanceNormReference(poisoned, shape, each), each);
  });

  test('instanceNorm moves running statistics to the average over samples that are not empty', () => {
    const { runningMean, runningVar } = running();
    const before = running();
    const x = new Tensor(poisoned, shape);
    instanceNorm(x, { layout, lengths: LENGTHS, runningMean, runningVar });
    for (let index = 0; index < CHANNELS; index++) {
      const rows = [0, 1, 3].map((sample) => {
        const part = cut(x, sample, LENGTHS[sample] as number);
        const own = (i: number) =>
          layout === 'nchw' ? Math.floor(i / (LENGTHS[sample] as number)) : i % CHANNELS;
        return moments(part.data.filter((_, i) => own(i) === index));
      });
      const mean = rows.reduce((sum, row) => sum + row.mean / 3, 0);
      const variance = rows.reduce((sum, row) => sum + unbiasedVariance(row) / 3, 0);
      expectClose(
        [runningMean[index] as number],
        [moveRunning(before.runningMean[index] as number, mean, 0.1)],
      );
      expectClose(
        [runningVar[index] as number],
        [moveRunning(before.runningVar[index] as number, variance, 0.1)],
      );
    }
  });

  test('batchNorm normalizes channels by their valid elements alone, and moves running statistics towards theirs', () => {
    const { runningMean, runningVar } = running();
    const before = running();
    const x = new Tensor(poisoned, shape);
    const y = batchNorm(x, { ...options, training: true, runningMean, runningVar });
    expectClose(y.data, batchNormReference(values, shape, options), options);
    for (let index = 0; index < CHANNELS; index++) {
      const found = moments(channel(x, index));
      expect(found.count).toBe(21);
      expectClose(
        [runningMean[index] as number],
        [moveRunning(before.runningMean[index] as number, found.mean, 0.1)],
      );
      expectClose(
        [runningVar[index] as number],
        [moveRunning(before.runningVar[index] as number, unbiasedVariance(found), 0.1)],
      );
    }
  });

  test('running statistics replace those of the input, with lengths as without', () => {
    const { runningMean, runningVar } = running();
    const expected = normalizeByRunningStats(values, shape, runningMean, runningVar, options);
    for (const name of ['instanceNorm by running statistics', 'batchNorm in eval mode']) {
      const y = calls[name]?.(new Tensor(poisoned, shape));
      // The smallest running deviation is 0.7, so results are up to 1.5 times as large.
      expectClose(y?.data ?? [], expected, { weight: weight.map((w) => w * 1.5), bias });
    }
  });

  test('whole lengths give what no lengths give', () => {
    const x = new Tensor(values, shape);
    const whole = { weight, bias, layout, lengths: LENGTHS.map(() => LENGTH) };
    expectSameBits(instanceNorm(x, whole).data, instanceNorm(x, { weight, bias, layout }).data);
    expectClose(
      batchNorm(x, { ...whole, training: true }).data,
      batchNorm(x, { weight, bias, layout, training: true }).data,
      { weight, bias },
    );
  });

  test('lengths of 0 alone give zeros and move nothing', () => {
    for (const [normalize, own] of [
      [instanceNorm, { useInputStats: true }],
      [batchNorm, { training: true }],
    ] as const) {
      const { runningMean, runningVar } = running();
      const lengths = LENGTHS.map(() => 0);
      const x = new Tensor(values, shape);
      const y = normalize(x, { ...own, bias, layout, lengths, runningMean, runningVar });
      expect(y.data).toEqual(new Float32Array(values.length));
      expect({ runningMean, runningVar }).toEqual(running());
    }
  });

  test('may be any list of numbers', () => {
    const x = new Tensor(values, shape);
    const expected = instanceNorm(x, options);
    for (const lengths of [Int32Array.from(LENGTHS), Float64Array.from(LENGTHS)]) {
      expectSameBits(instanceNorm(x, { ...options, lengths }).data, expected.data);
    }
    const none = instanceNorm(x, { weight, bias, layout });
    expectSameBits(instanceNorm(x, { ...options, lengths: null }).data, none.data);
  });

  test('also apply to rows longer than a tile', () => {
    const long = shapeOf(2, 70003, layout);
    const lengths = [70001, 66000];
    const x = new Tensor(normals(2 * CHANNELS * 70003, 8, 100, 2), long);
    const y = instanceNorm(x, { layout, lengths });
    expectClose(y.data, instanceNormReference(x.data, long, { layout, lengths }));
    const z = batchNorm(x, { layout, lengths, training: true });
    expectClose(z.data, batchNormReference(x.data, long, { layout, lengths }));
  });

  test('are taken by layers in each call, and not remembered', () => {
    const x = new Tensor(poisoned, shape);
    const instance = new InstanceNorm(CHANNELS, { layout });
    const y = instance.forward(x, { lengths: LENGTHS });
    expectSameBits(y.data, instanceNorm(x, { layout, lengths: LENGTHS }).data);
    expect(instance.forward(x).data.some(Number.isNaN)).toBe(true);

    const batch = new BatchNorm(CHANNELS, { layout });
    const z = batch.forward(x, { lengths: LENGTHS });
    expectSameBits(z.data, batchNorm(x, { layout, lengths: LENGTHS, training: true }).data);
    expect(batch.runningMean?.every(Number.isFinite)).toBe(true);
    const evaluated = batch.eval().forward(x, { lengths: LENGTHS });
    expect(evaluated.data.every(Number.isFinite)).toBe(true);
  });

  const x = { shape, data: values };
  const rank4 = { data: values, shape: layout === 'nchw' ? [4, 3, 4, 3] : [4, 4, 3, 3] };
  const refused: [string, unknown, typeof x, ErrorConstructor, string, string][] = [
    ['a number', 7, x, TypeError, 'lengths', '7'],
    ['a word', '7', x, TypeError, 'lengths', '"7"'],
    ['words', [7, '12', 0, 2], x, TypeError, 'lengths', '"12"'],
    ['too few', [7, 12, 0], x, RangeError, 'lengths', '3'],
    ['too many', [7, 12, 0, 2, 2], x, RangeError, 'lengths', '5'],
    ['a negative one', [7, 12, -1, 2], x, RangeError, 'lengths', '-1'],
    ['a broken one', [7, 12, 0.5, 2], x, RangeError, 'lengths', '0.5'],
    ['one past the end', [7, 13, 0, 2], x, RangeError, 'lengths', '13'],
    ['one of NaN', [7, Number.NaN, 0, 2], x, RangeError, 'lengths', 'NaN'],
    ['4 dimensions', LENGTHS, rank4, RangeError, 'x', 'shape [4,'],
  ];

  test.each(refused)(
    'are refused, and nothing is written: %s',
    (_, lengths, x, kind, name, got) => {
      const { runningMean, runningVar } = running();
      const out = new Tensor(normals(values.length, 9), x.shape);
      const watched = [values, out.data, runningMean, runningVar];
      const call = { layout, lengths: lengths as number[], runningMean, runningVar, out };
      expectRefusal(() => instanceNorm(x, call), kind, name, got, watched);
      expectRefusal(() => batchNorm(x, { ...call, training: true }), kind, name, got, watched);
    },
  );

  test('of 1 give exactly the bias, and gradients of the input near 0, beside longer ones', () => {
    const x = new Tensor(values, shape);
    const lengths = [7, 1, 0, 2];
    const bias = normals(CHANNELS, 11);
    const weight = normals(CHANNELS, 12);
    const first = (data: Float32Array, sample: number) =>
      Array.from({ length: CHANNELS }, (_, channel) => {
        const start = sample * CHANNELS * 12;
        return data[start + (layout === 'nchw' ? channel * 12 : channel)];
      });
    for (const eps of [1e-5, 0]) {
      const options = { layout, lengths, weight, bias, eps };
      const y = instanceNorm(x, options);
      expect(first(y.data, 1)).toEqual([...bias]);
      const without = instanceNorm(x, { ...options, lengths: [7, 0, 0, 2] });
      const size = CHANNELS * 12;
      expectSameBits(y.data.subarray(0, size), without.data.subarray(0, size));
      expectSameBits(y.data.subarray(2 * size), without.data.subarray(2 * size));
      const gradients = instanceNormBackward(x, x, options);
      const rstd = eps === 0 ? 0 : 1 / Math.sqrt(eps);
      first(gradients.input.data, 1).forEach((value, channel) => {
        const term = Math.abs((first(values, 1)[channel] as number) * (weight[channel] as number));
        expect(Math.abs(value as number)).toBeLessThanOrEqual(1e-5 * rstd * term);
      });
      expect(gradients.weight?.every(Number.isFinite)).toBe(true);
    }
  });

  test('of 1 take part in the running mean, and in the running variance if that is biased', () => {
    const x = new Tensor(values, shape);
    const moved = (lengths: readonly number[], unbiased: boolean) => {
      const stats = {
        runningMean: new Float32Array(CHANNELS),
        runningVar: new Float32Array(CHANNELS),
      };
      instanceNorm(x, { layout, lengths, momentum: 1, unbiased, ...stats });
      return stats;
    };
    const both = moved([7, 1, 0, 0], true);
    const alone = moved([7, 0, 0, 0], true);
    expectSameBits(both.runningVar, alone.runningVar);
    expect(both.runningMean).not.toEqual(alone.runningMean);
    const biased = moved([7, 0, 0, 0], false).runningVar.map((variance) => variance / 2);
    expectClose([...moved([7, 1, 0, 0], false).runningVar], [...biased]);
  });

  test('are refused if they leave one element, which has no spread', () => {
    const x = new Tensor(values, shape);
    for (const lengths of [
      [1, 1, 1, 1],
      [0, 1, 0, 1],
    ]) {
      const got = `lengths [${lengths.join(', ')}]`;
      expectRefusal(() => instanceNorm(x, { layout, lengths }), RangeError, 'x', got);
    }
    const single = [0, 1, 0, 0];
    expect(() => batchNorm(x, { layout, lengths: single, training: true })).toThrow(RangeError);
    // An element may be alone in its sample if the batch has more.
    expect(batchNorm(x, { layout, lengths: [1, 1, 0, 1], training: true }).shape).toEqual(shape);
    // Running statistics need no spread of the input.
    batchNorm(x, { layout, lengths: single, ...running() });
    instanceNorm(x, { layout, lengths: single, ...running(), useInputStats: false });
  });
});

function shapeOf(samples: number, length: number, layout: Layout): number[] {
  return layout === 'nchw' ? [samples, CHANNELS, length] : [samples, length, CHANNELS];
}

test('a layer that takes no lengths refuses them as an unknown option', () => {
  const x = new Tensor(normals(24, 10), [2, 3, 4]);
  for (const layer of [new GroupNorm(3, 3), new LayerNorm(4), new RMSNorm(4)]) {
    const call = () => layer.forward(x, { lengths: [1, 2] } as never);
    expectRefusal(call, TypeError, 'options', '"lengths"');
  }
});

test('samples with lengths may have more weights of their own than a kernel takes at once', () => {
  const [samples, channels] = [5, 820];
  const shape = [samples, 2, channels];
  const data = normals(sizeOf(shape), 6);
  const weights = normals(samples * channels, 7, 1, 0.5);
  const options = { layout: 'nhwc', lengths: [1, 1, 2, 0, 2] } as const;
  const y = instanceNorm({ data, shape }, { ...options, weight: weights }).data;
  const plain = instanceNorm({ data, shape }, options).data;
  const expected = plain.map((z, i) => {
    const sample = Math.floor(i / (2 * channels));
    return z * (weights[sample * channels + (i % channels)] as number);
  });
  expectClose(y, expected);
});
