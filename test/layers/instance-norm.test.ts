import { describe, expect, test } from 'vitest';
import {
  type ChannelLayerOptions,
  InstanceNorm,
  type InstanceNormOptions,
  instanceNorm,
  instanceNormBackward,
  Tensor,
} from '../../src/index.ts';
import { expectClose, expectSameBits, expectSpoiledRows } from '../support/closeness.ts';
import { type FunctionCase, type LayerCase, readFixture, toTensor } from '../support/fixtures.ts';
import { randomTensor } from '../support/norms.ts';
import { normals, uniforms } from '../support/random.ts';
import {
  instanceNorm as instanceNormReference,
  moments,
  moveRunning,
  normalizeByRunningStats,
  rowMoments,
  unbiasedVariance,
} from '../support/reference.ts';
import {
  expectRefusal,
  type Refused,
  type RefusedCall,
  testRefusals,
  testRefusedCalls,
} from '../support/refusals.ts';
import { SHAPES, sizeOf } from '../support/shapes.ts';

/** The values of one channel, all samples together. */
function channelOf({ data, shape }: Tensor, channel: number): Float32Array {
  const [samples, channels] = shape as [number, number];
  const length = data.length / (samples * channels);
  return data.filter((_, i) => Math.floor(i / length) % channels === channel);
}

const torch = readFixture<{
  layers: LayerCase<ChannelLayerOptions>[];
  functions: FunctionCase<InstanceNormOptions>[];
}>('torch-instance-norm');

describe('instanceNorm', () => {
  test('gives what the notebook printed', () => {
    const notebook = readFixture<{ shape: number[]; input: number[]; expected: number[] }>(
      'notebook',
    );
    const y = instanceNorm(toTensor({ shape: notebook.shape, data: notebook.input }));
    expect(y.shape).toEqual([2, 3, 3, 3]);
    // Input and output were printed to 4 decimals.
    notebook.expected.forEach((expected, i) => {
      expect(Math.abs((y.data[i] as number) - expected)).toBeLessThan(2e-4);
    });
  });

  test.each(torch.functions)("gives torch's instance_norm: $name", (fixture) => {
    const arrays: Record<string, Float32Array> = Object.fromEntries(
      Object.entries(fixture.arrays).map(([name, values]) => [name, Float32Array.from(values)]),
    );
    const y = instanceNorm(toTensor(fixture.input), { ...fixture.options, ...arrays });
    expect(y.shape).toEqual(fixture.input.shape);
    expectClose(y.data, fixture.output, arrays);
    for (const name in fixture.after) {
      expectClose(arrays[name] as Float32Array, fixture.after[name] as number[]);
    }
  });

  test.each([
    [[5, 5, 5]],
    [[3, 2, 4]],
    [[3, 2, 3, 4]],
    [[1, 2, 3]],
    [[2, 3, 2, 5, 7]],
    [[2, 1, 2, 2, 2, 3]],
    [[1, 1, 2]],
  ])('gives the float64 reference for shape %j, with any parameters', (shape) => {
    const x = randomTensor(shape, 1, 3, 2);
    const channels = shape[1] as number;
    for (const weight of [null, normals(channels, 2)]) {
      for (const bias of [null, normals(channels, 3)]) {
        for (const eps of [0, 1e-5, 0.5]) {
          const affine = { weight, bias, eps };
          const y = instanceNorm(x, affine);
          expect(y.shape).toEqual(shape);
          expectClose(y.data, instanceNormReference(x.data, shape, affine), affine);
        }
      }
    }
  });

  test.each(SHAPES.map((shape) => [shape]))(
    'gives the float64 reference for shape %j, whatever the statistics and parameters',
    (shape) => {
      const [samples, channels] = shape as [number, number];
      const x = randomTensor(shape, 2, 3, 2);
      const running = {
        runningMean: normals(channels, 3),
        runningVar: uniforms(channels, 4, 0.5, 2),
      };
      for (const rows of [channels, samples * channels]) {
        const affine = { weight: normals(rows, 5), bias: normals(rows, 6) };
        const byRunning = instanceNorm(x, { ...affine, ...running, useInputStats: false });
        const { runningMean, runningVar } = running;
        const expected = normalizeByRunningStats(x.data, shape, runningMean, runningVar, affine);
        expectClose(byRunning.data, expected, { weight: [10], bias: [6] });
        const own = instanceNorm(x, affine);
        expectClose(own.data, instanceNormReference(x.data, shape, affine), affine);
      }
    },
  );

  test('normalizes each channel of each sample to mean 0 and variance 1 (test_InstanceNorm_general)', () => {
    const shape = [4, 5, 6, 7];
    const y = instanceNorm(randomTensor(shape, 4, -7, 3), { eps: 0 });
    for (const { mean, variance } of rowMoments(y.data, shape)) {
      expect(Math.abs(mean)).toBeLessThan(1e-6);
      expect(Math.abs(variance - 1)).toBeLessThan(1e-6);
    }
  });

  test('takes a weight and a bias for each sample and channel: conditional instance normalization', () => {
    const shape = [3, 4, 33];
    const x = randomTensor(shape, 5);
    const each = { weight: normals(12, 6), bias: normals(12, 7) };
    const mixed = { weight: normals(4, 8), bias: normals(12, 9) };
    for (const affine of [each, mixed, { weight: each.weight }, { bias: each.bias }]) {
      const y = instanceNorm(x, affine);
      expectClose(y.data, instanceNormReference(x.data, shape, affine), affine);
    }
  });

  test('takes conditional parameters by running statistics as well', () => {
    const shape = [3, 4, 33];
    const x = randomTensor(shape, 10);
    const mean = normals(4, 11);
    const variance = uniforms(4, 12, 0.5, 2);
    const affine = { weight: normals(12, 13), bias: normals(12, 14) };
    const y = instanceNorm(x, {
      ...affine,
      runningMean: mean,
      runningVar: variance,
      useInputStats: false,
    });
    expectClose(y.data, normalizeByRunningStats(x.data, shape, mean, variance, affine), {
      weight: [4],
      bias: [4],
    });
  });

  test('moves running statistics to the average over the batch, whether or not parameters are conditional', () => {
    const shape = [3, 2, 50];
    const x = randomTensor(shape, 15, 2, 3);
    const rows = rowMoments(x.data, shape);
    for (const weight of [null, normals(6, 16)]) {
      for (const unbiased of [true, false]) {
        const runningMean = Float32Array.of(1, -2);
        const runningVar = Float32Array.of(3, 4);
        instanceNorm(x, { weight, runningMean, runningVar, unbiased, momentum: 0.25 });
        const average = (value: (index: number) => number, channel: number) =>
          [0, 1, 2].reduce((sum, sample) => sum + value(sample * 2 + channel) / 3, 0);
        const variances = rows.map((row) => (unbiased ? unbiasedVariance(row) : row.variance));
        const means = rows.map((row) => row.mean);
        expectClose(runningMean, [
          moveRunning(
            1,
            average((i) => means[i] as number, 0),
            0.25,
          ),
          moveRunning(
            -2,
            average((i) => means[i] as number, 1),
            0.25,
          ),
        ]);
        expectClose(runningVar, [
          moveRunning(
            3,
            average((i) => variances[i] as number, 0),
            0.25,
          ),
          moveRunning(
            4,
            average((i) => variances[i] as number, 1),
            0.25,
          ),
        ]);
      }
    }
  });

  test('updates either running statistic alone', () => {
    const x = randomTensor([2, 2, 9], 17);
    const both = { runningMean: new Float32Array(2), runningVar: new Float32Array(2).fill(1) };
    instanceNorm(x, both);
    const runningMean = new Float32Array(2);
    instanceNorm(x, { runningMean });
    expectSameBits(runningMean, both.runningMean);
    const runningVar = new Float32Array(2).fill(1);
    instanceNorm(x, { runningVar });
    expectSameBits(runningVar, both.runningVar);
  });

  test("uses the input's statistics although running ones are given, and does not move these with useInputStats false", () => {
    const x = randomTensor([2, 3, 20], 18, 5, 2);
    const running = { runningMean: Float32Array.of(9, 9, 9), runningVar: Float32Array.of(4, 4, 4) };
    expectSameBits(instanceNorm(x, running).data, instanceNorm(x).data);
    const before = running.runningMean.slice();
    instanceNorm(x, { ...running, useInputStats: false });
    expectSameBits(running.runningMean, before);
  });

  test('takes a bias of each of no samples beside a weight of each channel', () => {
    const x = new Tensor(new Float32Array(0), [0, 3, 4]);
    const arrays = { weight: new Float32Array(3), bias: new Float32Array(0) };
    expect(instanceNorm(x, arrays).shape).toEqual([0, 3, 4]);
    expect(instanceNormBackward(x, x, arrays).bias).toEqual(new Float32Array(0));
  });

  test.each([[[0, 3, 4]], [[2, 0, 4]], [[2, 3, 0]], [[0, 3, 0, 5]]])(
    'gives an empty tensor for the empty shape %j, and moves no running statistic',
    (shape) => {
      const channels = shape[1] as number;
      const runningMean = new Float32Array(channels).fill(5);
      const runningVar = new Float32Array(channels).fill(6);
      for (const useInputStats of [true, false]) {
        const x = new Tensor(new Float32Array(0), shape);
        const y = instanceNorm(x, { runningMean, runningVar, useInputStats });
        expect(y.shape).toEqual(shape);
        expect(y.size).toBe(0);
      }
      expect([...runningMean]).toEqual(Array(channels).fill(5));
      expect([...runningVar]).toEqual(Array(channels).fill(6));
    },
  );

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'keeps %d in its own channel of its own sample',
    (value) => {
      for (const length of [5, 71, 70000]) {
        const shape = [2, 3, length];
        const x = randomTensor(shape, 19);
        const clean = instanceNorm(x);
        const bad = 4;
        x.data[bad * length + length - 2] = value;
        const y = instanceNorm(x);
        expectSpoiledRows(y.data, clean.data, length, (row) => row === bad);
      }
    },
  );

  test('gives a constant channel exactly its bias, also without eps', () => {
    const values = [0, 0.1, -3, 1e-45, 1e-30, 1e30, 3.4e38];
    const bias = normals(values.length, 20);
    const weight = normals(values.length, 21, 100, 50);
    for (const length of [2, 3, 49, 17001, 65537]) {
      const x = new Float32Array(values.length * length);
      for (const [row, value] of values.entries()) {
        x.fill(value, row * length, (row + 1) * length);
      }
      for (const eps of [1e-5, 0]) {
        const y = instanceNorm(new Tensor(x, [1, values.length, length]), { weight, bias, eps });
        bias.forEach((expected, row) => {
          const part = y.data.subarray(row * length, (row + 1) * length);
          expect(part.every((value) => value === expected)).toBe(true);
        });
      }
    }
  });

  test('writes into out and returns it', () => {
    const x = randomTensor([2, 3, 70], 22);
    const out = new Tensor(new Float32Array(x.size), x.shape);
    expect(instanceNorm(x, { out })).toBe(out);
    expectSameBits(out.data, instanceNorm(x).data);
    const plain = { data: new Float32Array(x.size), dims: [2, 3, 70] };
    expect(instanceNorm(x, { out: plain }).data).toBe(plain.data);
    expectSameBits(plain.data, out.data);
  });

  test.each([24, -24])('writes next to x in the same memory, %i elements from it', (offset) => {
    const memory = normals(72, 23);
    const x = new Tensor(memory.subarray(24, 48), [2, 3, 4]);
    const expected = instanceNorm(x);
    const out = new Tensor(memory.subarray(24 + offset, 48 + offset), [2, 3, 4]);
    expectSameBits(instanceNorm(x, { out }).data, expected.data);
  });

  test('leaves its input as it was', () => {
    const x = randomTensor([2, 3, 70], 23);
    const before = x.data.slice();
    instanceNorm(x, { weight: normals(3, 1) });
    expectSameBits(x.data, before);
  });

  test('works in place, through x itself or another view of the same elements', () => {
    const x = randomTensor([2, 3, 70], 24);
    const expected = instanceNorm(x);
    const itself = new Tensor(x.data.slice(), x.shape);
    expect(instanceNorm(itself, { out: itself })).toBe(itself);
    expectSameBits(itself.data, expected.data);
    const elements = x.data.slice();
    const view = new Tensor(new Float32Array(elements.buffer), x.shape);
    instanceNorm(new Tensor(elements, x.shape), { out: view });
    expectSameBits(elements, expected.data);
  });

  test('takes the tensors of ONNX runtimes, with dims for a shape', () => {
    const { data } = randomTensor([2, 3, 70], 25);
    const y = instanceNorm({ data, dims: [2, 3, 70] });
    expectSameBits(y.data, instanceNorm({ data, shape: [2, 3, 70] }).data);
  });
});

describe('a refused call of instanceNorm', () => {
  const shape = [2, 3, 4];

  function validCall() {
    return {
      x: randomTensor(shape, 26) as unknown,
      weight: normals(3, 27),
      bias: normals(3, 28),
      runningMean: normals(3, 29),
      runningVar: uniforms(3, 30, 0.5, 1),
      out: new Tensor(normals(24, 31), shape),
    };
  }

  type Call = ReturnType<typeof validCall>;

  function make({ x, ...options }: Record<string, unknown>) {
    return instanceNorm(x as Tensor, options);
  }

  const floats = (count: number) => new Float32Array(count);
  const refused: Refused<Call>[] = [
    ['no tensor', () => ({ x: undefined }), TypeError, 'x', 'undefined'],
    ['null for a tensor', () => ({ x: null }), TypeError, 'x', 'null'],
    ['bare data', () => ({ x: floats(24) }), TypeError, 'x', 'a value of type Float32Array'],
    ['no data', () => ({ x: { shape } }), TypeError, 'x.data', 'undefined'],
    [
      'float64 data',
      () => ({ x: { data: new Float64Array(24), shape } }),
      TypeError,
      'x.data',
      'a value of type Float64Array',
    ],
    [
      'an array of numbers',
      () => ({ x: { data: [1, 2], shape: [1, 1, 2] } }),
      TypeError,
      'x.data',
      '[1, 2]',
    ],
    ['no shape', () => ({ x: { data: floats(24) } }), TypeError, 'x', 'a value of type Object'],
    [
      'a number for a shape',
      () => ({ x: { data: floats(24), shape: 24 } }),
      TypeError,
      'x.shape',
      '24',
    ],
    [
      'words in a shape',
      () => ({ x: { data: floats(24), dims: [2, '3', 4] } }),
      TypeError,
      'x.dims',
      '"3"',
    ],
    [
      'a negative size',
      () => ({ x: { data: floats(24), shape: [-2, -3, 4] } }),
      RangeError,
      'x.shape',
      '-2',
    ],
    [
      'a broken size',
      () => ({ x: { data: floats(24), shape: [2, 3, 4.5] } }),
      RangeError,
      'x.shape',
      '4.5',
    ],
    [
      'a size of NaN',
      () => ({ x: { data: floats(24), shape: [2, Number.NaN] } }),
      RangeError,
      'x.shape',
      'NaN',
    ],
    [
      'another shape than the data',
      () => ({ x: { data: floats(23), shape } }),
      RangeError,
      'x.data',
      '23',
    ],
    [
      '1 dimension',
      () => ({ x: { data: floats(24), shape: [24] } }),
      RangeError,
      'x',
      'shape [24]',
    ],
    ['a scalar', () => ({ x: { data: floats(1), shape: [] } }), RangeError, 'x', 'shape []'],
    [
      'one value in each channel',
      () => ({ x: { data: floats(6), shape: [2, 3, 1] } }),
      RangeError,
      'x',
      'shape [2, 3, 1]',
    ],
    [
      'no spatial dimension',
      () => ({ x: { data: floats(6), shape: [2, 3] } }),
      RangeError,
      'x',
      'shape [2, 3]',
    ],
    ['an unknown option', () => ({ epsilon: 1e-5 }), TypeError, 'options', '"epsilon"'],
    ['an array for a weight', () => ({ weight: [1, 2, 3] }), TypeError, 'weight', '[1, 2, 3]'],
    ['a number for a bias', () => ({ bias: 0 }), TypeError, 'bias', '0'],
    ['a weight for 2 of 3 channels', () => ({ weight: floats(2) }), RangeError, 'weight', '2'],
    ['a weight for 4 of 3 channels', () => ({ weight: floats(4) }), RangeError, 'weight', '4'],
    ['a bias for 5 of 6 rows', () => ({ bias: floats(5) }), RangeError, 'bias', '5'],
    [
      'a running mean of 2 values',
      () => ({ runningMean: floats(2) }),
      RangeError,
      'runningMean',
      '2',
    ],
    [
      'a running mean for each row',
      () => ({ runningMean: floats(6) }),
      RangeError,
      'runningMean',
      '6',
    ],
    [
      'a running variance of 4 values',
      () => ({ runningVar: floats(4) }),
      RangeError,
      'runningVar',
      '4',
    ],
    [
      'a running variance in a list',
      () => ({ runningVar: [1, 1, 1] }),
      TypeError,
      'runningVar',
      '[1, 1, 1]',
    ],
    [
      'no running mean where it is to be used',
      () => ({ runningMean: null, useInputStats: false }),
      TypeError,
      'runningMean',
      'null',
    ],
    [
      'no running variance where it is to be used',
      () => ({ runningVar: undefined, useInputStats: false }),
      TypeError,
      'runningVar',
      'null',
    ],
    ['a negative eps', () => ({ eps: -1e-5 }), RangeError, 'eps', '-0.00001'],
    ['an eps of NaN', () => ({ eps: Number.NaN }), RangeError, 'eps', 'NaN'],
    ['an infinite eps', () => ({ eps: Number.POSITIVE_INFINITY }), RangeError, 'eps', 'Infinity'],
    ['a string for eps', () => ({ eps: '1e-5' }), TypeError, 'eps', '"1e-5"'],
    ['null for eps', () => ({ eps: null }), TypeError, 'eps', 'null'],
    ['a momentum of NaN', () => ({ momentum: Number.NaN }), RangeError, 'momentum', 'NaN'],
    [
      'an infinite momentum',
      () => ({ momentum: Number.NEGATIVE_INFINITY }),
      RangeError,
      'momentum',
      '-Infinity',
    ],
    ['null for momentum', () => ({ momentum: null }), TypeError, 'momentum', 'null'],
    ['1 for useInputStats', () => ({ useInputStats: 1 }), TypeError, 'useInputStats', '1'],
    ['a word for unbiased', () => ({ unbiased: 'no' }), TypeError, 'unbiased', '"no"'],
    ['an unknown layout', () => ({ layout: 'nhcw' }), RangeError, 'layout', '"nhcw"'],
    ['a number for a layout', () => ({ layout: 4 }), TypeError, 'layout', '4'],
    [
      'bare data for out',
      () => ({ out: floats(24) }),
      TypeError,
      'out',
      'a value of type Float32Array',
    ],
    [
      'an out of another shape',
      () => ({ out: new Tensor(floats(24), [2, 4, 3]) }),
      RangeError,
      'out',
      '[2, 4, 3]',
    ],
    [
      'an out of another rank',
      () => ({ out: new Tensor(floats(24), [2, 3, 4, 1]) }),
      RangeError,
      'out',
      '[2, 3, 4, 1]',
    ],
    [
      'a running mean that is the weight',
      (call) => ({ runningMean: call.weight }),
      RangeError,
      'runningMean',
      'bytes 0 to 12',
    ],
    [
      'one array for both running statistics',
      (call) => ({ runningVar: call.runningMean }),
      RangeError,
      'runningMean',
      'bytes 0 to 12',
    ],
    [
      'an out that holds the bias',
      (call) => ({ bias: call.out.data.subarray(21) }),
      RangeError,
      'out',
      'bytes 0 to 96',
    ],
    [
      'a running variance within x',
      (call) => ({ runningVar: (call.x as Tensor).data.subarray(0, 3) }),
      RangeError,
      'runningVar',
      'bytes 0 to 12',
    ],
    [
      'a running variance within x in place',
      (call) => ({ out: call.x, runningVar: (call.x as Tensor).data.subarray(0, 3) }),
      RangeError,
      'out',
      'bytes 0 to 96',
    ],
  ];

  testRefusals(validCall, make, refused);

  test.each([1, -1, 23, -23])('has an out that begins %i elements from x', (offset) => {
    const memory = normals(100, 32);
    const x = new Tensor(memory.subarray(24, 48), shape);
    const start = 24 + offset;
    const out = new Tensor(memory.subarray(start, start + 24), shape);
    const bytes = `bytes ${start * 4} to ${start * 4 + 96}`;
    expectRefusal(() => instanceNorm(x, { out }), RangeError, 'out', bytes, [memory]);
  });

  test.each([[null], [[]], ['eps'], [1e-5]])('has %j for options', (options) => {
    const x = randomTensor(shape, 33);
    const got = Array.isArray(options) ? '[]' : JSON.stringify(options);
    expectRefusal(() => instanceNorm(x, options as never), TypeError, 'options', got, [x.data]);
  });
});

describe('InstanceNorm', () => {
  test.each(torch.layers)("gives torch's $name, in train and then in eval mode", (fixture) => {
    const layer = new InstanceNorm(3, fixture.options);
    if (fixture.weight) layer.weight?.set(fixture.weight);
    if (fixture.bias) layer.bias?.set(fixture.bias);
    for (const step of fixture.steps) {
      const y = layer.train(step.mode === 'train').forward(toTensor(step.input));
      expectClose(y.data, step.output, fixture);
      if (step.runningMean && step.runningVar) {
        expectClose(layer.runningMean as Float32Array, step.runningMean);
        expectClose(layer.runningVar as Float32Array, step.runningVar);
        expect(layer.numBatchesTracked).toBe(step.numBatchesTracked);
      }
    }
  });

  test('has no parameters and no running statistics by default (InstanceNormStateless)', () => {
    const layer = new InstanceNorm(5);
    const { weight, bias, runningMean, runningVar, eps, momentum, unbiased, training } = layer;
    expect({ weight, bias, runningMean, runningVar }).toEqual({
      weight: null,
      bias: null,
      runningMean: null,
      runningVar: null,
    });
    expect({ eps, momentum, unbiased, training }).toEqual({
      eps: 1e-5,
      momentum: 0.1,
      unbiased: true,
      training: true,
    });
  });

  test('begins with weight 1, bias 0, running mean 0 and running variance 1 (InstanceNormStateful)', () => {
    const layer = new InstanceNorm(2, { affine: true, trackRunningStats: true });
    const { weight, bias, runningMean, runningVar, numBatchesTracked } = layer;
    expect({ weight, bias, runningMean, runningVar, numBatchesTracked }).toEqual({
      weight: Float32Array.of(1, 1),
      bias: Float32Array.of(0, 0),
      runningMean: Float32Array.of(0, 0),
      runningVar: Float32Array.of(1, 1),
      numBatchesTracked: 0,
    });
  });

  test('gives the same in train and in eval mode if it keeps no statistics (test_InstanceNorm_general)', () => {
    const x = randomTensor([4, 3, 5, 5], 40);
    const layer = new InstanceNorm(3, { eps: 0 });
    expectSameBits(layer.eval().forward(x).data, layer.train().forward(x).data);
  });

  test('keeps the statistics of the last batch at momentum 1 (test_InstanceNorm_general)', () => {
    const shape = [4, 3, 6, 7];
    const x = randomTensor(shape, 41, 2, 3);
    const layer = new InstanceNorm(3, { eps: 0, momentum: 1, trackRunningStats: true });
    layer.forward(x);
    const rows = rowMoments(x.data, shape);
    for (let channel = 0; channel < 3; channel++) {
      const own = rows.filter((_, row) => row % 3 === channel);
      const mean = own.reduce((sum, row) => sum + row.mean, 0) / 4;
      const variance = own.reduce((sum, row) => sum + unbiasedVariance(row), 0) / 4;
      expect(layer.runningMean?.[channel]).toBeCloseTo(mean, 5);
      expect(layer.runningVar?.[channel]).toBeCloseTo(variance, 5);
    }
  });

  test('moves a channel by k in eval mode where the input moves by k running deviations (test_InstanceNorm_general)', () => {
    const shape = [4, 3, 6, 7];
    const x = randomTensor(shape, 42);
    const layer = new InstanceNorm(3, { eps: 0, momentum: 1, trackRunningStats: true });
    layer.forward(x);
    const running = layer.runningVar as Float32Array;
    const moved = x.data.map((value, i) => {
      const channel = Math.floor(i / 42) % 3;
      return value + channel * Math.sqrt(running[channel] as number);
    });
    const y = layer.eval().forward(new Tensor(moved, shape));
    for (let channel = 0; channel < 3; channel++) {
      expect(moments(channelOf(y, channel)).mean).toBeCloseTo(channel, 5);
    }
  });

  test('changes no running statistic in eval mode', () => {
    const layer = new InstanceNorm(3, { trackRunningStats: true });
    layer.forward(randomTensor([2, 3, 9], 43));
    const before = [layer.runningMean?.slice(), layer.runningVar?.slice()];
    layer.eval().forward(randomTensor([2, 3, 9], 44));
    expect([layer.runningMean, layer.runningVar]).toEqual(before);
  });

  test('averages biased variances with unbiased false: the convention of TensorFlow and ONNX', () => {
    const x = randomTensor([1, 1, 4], 45, 0, 3);
    const layer = new InstanceNorm(1, { trackRunningStats: true, momentum: 0.1, unbiased: false });
    layer.forward(x);
    expectClose(layer.runningVar as Float32Array, [moveRunning(1, moments(x.data).variance, 0.1)]);
  });

  test('moves no running statistic if momentum is null, not by NaN or infinity either', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const layer = new InstanceNorm(2, { trackRunningStats: true, momentum: null });
      layer.runningMean?.set([3, -0]);
      layer.forward(new Tensor(new Float32Array(12).fill(value), [2, 2, 3]));
      expect(layer.runningMean).toEqual(Float32Array.of(3, -0));
      expect(layer.runningVar).toEqual(Float32Array.of(1, 1));
    }
  });

  test('still refuses running statistics that do not fit if momentum is null', () => {
    const layer = new InstanceNorm(2, { trackRunningStats: true, momentum: null });
    Object.assign(layer, { runningVar: new Float32Array(1) });
    const x = new Tensor(normals(12, 1), [2, 2, 3]);
    expectRefusal(() => layer.forward(x), RangeError, 'runningVar', '1');
  });

  test('refuses (C, H, W), which would pass for C samples of H channels', () => {
    const x = (...shape: number[]) => new Tensor(normals(sizeOf(shape), 1), shape);
    const variants = [
      new InstanceNorm(3),
      new InstanceNorm(3, { affine: true }),
      new InstanceNorm(3, { trackRunningStats: true }).eval(),
    ];
    for (const layer of variants) {
      const out = x(3, 4, 5);
      const call = () => layer.forward(x(3, 4, 5), { out });
      expectRefusal(call, RangeError, 'x', 'shape [3, 4, 5]', [out.data]);
      expect(call).toThrow('(N, C, L) with C = 3, or (C, H, W) as [1, 3, 4, 5]');
      for (const shape of [
        [3, 3, 5],
        [1, 3, 4, 5],
        [2, 3, 5],
        [1, 3, 5],
      ]) {
        expect(layer.forward(x(...shape)).shape).toEqual(shape);
      }
    }
    // These have channels that nothing depends on.
    for (const shape of [
      [2, 4, 5],
      [3, 4, 5, 6],
    ]) {
      expect(new InstanceNorm(3).forward(x(...shape)).shape).toEqual(shape);
    }
    expect(new InstanceNorm(3, { layout: 'nhwc' }).forward(x(3, 5, 4)).shape).toEqual([3, 5, 4]);
  });

  test('moves no running statistic if momentum is null', () => {
    const layer = new InstanceNorm(2, { trackRunningStats: true, momentum: null });
    layer.forward(randomTensor([2, 2, 9], 46, 5));
    expect(layer.runningMean).toEqual(Float32Array.of(0, 0));
    expect(layer.runningVar).toEqual(Float32Array.of(1, 1));
  });

  test('never counts batches', () => {
    const layer = new InstanceNorm(2, { trackRunningStats: true });
    for (let i = 0; i < 3; i++) layer.forward(randomTensor([2, 2, 9], 47));
    expect(layer.numBatchesTracked).toBe(0);
  });

  test('begins anew after resetRunningStats', () => {
    const layer = new InstanceNorm(2, { trackRunningStats: true });
    const x = randomTensor([2, 2, 9], 48, 5);
    layer.forward(x);
    const once = layer.runningMean?.slice();
    layer.resetRunningStats();
    expect(layer.runningMean).toEqual(Float32Array.of(0, 0));
    expect(layer.runningVar).toEqual(Float32Array.of(1, 1));
    layer.forward(x);
    expect(layer.runningMean).toEqual(once);
    new InstanceNorm(2).resetRunningStats();
  });

  test('refuses an input with another number of channels than it has parameters for (test_instancenorm_raises_error_if_input_channels_is_not_num_features)', () => {
    // With 2 samples of 2 channels, 4 values could pass for conditional parameters.
    for (const samples of [1, 2, 3]) {
      const x = randomTensor([samples, 2, 10], 49);
      for (const options of [{ affine: true }, { trackRunningStats: true }]) {
        const layer = new InstanceNorm(4, options);
        const call = () => layer.forward(x);
        expect(call, `${samples} samples`).toThrow(RangeError);
        expect(call).toThrow(/4/);
        expect(call).toThrow(/2/);
      }
    }
  });

  test('takes an input with any number of channels if nothing depends on it', () => {
    const x = randomTensor([3, 2, 10], 50);
    expectSameBits(new InstanceNorm(4).forward(x).data, instanceNorm(x).data);
  });

  test.each([[[1, 10, 1]], [[10, 3, 1]], [[10, 3, 1, 1]], [[10, 3, 1, 1, 1]]])(
    'refuses %j, with one spatial element, if statistics are taken from it (test_instancenorm_raises_error_for_single_spatial_element_during_training)',
    (shape) => {
      const x = randomTensor(shape, 51);
      const channels = shape[1] as number;
      const got = `shape [${shape.join(', ')}]`;
      const tracking = new InstanceNorm(channels, { trackRunningStats: true });
      expectRefusal(() => tracking.forward(x), RangeError, 'x', got, [
        tracking.runningMean as Float32Array,
        tracking.runningVar as Float32Array,
      ]);
      const untracked = new InstanceNorm(channels).eval();
      expectRefusal(() => untracked.forward(x), RangeError, 'x', got);
      const mean = new Float32Array(channels);
      const variance = new Float32Array(channels).fill(1);
      expectClose(
        tracking.eval().forward(x).data,
        normalizeByRunningStats(x.data, shape, mean, variance),
        { weight: [4] },
      );
    },
  );

  test('writes into out, x itself included', () => {
    const layer = new InstanceNorm(3, { affine: true });
    const x = randomTensor([2, 3, 40], 52);
    const expected = layer.forward(x);
    expect(layer.forward(x, { out: x })).toBe(x);
    expectSameBits(x.data, expected.data);
  });

  test('returns itself from train and eval', () => {
    const layer = new InstanceNorm(3);
    expect(layer.eval()).toBe(layer);
    expect(layer.training).toBe(false);
    expect(layer.train()).toBe(layer);
    expect(layer.training).toBe(true);
    expect(layer.train(false).training).toBe(false);
  });

  const refused: RefusedCall[] = [
    ['no features', () => new InstanceNorm(0), RangeError, 'numFeatures', '0'],
    ['2.5 features', () => new InstanceNorm(2.5), RangeError, 'numFeatures', '2.5'],
    ['a word for features', () => new InstanceNorm('3' as never), TypeError, 'numFeatures', '"3"'],
    [
      'an unknown option',
      () => new InstanceNorm(3, { track: true } as never),
      TypeError,
      'options',
      '"track"',
    ],
    ['a negative eps', () => new InstanceNorm(3, { eps: -1 }), RangeError, 'eps', '-1'],
    [
      'a momentum of NaN',
      () => new InstanceNorm(3, { momentum: Number.NaN }),
      RangeError,
      'momentum',
      'NaN',
    ],
    ['1 for affine', () => new InstanceNorm(3, { affine: 1 as never }), TypeError, 'affine', '1'],
    [
      '0 for trackRunningStats',
      () => new InstanceNorm(3, { trackRunningStats: 0 as never }),
      TypeError,
      'trackRunningStats',
      '0',
    ],
    [
      'null for unbiased',
      () => new InstanceNorm(3, { unbiased: null as never }),
      TypeError,
      'unbiased',
      'null',
    ],
    [
      'an unknown layout',
      () => new InstanceNorm(3, { layout: 'cnhw' as never }),
      RangeError,
      'layout',
      '"cnhw"',
    ],
    [
      'a word for a mode',
      () => new InstanceNorm(3).train('no' as never),
      TypeError,
      'mode',
      '"no"',
    ],
    [
      'an unknown option of forward',
      () => new InstanceNorm(3).forward(randomTensor([1, 3, 4], 53), { eps: 1 } as never),
      TypeError,
      'options',
      '"eps"',
    ],
  ];
  testRefusedCalls(refused);
});
