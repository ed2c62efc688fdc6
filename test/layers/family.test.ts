import { beforeEach, describe, expect, test } from 'vitest';
import { type Layout, Tensor } from '../../src/index.ts';
import { expectSameBits, expectWithin } from '../support/closeness.ts';
import { readFixture } from '../support/fixtures.ts';
import { expectGradients } from '../support/gradients.ts';
import { channelsLast } from '../support/layouts.ts';
import {
  type Arrays,
  backward,
  type Call,
  expectedGradients,
  expectedOutput,
  forward,
  randomCases,
  usesRunningStats,
} from '../support/norms.ts';
import { places, resetPlaces } from '../support/places.ts';
import { normals } from '../support/random.ts';
import { sizeOf } from '../support/shapes.ts';

/** A call that PyTorch was given, and what it gave in float64. */
interface TorchCase extends Call {
  readonly arrays: Readonly<Record<string, readonly number[]>>;
  readonly x: readonly number[];
  readonly gradOutput: readonly number[];
  readonly output: readonly number[];
  readonly gradInput: readonly number[];
  readonly gradWeight?: readonly number[];
  readonly gradBias?: readonly number[];
  /** The running statistics after the call. */
  readonly after?: {
    readonly runningMean: readonly number[];
    readonly runningVar: readonly number[];
  };
}

const torch = readFixture<{ cases: TorchCase[] }>('torch-family');

const tensor = (values: ArrayLike<number>, shape: readonly number[]): Tensor =>
  new Tensor(Float32Array.from(values), shape);

const float32 = (arrays: TorchCase['arrays']): Arrays =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, values]) => [name, Float32Array.from(values)]),
  );

const OUTPUT = 2 ** -21;
const RUNNING = 1e-6;

/** The magnitudes of values, those below `least` as `least`. */
function sizesOf(values: ArrayLike<number>, least: number): number[] {
  return Array.from(values, (value) => Math.max(least, Math.abs(value)));
}

describe("torch 1.13's float64 results of random calls", () => {
  test('cover every norm in every mode and layout', () => {
    const kinds = torch.cases.map(({ norm, options: { layout, training, useInputStats } }) =>
      [norm, layout, training ?? useInputStats].join(' '),
    );
    expect(new Set(kinds).size).toBe(2 * (2 + 2 + 1) + 2);
    expect(kinds.length).toBe(200);
  });

  const named = torch.cases.map((fixture, i) => ({
    name: `${i}: ${fixture.norm} of [${fixture.shape}]`,
    fixture,
  }));

  test.each(named)('$name', ({ fixture }) => {
    const { shape, output, after } = fixture;
    const arrays = float32(fixture.arrays);
    const x = tensor(fixture.x, shape);
    const y = forward(fixture, x, arrays);
    expect(y.shape).toEqual(shape);
    expectWithin(y.data, output, sizesOf(output, 1), OUTPUT);
    for (const name of ['runningMean', 'runningVar'] as const) {
      const moved = after?.[name];
      if (moved === undefined) continue;
      // Where old and new value have opposite signs, rounding is relative to the larger of them.
      const sizes = moved.map((value, i) =>
        Math.max(Math.abs(value), Math.abs(Number(fixture.arrays[name]?.[i]))),
      );
      expectWithin(arrays[name] as Float32Array, moved, sizes, RUNNING);
    }
  });

  test.each(named)('gradients of $name', ({ fixture }) => {
    const { shape, gradInput, gradWeight, gradBias } = fixture;
    const arrays = float32(fixture.arrays);
    const before = float32(fixture.arrays);
    const x = tensor(fixture.x, shape);
    const gradOutput = tensor(fixture.gradOutput, shape);
    const found = backward(fixture, gradOutput, x, arrays);
    // A gradient is a sum in which much cancels. In the gradient of x it always does, since
    // what all elements have in common is subtracted. So the tolerance is relative to the
    // magnitudes of the terms, which the reference adds up.
    const { sizes } = expectedGradients(fixture, gradOutput.data, x.data, before);
    expect(found.input.shape).toEqual(shape);
    expectGradients(found, { input: gradInput, weight: gradWeight, bias: gradBias, sizes });
    // Running statistics are constants to a gradient.
    expect(arrays).toEqual(before);
  });

  test.each(named)('the reference gives those of $name', ({ fixture }) => {
    const { shape, output, gradInput, gradWeight, gradBias } = fixture;
    const arrays = float32(fixture.arrays);
    const x = tensor(fixture.x, shape).data;
    const gradOutput = tensor(fixture.gradOutput, shape).data;
    // The fixture holds 10 digits. x - mean loses as many of them as mean / std has.
    const y = expectedOutput(fixture, x, arrays);
    expectWithin(
      y,
      output,
      output.map((value) => 1 + Math.abs(value)),
      1e-9,
    );
    const { input, weight, bias, sizes } = expectedGradients(fixture, gradOutput, x, arrays);
    expectWithin(input, gradInput, sizes.input, 1e-8);
    expectWithin(weight ?? [], gradWeight ?? [], sizes.weight ?? [], 1e-8);
    expectWithin(bias ?? [], gradBias ?? [], sizes.bias ?? [], 1e-8);
  });
});

const cases = randomCases(4, 60);

const PLACES = Object.keys(places);

describe('the bits are the same', () => {
  beforeEach(resetPlaces);

  test.each(cases)('wherever the arrays lie: $name', ({ call, arrays }) => {
    const { shape } = call;
    const x = normals(sizeOf(shape), 1, 5, 2);
    const g = normals(x.length, 2);
    const running = () => ({
      ...arrays,
      ...(arrays.runningMean ? { runningMean: arrays.runningMean.slice() } : {}),
    });
    const output = forward(call, new Tensor(x, shape), running());
    const gradients = backward(call, new Tensor(g, shape), new Tensor(x, shape), running());
    PLACES.forEach((name, i) => {
      const here = places[name] as (typeof places)[string];
      const there = places[PLACES[(i + 3) % PLACES.length] as string] as typeof here;
      const empty = new Float32Array(x.length).fill(7);
      for (const out of [undefined, here(empty, shape), there(empty, shape)]) {
        expectSameBits(forward(call, here(x, shape), running(), out).data, output.data);
        const found = backward(call, here(g, shape), here(x, shape), running(), out);
        expectSameBits(found.input.data, gradients.input.data);
        expect(found.weight).toEqual(gradients.weight);
        expect(found.bias).toEqual(gradients.bias);
      }
      // Now the parameters lie there too, and the gradient lies elsewhere than the input.
      const parameters = Object.fromEntries(
        Object.entries(running()).map(([key, values]) => [
          key,
          here(values as Float32Array, [(values as Float32Array).length]).data,
        ]),
      );
      expectSameBits(forward(call, there(x, shape), parameters).data, output.data);
      const found = backward(call, there(g, shape), here(x, shape), parameters);
      expectSameBits(found.input.data, gradients.input.data);
    });
  });

  test.each(cases)('out of place and in place: $name', ({ call, arrays }) => {
    const { shape } = call;
    const values = normals(sizeOf(shape), 3, 5, 2);
    const gradient = normals(values.length, 4);
    const output = forward(call, new Tensor(values, shape), arrays);
    const { input } = backward(
      call,
      new Tensor(gradient, shape),
      new Tensor(values, shape),
      arrays,
    );
    for (const name of ['a plain array', 'an arena']) {
      const place = places[name] as (typeof places)[string];
      const x = place(values, shape);
      expect(forward(call, x, arrays, x)).toBe(x);
      expectSameBits(x.data, output.data);

      const g = place(gradient, shape);
      const again = place(values, shape);
      expect(backward(call, g, again, arrays, g).input).toBe(g);
      expectSameBits(g.data, input.data);
      expectSameBits(again.data, values);

      const other = place(gradient, shape);
      expect(backward(call, other, again, arrays, again).input).toBe(again);
      expectSameBits(again.data, input.data);
      expectSameBits(other.data, gradient);
    }
  });
});

describe('tensors that fit no tile', () => {
  // A tile holds 65536 elements, a scope 4096 channels.
  const calls: [string, Call][] = [
    ['a long row', { norm: 'instanceNorm', shape: [1, 2, 70001], options: {} }],
    ['many rows', { norm: 'instanceNorm', shape: [2, 5000, 3], options: {} }],
    ['a long column', { norm: 'instanceNorm', shape: [2, 30011, 3], options: { layout: 'nhwc' } }],
    ['many columns', { norm: 'instanceNorm', shape: [2, 17, 5003], options: { layout: 'nhwc' } }],
    ['a long channel', { norm: 'batchNorm', shape: [3, 2, 40003], options: { training: true } }],
    ['many channels', { norm: 'batchNorm', shape: [3, 5003, 2], options: { training: true } }],
    [
      'channels without spatial size',
      { norm: 'batchNorm', shape: [40, 5003], options: { training: true } },
    ],
    [
      'many channels in the last place',
      { norm: 'batchNorm', shape: [3, 7, 5003], options: { training: true, layout: 'nhwc' } },
    ],
    ['long groups', { norm: 'groupNorm', numGroups: 2, shape: [2, 6, 30011], options: {} }],
    [
      'groups of many channels',
      { norm: 'groupNorm', numGroups: 2, shape: [2, 10006, 3], options: {} },
    ],
    [
      'groups of many channels in the last place',
      { norm: 'groupNorm', numGroups: 2, shape: [2, 3, 10006], options: { layout: 'nhwc' } },
    ],
    [
      'groups of a long picture',
      { norm: 'groupNorm', numGroups: 2, shape: [2, 30011, 6], options: { layout: 'nhwc' } },
    ],
    [
      'long layers',
      { norm: 'layerNorm', normalizedShape: [70001], shape: [3, 70001], options: {} },
    ],
    [
      'layers past a scope',
      { norm: 'layerNorm', normalizedShape: [5003], shape: [30, 5003], options: {} },
    ],
    ['many layers', { norm: 'layerNorm', normalizedShape: [3], shape: [30011, 3], options: {} }],
    [
      'long layers of RMS normalization',
      { norm: 'rmsNorm', normalizedShape: [70001], shape: [3, 70001], options: {} },
    ],
  ];

  test.each(calls)(
    '%s: forward and backward give the reference, and the same bits in an arena',
    (_, call) => {
      resetPlaces();
      const { norm, shape, normalizedShape, options } = call;
      const size = sizeOf(shape);
      const channels = Number(options.layout === 'nhwc' ? shape.at(-1) : shape[1]);
      const count = normalizedShape ? Number(normalizedShape[0]) : channels;
      const weight = normals(count, 5, 1, 0.5);
      const arrays = norm === 'rmsNorm' ? { weight } : { weight, bias: normals(count, 6) };
      const x = normals(size, 7, 5, 2);
      const g = normals(size, 8, 0.1);

      const y = forward(call, new Tensor(x, shape), arrays);
      const output = expectedOutput(call, x, arrays);
      // The weights reach 3, so that |w * z| may be larger than y.
      expectWithin(y.data, output, sizesOf(output, 3), OUTPUT);
      const found = backward(call, new Tensor(g, shape), new Tensor(x, shape), arrays);
      expectGradients(found, expectedGradients(call, g, x, arrays));

      const arena = places['an arena'] as (typeof places)[string];
      const there = arena(x, shape);
      expectSameBits(forward(call, there, arrays, arena(x, shape)).data, y.data);
      const again = backward(call, arena(g, shape), there, arrays, arena(x, shape));
      expectSameBits(again.input.data, found.input.data);
      expect(again.weight).toEqual(found.weight);
      expect(again.bias).toEqual(found.bias);
    },
  );
});

describe('norms that are equal by definition give the same', () => {
  const shape = [3, 6, 5, 7];
  const x = new Tensor(normals(630, 9, 3, 2), shape);
  const weight = normals(6, 10);
  const bias = normals(6, 11);
  const instance: Call = { norm: 'instanceNorm', shape, options: {} };

  test('groups of one channel: instance normalization', () => {
    const call: Call = { norm: 'groupNorm', numGroups: 6, shape, options: {} };
    const arrays = { weight, bias };
    expectSameBits(forward(call, x, arrays).data, forward(instance, x, arrays).data);
  });

  test('one group: layer normalization of all but the samples', () => {
    const call: Call = { norm: 'groupNorm', numGroups: 1, shape, options: {} };
    const layer: Call = { norm: 'layerNorm', normalizedShape: [6, 5, 7], shape, options: {} };
    expectSameBits(forward(call, x, {}).data, forward(layer, x, {}).data);
  });

  test('a batch of one sample: instance normalization', () => {
    const one = new Tensor(x.data.slice(0, 210), [1, 6, 5, 7]);
    const call: Call = { norm: 'batchNorm', shape: one.shape, options: { training: true } };
    const arrays = { weight, bias };
    expectSameBits(forward(call, one, arrays).data, forward(instance, one, arrays).data);
  });

  test('rows around 0: RMS normalization is layer normalization', () => {
    const values = x.data.map((value, i) => (i % 2 ? -Number(x.data[i - 1]) : value));
    const even = new Tensor(values, [63, 10]);
    const options = { eps: 1e-5 };
    const layer: Call = { norm: 'layerNorm', normalizedShape: [10], shape: [63, 10], options };
    expectWithin(
      forward({ ...layer, norm: 'rmsNorm' }, even, {}).data,
      forward(layer, even, {}).data,
      new Float32Array(630).fill(3),
      OUTPUT,
    );
  });
});

describe('both layouts', () => {
  const withLayout = cases.filter(({ call }) => call.options.layout === 'nchw');

  test.each(withLayout)('meet the contract from the same numbers: $name', ({ call, arrays }) => {
    const { shape } = call;
    const x = new Tensor(normals(sizeOf(shape), 12, 100, 2), shape);
    const g = new Tensor(normals(x.size, 13), shape);
    const other: Call = {
      ...call,
      shape: channelsLast(x).shape,
      options: { ...call.options, layout: 'nhwc' satisfies Layout },
    };
    const y = channelsLast(forward(call, x, arrays));
    const yLast = forward(other, channelsLast(x), arrays);
    const sizes = y.data.map((value) => 3 + Math.abs(value));
    expectWithin(yLast.data, y.data, sizes, OUTPUT);
    const { input, weight, bias } = backward(call, g, x, arrays);
    const last = backward(other, channelsLast(g), channelsLast(x), arrays);
    const expected = expectedGradients(other, channelsLast(g).data, channelsLast(x).data, arrays);
    expectGradients(last, { input: channelsLast(input).data, weight, bias, sizes: expected.sizes });
  });
});

test('a random case in eval mode leaves its running statistics as they are', () => {
  for (const { call, arrays } of cases.filter(({ call }) => usesRunningStats(call))) {
    const before = [arrays.runningMean?.slice(), arrays.runningVar?.slice()];
    const size = sizeOf(call.shape);
    forward(call, new Tensor(normals(size, 14), call.shape), arrays);
    expect([arrays.runningMean, arrays.runningVar]).toEqual(before);
  }
});
