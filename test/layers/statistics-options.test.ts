import { describe, expect, test } from 'vitest';
import {
  adaptiveInstanceNorm,
  BatchNorm,
  batchNorm,
  batchNormBackward,
  GroupNorm,
  groupNorm,
  InstanceNorm,
  instanceNorm,
  instanceNormBackward,
  LayerNorm,
  layerNorm,
  layerNormBackward,
  RMSNorm,
  rmsNorm,
  rmsNormBackward,
  Tensor,
} from '../../src/index.ts';
import {
  expectClose,
  expectSameBits,
  expectSameGradients,
  expectWithin,
} from '../support/closeness.ts';
import { readFixture } from '../support/fixtures.ts';
import { expectGradients } from '../support/gradients.ts';
import {
  backward,
  type Call,
  type Case,
  expectedGradients,
  expectedOutput,
  forward,
  randomCases,
  randomTensor,
  usesRunningStats,
} from '../support/norms.ts';
import { places, resetPlaces } from '../support/places.ts';
import { normals } from '../support/random.ts';
import { moments } from '../support/reference.ts';
import { expectRefusal, type RefusedCall, testRefusedCalls } from '../support/refusals.ts';
import { sizeOf } from '../support/shapes.ts';
import { tensor16 } from '../support/sixteen-bits.ts';

/** A call that PyTorch was given, and what it gave in float64. */
interface TorchCase extends Call {
  readonly arrays: Readonly<Record<string, readonly number[]>>;
  readonly x: readonly number[];
  readonly gradOutput: readonly number[];
  readonly output: readonly number[];
  readonly outMean?: readonly number[];
  readonly outRstd: readonly number[];
  readonly gradInput: readonly number[];
  readonly gradWeight: readonly number[];
  readonly gradBias?: readonly number[];
}

const { cases } = readFixture<{ readonly cases: readonly TorchCase[] }>('torch-options');

const tensor = (values: ArrayLike<number>, shape: readonly number[]) =>
  new Tensor(Float32Array.from(values), shape);

const float32 = (arrays: TorchCase['arrays']) =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, values]) => [name, Float32Array.from(values)]),
  );

const magnitudes = (values: readonly number[]) =>
  values.map((value) => Math.max(1, Math.abs(value)));

describe("torch 1.13's float64 results of other deviations and axes", () => {
  test('cover every norm with each correction and epsMode', () => {
    const kinds = cases.map(({ norm, options: { correction, epsMode } }) =>
      [norm, correction, epsMode].join(' '),
    );
    expect(new Set(kinds).size).toBe(4 * 2 * 2 + 2);
  });

  const named = cases.map((fixture, i) => ({
    name: `${i}: ${fixture.norm} of [${fixture.shape}] ${JSON.stringify(fixture.options)}`,
    fixture,
  }));

  test.each(named)('$name', ({ fixture }) => {
    const { shape, options, x, output, outMean, outRstd } = fixture;
    const mean = outMean && new Float32Array(outMean.length);
    const rstd = new Float32Array(outRstd.length);
    const call = {
      ...fixture,
      options: { ...options, ...(mean ? { outMean: mean } : {}), outRstd: rstd },
    };
    const y = forward(call, tensor(x, shape), float32(fixture.arrays));
    expectWithin(y.data, output, magnitudes(output), 2 ** -21);
    expectWithin(rstd, outRstd, outRstd, 2 ** -22);
    if (mean && outMean) expectWithin(mean, outMean, magnitudes(outMean), 2 ** -22);
    for (const place of Object.values(places)) {
      resetPlaces();
      const there = place(Float32Array.from(x), shape);
      expectSameBits(forward(fixture, there, float32(fixture.arrays), there).data, y.data);
    }
  });

  test.each(named)('gradients of $name', ({ fixture }) => {
    const { shape, gradInput, gradWeight, gradBias } = fixture;
    const arrays = float32(fixture.arrays);
    const x = tensor(fixture.x, shape);
    const g = tensor(fixture.gradOutput, shape);
    const found = backward(fixture, g, x, arrays);
    const { sizes } = expectedGradients(fixture, g.data, x.data, arrays);
    expectGradients(found, { input: gradInput, weight: gradWeight, bias: gradBias, sizes });
    for (const place of Object.values(places)) {
      resetPlaces();
      const there = place(x.data, shape);
      const gradient = place(g.data, shape, 21);
      expectSameGradients(backward(fixture, gradient, there, arrays, gradient), found);
    }
  });
});

const DEVIATIONS = [
  { correction: 1 },
  { epsMode: 'std', eps: 0.3 },
  { correction: 1, epsMode: 'std', eps: 0.3 },
] as const;

function deviating({ call, arrays }: Case, deviation: (typeof DEVIATIONS)[number]): Case {
  const { epsMode, ...other } = { epsMode: undefined, ...deviation };
  const fits = call.norm !== 'rmsNorm' && !usesRunningStats(call);
  const options = {
    ...call.options,
    ...(fits ? other : {}),
    ...(epsMode ? { epsMode, eps: 0.3 } : {}),
  };
  return { name: call.norm, call: { ...call, options }, arrays };
}

describe('the gradients of the reference are the slopes of its results:', () => {
  test.each(DEVIATIONS)('%o', (deviation) => {
    for (const { call, arrays } of randomCases(2, 9).map((each) => deviating(each, deviation))) {
      const size = sizeOf(call.shape);
      const x = Float64Array.from(normals(size, 1));
      const g = Float64Array.from(normals(size, 2));
      const { input, sizes } = expectedGradients(call, g, x, arrays);
      const lossAt = (i: number, step: number) => {
        const moved = x.slice();
        moved[i] = (moved[i] as number) + step;
        return expectedOutput(call, moved, arrays).reduce(
          (sum, y, j) => sum + y * (g[j] as number),
          0,
        );
      };
      for (let i = 0; i < size; i += Math.ceil(size / 5)) {
        const slope = (lossAt(i, 1e-5) - lossAt(i, -1e-5)) / 2e-5;
        expect(Math.abs(slope - (input[i] as number))).toBeLessThan(
          1e-6 * (1 + (sizes.input[i] as number)),
        );
      }
    }
  });
});

describe('outMean and outRstd', () => {
  const x = randomTensor([2, 4, 5, 7], 1, 1e4, 3);
  const pairs: readonly [string, number, (out: object) => Tensor][] = [
    ['instanceNorm', 8, (out) => instanceNorm(x, out)],
    ['instanceNorm in nhwc', 14, (out) => instanceNorm(x, { layout: 'nhwc', ...out })],
    [
      'instanceNorm of a large picture',
      1,
      (out) => instanceNorm(randomTensor([1, 1, 300, 300], 1), out),
    ],
    ['batchNorm', 4, (out) => batchNorm(x, { training: true, ...out })],
    ['batchNorm in nhwc', 7, (out) => batchNorm(x, { training: true, layout: 'nhwc', ...out })],
    ['groupNorm', 4, (out) => groupNorm(x, 2, out)],
    ['groupNorm in nhwc', 2, (out) => groupNorm(x, 1, { layout: 'nhwc', ...out })],
    ['groupNorm of vectors', 6, (out) => groupNorm(randomTensor([3, 8], 2), 2, out)],
    [
      'groupNorm of vectors with weights',
      6,
      (out) => groupNorm(randomTensor([3, 8], 2), 2, { weight: normals(8, 3), ...out }),
    ],
    ['layerNorm', 40, (out) => layerNorm(x, 7, out)],
    ['layerNorm of a long row', 1, (out) => layerNorm(randomTensor([1, 70000], 2), 70000, out)],
    ['layerNorm over axes', 70, (out) => layerNorm(x, 4, { axes: [1], ...out })],
    ['layerNorm over scattered axes', 10, (out) => layerNorm(x, [7, 4], { axes: [3, 1], ...out })],
  ];

  test.each(pairs)('do not change a bit of %s, and reproduce it', (_, count, call) => {
    const outMean = new Float32Array(count).fill(Number.NaN);
    const outRstd = new Float32Array(count).fill(Number.NaN);
    expectSameBits(call({ outMean, outRstd }).data, call({}).data);
    expect([...outMean, ...outRstd].every(Number.isFinite)).toBe(true);
    expectSameBits(call({ outMean }).data, call({ outRstd }).data);
  });

  test('are those of each channel, in the order of samples and channels', () => {
    const outMean = new Float32Array(8);
    const outRstd = new Float32Array(8);
    instanceNorm(x, { outMean, outRstd, correction: 1, epsMode: 'std', eps: 0.5 });
    for (let row = 0; row < 8; row++) {
      const { mean, variance } = moments(x.data.subarray(row * 35, row * 35 + 35));
      expect(outMean[row]).toBeCloseTo(mean, 2);
      expectClose([outRstd[row] as number], [1 / (Math.sqrt((variance * 35) / 34) + 0.5)]);
    }
  });

  test('hold what float16 can not', () => {
    const outMean = new Float32Array(1);
    const outRstd = new Float32Array(1);
    const row = [60000, 60032, 60000, 60032, 60000, 60032, 60000, 60032];
    instanceNorm(tensor16(row, [1, 1, 8], 'float16'), { outMean, outRstd });
    expect(outMean[0]).toBe(60016);
    expect(outRstd[0]).toBe(Math.fround(0.06249999878));
  });

  test('are 0 for a sample of no length, and rstd for a channel without spread', () => {
    const outMean = new Float32Array(3).fill(9);
    const outRstd = new Float32Array(3).fill(9);
    const values = tensor([1, 3, 7, 7, 5, 5], [3, 1, 2]);
    instanceNorm(values, { lengths: [2, 0, 2], eps: 0, outMean, outRstd });
    expect([...outMean]).toEqual([2, 0, 5]);
    expect([...outRstd]).toEqual([1, 0, 0]);
  });

  test('come beside running statistics', () => {
    const runningMean = new Float32Array(4);
    const runningVar = new Float32Array(4).fill(1);
    const outMean = new Float32Array(8);
    instanceNorm(x, { runningMean, runningVar, momentum: 1, outMean });
    const average = (channel: number) =>
      ((outMean[channel] as number) + (outMean[4 + channel] as number)) / 2;
    expect(runningMean[3]).toBeCloseTo(average(3), 2);
  });
});

describe('another deviation', () => {
  test('is that of the annotated transformer: x.std() is unbiased, and eps beside it', () => {
    const y = layerNorm(tensor([1, 2, 4], [1, 3]), 3, { correction: 1, epsMode: 'std', eps: 0.5 });
    const std = Math.sqrt(7 / 3);
    expectClose(
      y.data,
      [1, 2, 4].map((value) => (value - 7 / 3) / (std + 0.5)),
    );
  });

  test('leaves running statistics as they are by default', () => {
    const run = (options: object) => {
      const runningVar = new Float32Array(2).fill(1);
      batchNorm(randomTensor([3, 2, 4], 5), { training: true, runningVar, ...options });
      return runningVar;
    };
    expectSameBits(run({ correction: 1, epsMode: 'std' }), run({}));
  });

  test('is made of given statistics, with epsMode', () => {
    const runningMean = Float32Array.of(1);
    const runningVar = Float32Array.of(4);
    const options = { runningMean, runningVar, epsMode: 'std', eps: 0.5 } as const;
    const x = tensor([1, 6], [2, 1]);
    expectClose(batchNorm(x, options).data, [0, 2]);
    expectClose(batchNormBackward(tensor([5, 10], [2, 1]), x, options).input.data, [2, 4]);
  });

  test('gives the bias and no gradient where nothing deviates', () => {
    const x = tensor([3, 3, 3], [1, 1, 3]);
    const options = { epsMode: 'std', eps: 0, bias: Float32Array.of(7) } as const;
    expect([...instanceNorm(x, options).data]).toEqual([7, 7, 7]);
    expect([...instanceNormBackward(tensor([1, 2, 3], [1, 1, 3]), x, options).input.data]).toEqual([
      0, 0, 0,
    ]);
    // With an eps each element moves its own difference.
    const { input } = instanceNormBackward(tensor([1, 2, 3], [1, 1, 3]), x, {
      ...options,
      eps: 0.5,
    });
    expect([...input.data]).toEqual([-2, 0, 2]);
  });

  test('of a sample of one element with correction 1 gives the bias', () => {
    const x = tensor([1, 3, 7, 9], [2, 1, 2]);
    const y = instanceNorm(x, { lengths: [2, 1], correction: 1, eps: 0, bias: Float32Array.of(5) });
    expectClose(y.data, [5 - Math.SQRT1_2, 5 + Math.SQRT1_2, 5, 0]);
  });

  test('holds where eps is as large as a float64 can be', () => {
    const x = tensor([1, 2, 5], [1, 3]);
    const options = { epsMode: 'std', eps: 1.7e308 } as const;
    expect([...layerNorm(x, 3, options).data].map(Math.abs)).toEqual([0, 0, 0]);
    expect([...layerNormBackward(x, x, 3, options).input.data].map(Math.abs)).toEqual([0, 0, 0]);
    expect([...rmsNorm(x, 3, options).data]).toEqual([0, 0, 0]);
  });

  test('is taken by adaptiveInstanceNorm as correction: the statistics of the first code of AdaIN', () => {
    const content = tensor([1, 2, 4, 9], [1, 1, 4]);
    const style = tensor([5, 10, 0], [1, 1, 3]);
    const y = adaptiveInstanceNorm(content, style, { correction: 1, eps: 0 });
    const std = Math.sqrt(38 / 3);
    expectClose(
      y.data,
      [1, 2, 4, 9].map((value) => ((value - 4) / std) * 5 + 5),
    );
  });
});

describe('a layer', () => {
  const x = randomTensor([2, 4, 6], 1);
  const g = randomTensor([2, 4, 6], 2);
  const options = { correction: 1, epsMode: 'std' } as const;
  const layers = [
    new InstanceNorm(4, { affine: true }),
    new BatchNorm(4),
    new GroupNorm(2, 4),
    new LayerNorm([4, 6]),
  ];

  test.each(layers)('takes the options in forward and remembers them: %o', (layer) => {
    const outMean = new Float32Array(
      { InstanceNorm: 8, BatchNorm: 4, GroupNorm: 4 }[layer.constructor.name] ?? 2,
    );
    const outRstd = outMean.slice();
    const y = layer.forward(x, { ...options, outMean, outRstd });
    expect(outRstd.every((value) => value > 0)).toBe(true);
    expect(y.data).not.toEqual(layer.forward(x).data);
    const told = layer.backward(g, { input: x, ...options });
    layer.forward(x, options);
    const remembered = layer.backward(g);
    expectSameGradients(remembered, told);
    expect(remembered.input.data).not.toEqual(
      layer.backward(g, { input: x, correction: 0, epsMode: 'variance' }).input.data,
    );
  });

  test('of RMS normalization takes epsMode and outRstd', () => {
    const layer = new RMSNorm(6);
    const outRstd = new Float32Array(8);
    const y = layer.forward(x, { epsMode: 'std', outRstd });
    expectSameBits(y.data, rmsNorm(x, 6, { epsMode: 'std', weight: layer.weight }).data);
    const own = rmsNormBackward(g, x, 6, { epsMode: 'std', weight: layer.weight });
    expectSameGradients(layer.backward(g), own);
    expectRefusal(() => layer.forward(x, { correction: 1 }), TypeError, 'options', '"correction"');
  });
});

const rows = randomTensor([2, 3, 4], 1);
const one = new Float32Array(6);
testRefusedCalls([
  [
    'a correction of 2',
    () => layerNorm(rows, 4, { correction: 2 as 1 }),
    RangeError,
    'correction',
    '2',
  ],
  [
    'a correction of true',
    () => layerNorm(rows, 4, { correction: true as never }),
    TypeError,
    'correction',
    'true',
  ],
  [
    'a correction of RMS',
    () => rmsNorm(rows, 4, { correction: 1 } as object),
    TypeError,
    'options',
    '"correction"',
  ],
  [
    'a mean of RMS',
    () => rmsNorm(rows, 4, { outMean: one } as object),
    TypeError,
    'options',
    '"outMean"',
  ],
  [
    'another epsMode',
    () => groupNorm(rows, 1, { epsMode: 'sd' as 'std' }),
    RangeError,
    'epsMode',
    '"sd"',
  ],
  [
    'an outMean of another size',
    () => layerNorm(rows, 4, { outMean: new Float32Array(5) }),
    RangeError,
    'outMean',
    '5',
  ],
  [
    'an outRstd of numbers',
    () => layerNorm(rows, 4, { outRstd: [1] as never }),
    TypeError,
    'outRstd',
    '[1]',
  ],
  [
    'an outMean that is outRstd',
    () => instanceNorm(rows, { outMean: one, outRstd: one }),
    RangeError,
    'outMean',
    'bytes 0 to 24',
  ],
  [
    'an outMean within x',
    () => instanceNorm(rows, { outMean: rows.data.subarray(0, 6) }),
    RangeError,
    'outMean',
    'bytes 0 to 24',
  ],
  [
    'an outMean where statistics are given',
    () =>
      batchNorm(rows, {
        runningMean: one.slice(3),
        runningVar: one.slice(3),
        outMean: one.slice(3),
      }),
    RangeError,
    'training',
    'false',
  ],
  [
    'a correction where statistics are given',
    () =>
      instanceNorm(rows, {
        useInputStats: false,
        runningMean: one.slice(3),
        runningVar: one.slice(3),
        correction: 1,
      }),
    RangeError,
    'useInputStats',
    'false',
  ],
  [
    'an outMean in a gradient',
    () => layerNormBackward(rows, rows, 4, { outMean: one }),
    RangeError,
    'options',
    'an array',
  ],
  [
    'correction 1 of one element',
    () => layerNorm({ data: one, shape: [6, 1] }, 1, { correction: 1 }),
    RangeError,
    'x',
    '1',
  ],
  [
    'correction 1 of a style of one element',
    () =>
      adaptiveInstanceNorm(rows, { data: one.subarray(3), shape: [1, 3, 1] }, { correction: 1 }),
    RangeError,
    'style',
    '1',
  ],
] satisfies readonly RefusedCall[]);
