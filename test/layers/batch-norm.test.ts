import { describe, expect, test } from 'vitest';
import {
  BatchNorm,
  type BatchNormOptions,
  batchNorm,
  batchNormBackward,
  ChannelMoments,
  Tensor,
  type TensorLike,
} from '../../src/index.ts';
import { expectClose, expectSameBits } from '../support/closeness.ts';
import { expectGradients } from '../support/gradients.ts';
import { channelsLast } from '../support/layouts.ts';
import { randomTensor } from '../support/norms.ts';
import { normals, uniforms } from '../support/random.ts';
import {
  batchNormGradients,
  batchNorm as batchNormReference,
  channelMoments,
  moveRunning,
  normalizeByRunningStats,
  runningStatsGradients,
  unbiasedVariance,
} from '../support/reference.ts';
import {
  expectRefusal,
  type Refused,
  type RefusedCall,
  testRefusals,
  testRefusedCalls,
} from '../support/refusals.ts';

const copies = ({ runningMean, runningVar, numBatchesTracked }: BatchNorm) => ({
  runningMean: runningMean?.slice(),
  runningVar: runningVar?.slice(),
  numBatchesTracked,
});

const arange = (count: number, start = 0, step = 1): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => start + step * i);

describe('batchNorm', () => {
  test.each([[[4, 3]], [[4, 5, 3]], [[2, 3, 6, 6]], [[2, 3, 4, 4, 4]], [[1, 2, 9]], [[70, 1]]])(
    'gives the float64 reference for shape %j in training, with any parameters',
    (shape) => {
      const x = randomTensor(shape, 1, 3, 2);
      const channels = shape[1] as number;
      for (const weight of [null, normals(channels, 2)]) {
        for (const bias of [null, normals(channels, 3)]) {
          for (const eps of [0, 1e-5, 0.5]) {
            const affine = { weight, bias, eps };
            const y = batchNorm(x, { ...affine, training: true });
            expect(y.shape).toEqual(shape);
            expectClose(y.data, batchNormReference(x.data, shape, affine), affine);
          }
        }
      }
    },
  );

  test.each([[[4, 3]], [[2, 3, 4]], [[2, 3, 4, 5]], [[2, 3, 4, 5, 2]]])(
    'is (x - mean) / sqrt(var + eps) in evaluation, which is the default, for shape %j (FunctionalTest.BatchNorm1d, 2d, 3d)',
    (shape) => {
      const x = randomTensor(shape, 4);
      const runningMean = normals(3, 5);
      const runningVar = uniforms(3, 6, 1, 2);
      const expected = normalizeByRunningStats(x.data, shape, runningMean, runningVar);
      const y = batchNorm(x, { runningMean, runningVar });
      expectClose(y.data, expected, { bias: [1] });
      expectSameBits(batchNorm(x, { runningMean, runningVar, training: false }).data, y.data);
    },
  );

  test('normalizes each channel over the batch to mean 0 and variance 1', () => {
    for (const layout of ['nchw', 'nhwc'] as const) {
      const shape = layout === 'nchw' ? [4, 5, 6, 7] : [4, 6, 7, 5];
      const y = batchNorm(randomTensor(shape, 7, -7, 3), { eps: 0, training: true, layout });
      for (const { mean, variance } of channelMoments(y.data, shape, layout)) {
        expect(Math.abs(mean)).toBeLessThan(1e-6);
        expect(Math.abs(variance - 1)).toBeLessThan(1e-6);
      }
    }
  });

  test('moves running statistics by momentum, their variance unbiased unless asked otherwise', () => {
    const shape = [3, 2, 5];
    const x = randomTensor(shape, 8, 2, 3);
    const found = channelMoments(x.data, shape);
    for (const momentum of [0.1, 0, 1, -1.2]) {
      for (const unbiased of [true, false]) {
        const runningMean = Float32Array.of(1, -2);
        const runningVar = Float32Array.of(3, 4);
        batchNorm(x, { runningMean, runningVar, momentum, unbiased, training: true });
        const means = found.map(({ mean }, i) => moveRunning([1, -2][i] as number, mean, momentum));
        const variances = found.map((row, i) => {
          const variance = unbiased ? unbiasedVariance(row) : row.variance;
          return moveRunning([3, 4][i] as number, variance, momentum);
        });
        expectClose(runningMean, means);
        expectClose(runningVar, variances);
      }
    }
  });

  test('updates either running statistic alone, and neither in evaluation', () => {
    const x = randomTensor([2, 2, 9], 9);
    const both = { runningMean: new Float32Array(2), runningVar: new Float32Array(2).fill(1) };
    batchNorm(x, { ...both, training: true });
    const runningMean = new Float32Array(2);
    batchNorm(x, { runningMean, training: true });
    expectSameBits(runningMean, both.runningMean);
    const runningVar = new Float32Array(2).fill(1);
    batchNorm(x, { runningVar, training: true });
    expectSameBits(runningVar, both.runningVar);
    batchNorm(x, both);
    expectSameBits(both.runningMean, runningMean);
    expectSameBits(both.runningVar, runningVar);
  });

  test('gives exactly the bias where a given variance and eps are 0, and no gradient of the input', () => {
    const x = new Tensor(Float32Array.of(5, -3e38, 1e-45, 5, 0, 7), [1, 2, 3]);
    const gradOutput = new Tensor(Float32Array.of(1, 2, 3, 4, 5, 6), [1, 2, 3]);
    const options = {
      weight: Float32Array.of(3, -3e38),
      bias: Float32Array.of(0.1, -7),
      runningMean: Float32Array.of(5, 5),
      runningVar: new Float32Array(2),
      eps: 0,
    };
    const [first, second] = options.bias;
    expect([...batchNorm(x, options).data]).toEqual([first, first, first, second, second, second]);
    const gradients = batchNormBackward(gradOutput, x, options);
    expect(gradients.input.data.every((value) => value === 0)).toBe(true);
    expect([...(gradients.weight ?? [])].map(Math.abs)).toEqual([0, 0]);
    expect(gradients.bias).toEqual(Float32Array.of(6, 15));
  });

  test('gives NaN for a given variance below 0, which has no root', () => {
    const x = new Tensor(normals(4, 1), [2, 2]);
    const given = { runningMean: new Float32Array(2), runningVar: Float32Array.of(-1, 1) };
    expect([...batchNorm(x, given).data].map(Number.isNaN)).toEqual([true, false, true, false]);
  });

  test('keeps to the formula at momentum 0, so that NaN reaches running statistics', () => {
    const x = new Tensor(Float32Array.of(Number.NaN, 1, 2, 3), [2, 2]);
    const stats = { runningMean: new Float32Array(2), runningVar: Float32Array.of(1, 1) };
    batchNorm(x, { ...stats, training: true, momentum: 0 });
    expect(stats.runningMean).toEqual(Float32Array.of(Number.NaN, 0));
    expect(stats.runningVar).toEqual(Float32Array.of(Number.NaN, 1));
  });

  test('takes 880801 samples of one element (test_batchnorm_large_batch)', () => {
    const shape = [880801, 1, 1, 1];
    const x = randomTensor(shape, 10, 5, 2);
    const y = batchNorm(x, { training: true });
    expectClose(y.data, batchNormReference(x.data, shape));
    const g = randomTensor(shape, 11);
    const found = batchNormBackward(g, x, { training: true });
    expectGradients(found, batchNormGradients(g.data, x.data, shape));
  });

  test.each([true, false])(
    'has the gradients of a running variance of 0, training: %s (test_batchnorm_grad)',
    (training) => {
      const shape = [4, 5, 6];
      const x = new Tensor(arange(120), shape);
      const g = randomTensor(shape, 12);
      const affine = { weight: arange(5, 1), bias: arange(5), eps: 1e-4 };
      const runningMean = arange(5, 1, -1);
      const runningVar = arange(5, 0, 2);
      const found = batchNormBackward(g, x, { ...affine, runningMean, runningVar, training });
      const expected = training
        ? batchNormGradients(g.data, x.data, shape, affine)
        : runningStatsGradients(g.data, x.data, shape, runningMean, runningVar, affine);
      expectGradients(found, expected);
    },
  );

  test.each([
    [4, 8, 10, 10],
    [4, 1, 9, 9],
    [4, 9, 1, 1],
    [4, 8, 3, 4, 5],
  ])(
    'gives in nhwc what it gives in nchw, and the same gradients: %i, %i, ... (test_batchnorm_nhwc_cpu)',
    (...shape) => {
      const channels = shape[1] as number;
      const x = randomTensor(shape, 13, 1, 2);
      const g = randomTensor(shape, 14);
      const options = {
        weight: normals(channels, 15),
        bias: normals(channels, 16),
        training: true,
      };
      const nhwc = { ...options, layout: 'nhwc' } as const;
      const [last, lastGradient] = [channelsLast(x), channelsLast(g)];
      expectClose(batchNorm(last, nhwc).data, channelsLast(batchNorm(x, options)).data, options);
      const { input, weight, bias } = batchNormBackward(g, x, options);
      const found = batchNormBackward(lastGradient, last, nhwc);
      const { sizes } = batchNormGradients(lastGradient.data, last.data, last.shape, nhwc);
      expectGradients(found, { input: channelsLast(input).data, weight, bias, sizes });
      expect(found.input.shape).toEqual(last.shape);
    },
  );

  test.each([[[0, 3, 2, 2]], [[0, 5, 9]], [[2, 3, 0]], [[0, 4]]])(
    'gives an empty tensor for the empty shape %j, and moves no statistics',
    (shape) => {
      const channels = shape[1] as number;
      const runningMean = new Float32Array(channels).fill(5);
      const runningVar = new Float32Array(channels).fill(6);
      for (const layout of ['nchw', 'nhwc'] as const) {
        for (const training of [true, false]) {
          const sizes = layout === 'nchw' ? shape : [shape[0], ...shape.slice(2), channels];
          const x = new Tensor(new Float32Array(0), sizes as number[]);
          expect(batchNorm(x, { runningMean, runningVar, training, layout }).shape).toEqual(sizes);
        }
      }
      expect([...runningMean, ...runningVar]).toEqual([
        ...Array(channels).fill(5),
        ...Array(channels).fill(6),
      ]);
    },
  );
});

describe('a refused call of batchNorm', () => {
  const shape = [2, 10, 4];

  function validCall() {
    return {
      x: randomTensor(shape, 20) as TensorLike,
      weight: normals(10, 21),
      bias: normals(10, 22),
      runningMean: normals(10, 23),
      runningVar: uniforms(10, 24, 0.5, 1),
      training: true,
      out: new Tensor(normals(80, 25), shape),
    };
  }

  type Call = ReturnType<typeof validCall>;

  const make = ({ x, ...options }: Record<string, unknown>) =>
    batchNorm(x as TensorLike, options as BatchNormOptions);

  const sizes = ['weight', 'bias', 'runningMean', 'runningVar'].flatMap((name) =>
    [9, 11, 20].map(
      (size): Refused<Call> => [
        `a ${name} of ${size} for 10 channels (test_batchnorm_raises_error_if_${name}_is_not_same_size_as_input)`,
        () => ({ [name]: new Float32Array(size) }),
        RangeError,
        name,
        `${size}`,
      ],
    ),
  );

  const refused: Refused<Call>[] = [
    ...sizes,
    ['1 dimension', () => ({ x: randomTensor([80], 1) }), RangeError, 'x', 'shape [80]'],
    [
      'one value in each channel (test_batchnorm_raises_error_if_less_than_one_value_per_channel)',
      () => ({ x: randomTensor([1, 10, 1], 1), out: undefined }),
      RangeError,
      'x',
      'shape [1, 10, 1]',
    ],
    [
      'no running mean in evaluation',
      () => ({ runningMean: undefined, training: false }),
      TypeError,
      'runningMean',
      'null',
    ],
    [
      'no running variance in evaluation',
      () => ({ runningVar: null, training: undefined }),
      TypeError,
      'runningVar',
      'null',
    ],
    [
      'an option of instanceNorm',
      () => ({ useInputStats: true }),
      TypeError,
      'options',
      '"useInputStats"',
    ],
    ['an out of another shape', () => ({ out: randomTensor([80], 1) }), RangeError, 'out', '[80]'],
    [
      'a running mean that is the bias',
      (call) => ({ runningMean: call.bias }),
      RangeError,
      'runningMean',
      'bytes 0 to 40',
    ],
    [
      'a running variance within out',
      (call) => ({ runningVar: call.out.data.subarray(0, 10) }),
      RangeError,
      'out',
      'bytes 0 to 320',
    ],
  ];

  testRefusals(validCall, make, refused);

  test('for one value is none if the statistics are given', () => {
    const options = { runningMean: normals(10, 26), runningVar: uniforms(10, 27, 1, 2) };
    expect(batchNorm(randomTensor([1, 10, 1], 28), options).shape).toEqual([1, 10, 1]);
  });
});

describe('BatchNorm', () => {
  test('begins with all five buffers (BatchNorm1dStateful)', () => {
    const layer = new BatchNorm(5);
    const { weight, bias, runningMean, runningVar, numBatchesTracked } = layer;
    expect({ weight, bias, runningMean, runningVar, numBatchesTracked }).toEqual({
      weight: new Float32Array(5).fill(1),
      bias: new Float32Array(5),
      runningMean: new Float32Array(5),
      runningVar: new Float32Array(5).fill(1),
      numBatchesTracked: 0,
    });
    const { eps, momentum, unbiased, training, trackRunningStats, layout } = layer;
    expect({ eps, momentum, unbiased, training, trackRunningStats, layout }).toEqual({
      eps: 1e-5,
      momentum: 0.1,
      unbiased: true,
      training: true,
      trackRunningStats: true,
      layout: 'nchw',
    });
  });

  test('has none of them with affine and trackRunningStats false (BatchNorm1dStateless)', () => {
    const layer = new BatchNorm(5, { affine: false, trackRunningStats: false });
    const { weight, bias, runningMean, runningVar } = layer;
    expect([weight, bias, runningMean, runningVar]).toEqual([null, null, null, null]);
    expect(layer.stateDict()).toEqual({});
  });

  // The inputs of the generic module suite, test_modules.py.
  const modules: [object, number[]][] = [
    [{}, [4, 10]],
    [{}, [4, 5, 3]],
    [{ eps: 1e-3, momentum: null }, [4, 10]],
    [{ eps: 1e-3, momentum: 0.3, affine: false }, [4, 10]],
    [{ eps: 1e-3, momentum: 0.3, affine: true, trackRunningStats: false }, [4, 10]],
    [{ eps: 1e-3, momentum: 0.3, affine: false }, [4, 5, 3]],
    [{ eps: 1e-3, momentum: 0.8 }, [2, 3, 6, 6]],
    [{ eps: 1e-3, momentum: null }, [2, 3, 6, 6]],
    [{ eps: 1e-3, momentum: 0.7, affine: false }, [2, 3, 4, 4, 4]],
    [{ eps: 1e-3, momentum: 0.7, trackRunningStats: false }, [2, 3, 4, 4, 4]],
  ];

  test.each(modules)(
    'gives the formula with %j for shape %j, in both modes (test_forward)',
    (options, shape) => {
      const layer = new BatchNorm(shape[1] as number, options);
      const x = randomTensor(shape, 30, 1, 2);
      const affine = { eps: layer.eps };
      const trained = batchNormReference(x.data, shape, affine);
      expectClose(layer.forward(x).data, trained);
      const { runningMean, runningVar } = layer;
      const expected =
        runningMean && runningVar
          ? normalizeByRunningStats(x.data, shape, runningMean, runningVar, affine)
          : trained;
      expectClose(layer.eval().forward(x).data, expected, { weight: [2], bias: [1] });
    },
  );

  test('moves its statistics and counts in training, and does neither in evaluation (test_batchnorm_update_stats)', () => {
    const layer = new BatchNorm(3);
    const before = copies(layer);
    layer.forward(randomTensor([4, 3], 31));
    const trained = copies(layer);
    expect(trained.runningMean).not.toEqual(before.runningMean);
    expect(trained.runningVar).not.toEqual(before.runningVar);
    expect(trained.numBatchesTracked).toBe(1);
    layer.eval().forward(randomTensor([4, 3], 32));
    expect(copies(layer)).toEqual(trained);
  });

  test('averages all batches if momentum is null (test_batchnorm_simple_average)', () => {
    const layer = new BatchNorm(3, { momentum: null });
    const [first, second] = [randomTensor([4, 3], 33), randomTensor([4, 3], 34, 1, 2)];
    const alone = [first, second].map((x) => {
      layer.resetRunningStats();
      expect(copies(layer)).toEqual({
        runningMean: Float32Array.of(0, 0, 0),
        runningVar: Float32Array.of(1, 1, 1),
        numBatchesTracked: 0,
      });
      const y = layer.forward(x);
      return { y, ...copies(layer) };
    });
    layer.resetRunningStats();
    expectSameBits(layer.forward(first).data, alone[0]?.y.data as Float32Array);
    expectSameBits(layer.forward(second).data, alone[1]?.y.data as Float32Array);
    for (const name of ['runningMean', 'runningVar'] as const) {
      const halves = alone.map((one) => one[name] as Float32Array);
      const average = Float64Array.from(
        { length: 3 },
        (_, i) => (Number(halves[0]?.[i]) + Number(halves[1]?.[i])) / 2,
      );
      expectClose(layer[name] as Float32Array, average);
    }
    expect(layer.numBatchesTracked).toBe(2);
  });

  test('evaluates with momentum null before its first batch', () => {
    const x = randomTensor([4, 3], 35);
    const runningMean = new Float32Array(3);
    const runningVar = new Float32Array(3).fill(1);
    const y = new BatchNorm(3, { momentum: null }).eval().forward(x);
    expectSameBits(y.data, batchNorm(x, { runningMean, runningVar }).data);
  });

  test('finds the mean of a whole dataset, batch by batch (test_update_bn_cnn)', () => {
    const layer = new BatchNorm(2, { momentum: null });
    const batches = [0, 1, 2, 3, 4].map((i) => randomTensor([6, 2, 3, 3], 35 + i, i, 2));
    for (const batch of batches) layer.forward(batch);
    const all = new Tensor(
      Float32Array.from(batches.flatMap(({ data }) => [...data])),
      [30, 2, 3, 3],
    );
    const means = channelMoments(all.data, all.shape).map(({ mean }) => mean);
    expectClose(layer.runningMean as Float32Array, means);
  });

  test.each([[[4, 3]], [[4, 3, 5]]])(
    'gives the same twice in evaluation, and the same gradients, for shape %j (test_batchnorm_eval)',
    (shape) => {
      const layer = new BatchNorm(3);
      layer.forward(randomTensor(shape, 40));
      layer.eval();
      const x = randomTensor(shape, 41);
      const g = randomTensor(shape, 42);
      const once = layer.forward(x);
      const gradients = layer.backward(g);
      expectSameBits(layer.forward(x).data, once.data);
      expect(layer.backward(g)).toEqual(gradients);
    },
  );

  test.each([[[4, 3]], [[4, 3, 5]]])(
    'without running statistics gives the same in both modes for shape %j (test_batchnorm_eval)',
    (shape) => {
      const layer = new BatchNorm(3, { trackRunningStats: false });
      const x = randomTensor(shape, 43);
      expectSameBits(layer.forward(x).data, layer.eval().forward(x).data);
      expect(layer.numBatchesTracked).toBe(0);
    },
  );

  test.each([[[4, 3]], [[4, 3, 5]]])(
    'without parameters gives what weights 1 and biases 0 give, for shape %j (test_batchnorm_affine)',
    (shape) => {
      const x = randomTensor(shape, 44);
      const g = randomTensor(shape, 45);
      const plain = new BatchNorm(3, { affine: false });
      const affine = new BatchNorm(3);
      expectSameBits(plain.forward(x).data, affine.forward(x).data);
      expectSameBits(plain.backward(g).input.data, affine.backward(g).input.data);
    },
  );

  test('keeps its statistics when tracking is turned off later, and still uses them in evaluation (test_batchnorm_buffer_update_when_stats_are_not_tracked)', () => {
    const layer = new BatchNorm(3);
    layer.forward(randomTensor([4, 3], 46, 2));
    layer.trackRunningStats = false;
    const before = copies(layer);
    const x = randomTensor([4, 3], 47, -2);
    expectClose(layer.forward(x).data, batchNormReference(x.data, x.shape));
    expect(copies(layer)).toEqual(before);
    const { runningMean, runningVar } = before;
    const y = layer.eval().forward(x);
    expectClose(
      y.data,
      normalizeByRunningStats(
        x.data,
        x.shape,
        runningMean as Float32Array,
        runningVar as Float32Array,
      ),
      { weight: [3] },
    );
  });

  test('saves its count, and keeps it if a dictionary lacks it (test_batchnorm_load_state_dict)', () => {
    const layer = new BatchNorm(3);
    expect([...(layer.stateDict().num_batches_tracked?.data ?? [])]).toEqual([0n]);
    layer.numBatchesTracked = 10;
    expect([...(layer.stateDict().num_batches_tracked?.data ?? [])]).toEqual([10n]);
    layer.loadStateDict({}, { strict: false });
    expect(layer.numBatchesTracked).toBe(10);
  });

  test('takes an empty batch, which is counted and moves no statistics (test_BatchNorm_empty)', () => {
    const layer = new BatchNorm(3);
    const empty = new Tensor(new Float32Array(0), [0, 3, 2, 2]);
    expect(layer.forward(empty).shape).toEqual([0, 3, 2, 2]);
    expect(copies(layer)).toEqual({
      runningMean: new Float32Array(3),
      runningVar: new Float32Array(3).fill(1),
      numBatchesTracked: 1,
    });
    const { input, weight, bias } = layer.backward(empty);
    expect(input.size).toBe(0);
    expect([weight, bias]).toEqual([new Float32Array(3), new Float32Array(3)]);
  });

  test('refuses one value in each channel if it takes statistics from it (test_batchnorm_raises_error_if_less_than_one_value_per_channel)', () => {
    const x = randomTensor([1, 10, 1], 48);
    const got = 'shape [1, 10, 1]';
    const layer = new BatchNorm(10);
    const watched = [layer.runningMean as Float32Array, layer.runningVar as Float32Array];
    expectRefusal(() => layer.forward(x), RangeError, 'x', got, watched);
    expect(layer.numBatchesTracked).toBe(0);
    expect(layer.eval().forward(x).shape).toEqual([1, 10, 1]);
    const untracked = new BatchNorm(10, { trackRunningStats: false }).eval();
    expectRefusal(() => untracked.forward(x), RangeError, 'x', got);
  });

  test('takes any number of channels if nothing depends on it, and otherwise only its own', () => {
    const x = randomTensor([3, 2, 10], 49);
    const free = new BatchNorm(4, { affine: false, trackRunningStats: false });
    expectClose(free.forward(x).data, batchNormReference(x.data, x.shape));
    for (const options of [{ affine: false }, { trackRunningStats: false }]) {
      const layer = new BatchNorm(4, options);
      expectRefusal(() => layer.forward(x), RangeError, 'x', 'shape [3, 2, 10]');
    }
  });

  test('takes its running statistics from moments of other data', () => {
    const x = randomTensor([5, 3, 7], 50, 4, 2);
    for (const unbiased of [true, false]) {
      const layer = new BatchNorm(3, { unbiased });
      layer.setRunningStats(new ChannelMoments(3).update(x));
      const found = channelMoments(x.data, x.shape);
      const variances = found.map((row) => (unbiased ? unbiasedVariance(row) : row.variance));
      expectClose(
        layer.runningMean as Float32Array,
        found.map(({ mean }) => mean),
      );
      expectClose(layer.runningVar as Float32Array, variances);
    }
    const layer = new BatchNorm(3);
    const watched = [layer.runningMean as Float32Array, layer.runningVar as Float32Array];
    const other = new ChannelMoments(2);
    expectRefusal(() => layer.setRunningStats(other), RangeError, 'moments', '2', watched);
    const few = new ChannelMoments(3).update(randomTensor([1, 3], 51));
    expectRefusal(() => layer.setRunningStats(few), RangeError, 'moments', '1', watched);
    const none = new BatchNorm(3, { trackRunningStats: false });
    expectRefusal(() => none.setRunningStats(few), TypeError, 'setRunningStats', 'none');
  });

  const refused: RefusedCall[] = [
    ['no features', () => new BatchNorm(0), RangeError, 'numFeatures', '0'],
    ['a word for features', () => new BatchNorm('3' as never), TypeError, 'numFeatures', '"3"'],
    [
      'an unknown option',
      () => new BatchNorm(3, { training: true } as never),
      TypeError,
      'options',
      '"training"',
    ],
    [
      'an infinite momentum',
      () => new BatchNorm(3, { momentum: Infinity }),
      RangeError,
      'momentum',
      'Infinity',
    ],
    ['1 for affine', () => new BatchNorm(3, { affine: 1 as never }), TypeError, 'affine', '1'],
    [
      'an unknown layout',
      () => new BatchNorm(3, { layout: 'chw' as never }),
      RangeError,
      'layout',
      '"chw"',
    ],
  ];
  testRefusedCalls(refused);
});
