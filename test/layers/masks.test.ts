import { describe, expect, test } from 'vitest';
import {
  adaptiveInstanceNorm,
  BatchNorm,
  batchNorm,
  batchNormBackward,
  ChannelMoments,
  GroupNorm,
  groupNorm,
  InstanceNorm,
  instanceNorm,
  instanceNormBackward,
  LayerNorm,
  layerNorm,
  RevIN,
  RMSNorm,
  Tensor,
} from '../../src/index.ts';
import { expectClose, expectSameBits, expectWithin } from '../support/closeness.ts';
import { readFixture } from '../support/fixtures.ts';
import { expectGradients } from '../support/gradients.ts';
import {
  type Arrays,
  backward,
  type Call,
  expectedGradients,
  forward,
  randomTensor,
} from '../support/norms.ts';
import { normals, uniforms } from '../support/random.ts';
import { expectRefusal } from '../support/refusals.ts';
import { sizeOf } from '../support/shapes.ts';

const of = (values: readonly number[], shape: readonly number[]) =>
  new Tensor(Float32Array.from(values), shape);

const near = (found: ArrayLike<number>, wanted: readonly number[]) =>
  expectWithin(found, wanted, wanted.map(Math.abs), 1e-6);

/** A call that PyTorch was given what the mask holds of, and what it gave in float64. */
interface TorchCase extends Call {
  readonly mask: readonly number[];
  readonly arrays: Readonly<Record<string, readonly number[]>>;
  readonly x: readonly number[];
  readonly gradOutput: readonly number[];
  readonly output: readonly number[];
  readonly gradInput: readonly number[];
  readonly gradWeight: readonly number[];
  readonly gradBias?: readonly number[];
}

describe("torch 1.13's float64 results of what masks hold", () => {
  const { cases } = readFixture<{ readonly cases: readonly TorchCase[] }>('torch-masks');
  const named = cases.map((fixture, i) => ({
    name: `${i}: ${fixture.norm} of [${fixture.shape}] ${JSON.stringify(fixture.options)}`,
    fixture,
  }));

  test.each(named)('$name', ({ fixture }) => {
    const { shape, output, gradInput, gradWeight, gradBias } = fixture;
    const mask = Uint8Array.from(fixture.mask);
    const call = { ...fixture, options: { ...fixture.options, mask } };
    const arrays = Object.fromEntries(
      Object.entries(fixture.arrays).map(([name, values]) => [name, Float32Array.from(values)]),
    );
    const x = of(fixture.x, shape);
    const g = of(fixture.gradOutput, shape);
    const sizes = output.map((value) => Math.max(1, Math.abs(value)));
    expectWithin(forward(call, x, arrays).data, output, sizes, 2 ** -21);
    const expected = expectedGradients(call, g.data, x.data, arrays);
    const found = backward(call, g, x, arrays);
    const torch = { input: gradInput, weight: gradWeight, bias: gradBias };
    expectGradients(found, { ...torch, sizes: expected.sizes });
  });
});

describe('what others met', () => {
  test('NaN and infinity that a mask leaves out reach nothing (jax#26328)', () => {
    const x = of([1, Number.NaN, 3, Number.POSITIVE_INFINITY, 8], [1, 1, 5]);
    const runningMean = Float32Array.of(0);
    const runningVar = Float32Array.of(1);
    const options = {
      training: true,
      mask: Uint8Array.of(1, 0, 1, 0, 1),
      weight: Float32Array.of(2),
      bias: Float32Array.of(0.5),
    };
    const y = batchNorm(x, { ...options, runningMean, runningVar });
    near(y.data, [-1.5380975, 0, -0.1793658, 0, 3.2174633]);
    near([...runningMean, ...runningVar], [0.4, 2.2]);
    const g = of([1, Number.NaN, -2, 9, 4], [1, 1, 5]);
    const { input, weight, bias } = batchNormBackward(g, x, options);
    near(input.data, [1.1758241, 0, -1.6461561, 0, 0.470332]);
    near([...(weight ?? []), ...(bias ?? [])], [5.0952437, 3]);
  });

  test.each(['nchw', 'nhwc'] as const)(
    'a group of %s counts each channel of a place (keras#19848)',
    (layout) => {
      const values = [1, 2, 100, 3, 4, 100];
      const wanted = [-1.3416354, -0.4472118, 0, 0.4472118, 1.3416354, 0];
      const order = layout === 'nchw' ? [0, 1, 2, 3, 4, 5] : [0, 3, 1, 4, 2, 5];
      const inOrder = (list: readonly number[]) => order.map((i) => list[i] as number);
      const x = of(inOrder(values), layout === 'nchw' ? [1, 2, 3] : [1, 3, 2]);
      const outMean = new Float32Array(1);
      const outRstd = new Float32Array(1);
      const y = groupNorm(x, 1, { layout, mask: [true, true, false], outMean, outRstd });
      near(y.data, inOrder(wanted));
      near([...outMean, ...outRstd], [2.5, 0.8944236]);
    },
  );

  test('a sample without a value is 0, and moves nothing (NuwaTS#3)', () => {
    const x = of([2, 4, 6, 7, Number.NaN, 9], [2, 1, 3]);
    const mask = Uint8Array.of(1, 1, 1, 0, 0, 0);
    const runningMean = Float32Array.of(0);
    const runningVar = Float32Array.of(1);
    const y = instanceNorm(x, { mask, runningMean, runningVar });
    near(y.data, [-1.2247426, 0, 1.2247426, 0, 0, 0]);
    near([...runningMean, ...runningVar], [0.4, 1.3]);
    const { input } = instanceNormBackward(of([1, 2, 4, 5, 6, 7], [2, 1, 3]), x, { mask });
    expect(input.data.subarray(3)).toEqual(new Float32Array(3));
    expect(input.data.every(Number.isFinite)).toBe(true);
  });

  test('a batch without a value is zeros, and moves nothing (pytorch#36530)', () => {
    const runningMean = Float32Array.of(3);
    const runningVar = Float32Array.of(2);
    const options = { training: true, mask: new Uint8Array(3), runningMean, runningVar };
    const y = batchNorm(of([1, Number.NaN, 9], [1, 1, 3]), options);
    expect(y.data).toEqual(new Float32Array(3));
    expect([...runningMean, ...runningVar]).toEqual([3, 2]);
  });

  test('one value is refused as without a mask, and nothing is written (pytorch#1381)', () => {
    const runningVar = Float32Array.of(1);
    const x = of([5, 9, 9], [1, 1, 3]);
    const options = { training: true, mask: Uint8Array.of(1, 0, 0), runningVar };
    const got = 'shape [1, 1, 3] and a mask that leaves 1';
    expectRefusal(() => batchNorm(x, options), RangeError, 'x', got, [runningVar]);
    const { mask } = options;
    expectRefusal(() => instanceNorm(x, { mask }), RangeError, 'x', got);
    expectRefusal(
      () => groupNorm(x, 1, { mask }),
      RangeError,
      'x',
      'shape [1, 1, 3] in 1 groups and a mask',
    );
    // It may be alone in its sample if another has more.
    const two = of([5, 9, 9, 1, 2, 3], [2, 1, 3]);
    const y = instanceNorm(two, {
      mask: Uint8Array.of(1, 0, 0, 1, 1, 1),
      bias: Float32Array.of(7),
    });
    expect([...y.data.subarray(0, 3)]).toEqual([7, 0, 0]);
  });

  test('RevIN keeps mean and deviation of what its mask holds (PyPOTS#453)', () => {
    const x = of([1, 2, 4, 99], [1, 4, 1]);
    const mask = [true, true, true, false];
    const y = of([0.5, 1], [1, 2, 1]);
    const revin = new RevIN(1, { affine: false });
    near(revin.normalize(x, { mask }).data, [-1.0690415, -0.2672604, 1.3363019, 0]);
    near(revin.denormalize(y).data, [2.9569449, 3.5805565]);
    const g = revin.backward(of([1, 1, 1, 1], [1, 4, 1])).input.data;
    near(g, [0.8017811, 0.8017811, 0.8017811, 0]);
    const last = new RevIN(1, { affine: false, subtractLast: true });
    near(last.normalize(x, { mask }).data, [-2.4053434, -1.6035623, 0, 0]);
    near(last.denormalize(y).data, [4.6236116, 5.2472231]);
    const channels = () => revin.denormalize(of([1, 2], [1, 1, 2]));
    expectRefusal(channels, RangeError, 'y', 'shape [1, 1, 2]');
    // A window without a value has the mean 0 and the variance 0.
    revin.normalize(x, { mask: new Uint8Array(4) });
    near(revin.denormalize(y).data, [0.5 * Math.sqrt(1e-5), Math.sqrt(1e-5)]);
  });
});

/** Which of `count` places a mask holds: about a share of them. */
const randomMask = (count: number, seed: number, share = 0.6): Uint8Array =>
  Uint8Array.from(uniforms(count, seed, 0, 1), (value) => (value < share ? 1 : 0));

const held = ({ data }: Tensor, holds: (i: number) => boolean) =>
  data.filter((_, i) => holds(i)) as Float32Array;

/** Puts values where a mask holds a place, and 0 elsewhere. */
function spread(size: number, values: Float32Array, holds: (i: number) => boolean) {
  let at = 0;
  return Float32Array.from({ length: size }, (_, i) => (holds(i) ? (values[at++] as number) : 0));
}

/** Expects a masked call to be, bit for bit, the call of what the mask holds. */
function expectCompact(
  call: Call,
  mask: Uint8Array,
  holds: (i: number) => boolean,
  shape: readonly number[],
  normalizedShape = call.normalizedShape,
  arrays: Arrays = {},
  compactArrays: Arrays = arrays,
): void {
  const x = randomTensor(call.shape, 1, 30, 2);
  const g = randomTensor(call.shape, 2);
  const masked = { ...call, options: { ...call.options, mask } };
  const compact = { ...call, shape, ...(normalizedShape ? { normalizedShape } : {}) };
  const poisoned = new Tensor(
    x.data.map((value, i) => (holds(i) ? value : Number.NaN)),
    call.shape,
  );
  const own = new Tensor(held(x, holds), shape);
  const ownG = new Tensor(held(g, holds), shape);
  const expected = forward(compact, own, compactArrays).data;
  const y = forward(masked, poisoned, arrays);
  expectSameBits(y.data, spread(x.size, expected, holds));
  const { input, weight, bias } = backward(masked, g, poisoned, arrays);
  const gradients = backward(compact, ownG, own, compactArrays);
  expectSameBits(input.data, spread(x.size, gradients.input.data, holds));
  if (arrays === compactArrays && weight) expectSameBits(weight, gradients.weight as Float32Array);
  if (arrays === compactArrays && bias) expectSameBits(bias, gradients.bias as Float32Array);
}

describe.each(['nchw', 'nhwc'] as const)('a masked call in %s', (layout) => {
  const shapeOf = (samples: number, channels: number, ...spatial: number[]) =>
    layout === 'nchw' ? [samples, channels, ...spatial] : [samples, ...spatial, channels];
  const placeOf = (i: number, channels: number, spatial: number) => {
    const sample = Math.floor(i / (channels * spatial));
    const within = i % (channels * spatial);
    const place = layout === 'nchw' ? within % spatial : Math.floor(within / channels);
    return sample * spatial + place;
  };
  const sizes: [channels: number, spatial: number[], share: number][] = [
    [6, [9], 0.6],
    [6, [5, 7], 0.3],
    [6, [40, 30], 0.9],
    [2, [300_000], 0.97],
    [1200, [19], 0.5],
    [16, [70, 70], 0.5],
  ];

  test.each(sizes)(
    'of %i channels, %o, holding %d, is that of what the mask holds',
    (channels, spatial, share) => {
      const size = sizeOf(spatial);
      const shape = shapeOf(1, channels, ...spatial);
      const mask = randomMask(size, 3, share);
      const holds = (i: number) => mask[placeOf(i, channels, size)] === 1;
      const count = mask.filter(Boolean).length;
      const arrays = { weight: normals(channels, 4, 1, 0.5), bias: normals(channels, 5) };
      const compact = shapeOf(1, channels, count);
      for (const call of [
        { norm: 'instanceNorm', shape, options: { layout } },
        { norm: 'batchNorm', shape, options: { layout, training: true } },
        { norm: 'groupNorm', shape, numGroups: 2, options: { layout } },
        { norm: 'instanceNorm', shape, options: { layout, correction: 1, epsMode: 'std' } },
      ] as const) {
        expectCompact(call, mask, holds, compact, undefined, arrays);
      }
    },
  );

  test('of a batch shares statistics over what the masks of all samples hold', () => {
    for (const [channels, spatial] of [
      [5, 12],
      [40, 1],
      [3, 3000],
    ] as const) {
      const mask = randomMask(7 * spatial, 6);
      const holds = (i: number) => mask[placeOf(i, channels, spatial)] === 1;
      const call: Call = {
        norm: 'batchNorm',
        shape: shapeOf(7, channels, spatial),
        options: { layout, training: true },
      };
      const x = randomTensor(call.shape, 1, 30, 2);
      const y = forward({ ...call, options: { ...call.options, mask } }, x, {});
      // Channels last, whose places lie side by side in any batch.
      const places = Array.from(mask.keys()).filter((place) => mask[place]);
      const rows = places.flatMap((place) =>
        Array.from({ length: channels }, (_, channel) => {
          const [sample, at] = [Math.floor(place / spatial), place % spatial];
          const within = layout === 'nchw' ? channel * spatial + at : at * channels + channel;
          return sample * channels * spatial + within;
        }),
      );
      const cut = ({ data }: Tensor) => Float32Array.from(rows, (i) => data[i] as number);
      const compact = new Tensor(cut(x), [places.length, channels]);
      const expected = batchNorm(compact, { training: true });
      expectClose(cut(y), expected.data);
      expect(y.data.every((value, i) => holds(i) || Object.is(value, 0))).toBe(true);
    }
  });

  test('gives samples of a batch what they get alone, with parameters of their own too', () => {
    const [samples, channels, spatial] = [5, 4, 11];
    const x = randomTensor(shapeOf(samples, channels, spatial), 7, 3, 2);
    const mask = randomMask(samples * spatial, 8);
    // Samples 1 and 2 have the same mask, and sample 3 an empty one.
    mask.copyWithin(2 * spatial, spatial, 2 * spatial);
    mask.fill(0, 3 * spatial, 4 * spatial);
    const weight = normals(samples * channels, 9);
    const bias = normals(samples * channels, 10);
    const outMean = new Float32Array(samples * channels);
    const y = instanceNorm(x, { layout, mask, weight, bias, outMean });
    const size = channels * spatial;
    for (let n = 0; n < samples; n++) {
      const cut = (values: Float32Array, each: number) => values.subarray(n * each, (n + 1) * each);
      const alone = new Float32Array(channels);
      const expected = instanceNorm(new Tensor(cut(x.data, size), shapeOf(1, channels, spatial)), {
        layout,
        mask: mask.subarray(n * spatial, (n + 1) * spatial),
        weight: cut(weight, channels),
        bias: cut(bias, channels),
        outMean: alone,
      });
      expectSameBits(cut(y.data, size), expected.data);
      expectSameBits(cut(outMean, channels), alone);
    }
    expect(outMean.subarray(3 * channels, 4 * channels)).toEqual(new Float32Array(channels));
  });

  test('by running statistics clears what it leaves out, and gives no gradient there', () => {
    const x = randomTensor(shapeOf(3, 4, 6), 11, 3, 2);
    const mask = randomMask(18, 12);
    const running = { runningMean: normals(4, 13), runningVar: uniforms(4, 14, 0.5, 2) };
    const plain = batchNorm(x, { layout, ...running });
    const holds = (i: number) => mask[placeOf(i, 4, 6)] === 1;
    const expected = plain.data.map((value, i) => (holds(i) ? value : 0));
    expectSameBits(batchNorm(x, { layout, mask, ...running }).data, expected);
    const { input } = batchNormBackward(x, x, { layout, mask, ...running });
    const all = batchNormBackward(x, x, { layout, ...running }).input.data;
    expectSameBits(
      input.data,
      all.map((value, i) => (holds(i) ? value : 0)),
    );
  });

  test('holds what lengths hold', () => {
    const lengths = [7, 12, 0, 2];
    const x = randomTensor(shapeOf(4, 3, 12), 15, 3, 2);
    const mask = Uint8Array.from({ length: 48 }, (_, i) =>
      i % 12 < (lengths[Math.floor(i / 12)] as number) ? 200 : 0,
    );
    expectSameBits(
      instanceNorm(x, { layout, mask }).data,
      instanceNorm(x, { layout, lengths }).data,
    );
    const training = true;
    expectClose(
      batchNorm(x, { layout, mask, training }).data,
      batchNorm(x, { layout, lengths, training }).data,
    );
  });

  test('of all places is the plain call', () => {
    const x = randomTensor(shapeOf(2, 3, 5), 16);
    const mask = new Uint8Array(10).fill(1);
    expectSameBits(instanceNorm(x, { layout, mask }).data, instanceNorm(x, { layout }).data);
  });

  test('of ChannelMoments counts what the mask holds', () => {
    const [channels, spatial] = [3, 10];
    const x = randomTensor(shapeOf(4, channels, spatial), 17, 5, 2);
    const mask = randomMask(4 * spatial, 18);
    const moments = new ChannelMoments(channels).update(x, { layout, mask });
    for (let channel = 0; channel < channels; channel++) {
      const own = x.data.filter((_, i) => {
        const at = layout === 'nchw' ? Math.floor(i / spatial) % channels : i % channels;
        return at === channel && mask[placeOf(i, channels, spatial)] === 1;
      });
      expect(moments.count).toBe(own.length);
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
      expect(moments.mean[channel]).toBeCloseTo(mean, 10);
    }
    const empty = new ChannelMoments(channels).update(x, { layout, mask: new Uint8Array(40) });
    expect(empty.count).toBe(0);
  });

  test('of adaptiveInstanceNorm takes the statistics of what the masks hold', () => {
    const content = randomTensor(shapeOf(2, 3, 8), 19, 5, 2);
    const style = randomTensor(shapeOf(1, 3, 9), 20, -1, 3);
    const contentMask = randomMask(16, 21);
    const styleMask = randomMask(9, 22);
    const options = { layout, contentMask, styleMask, correction: 1 } as const;
    const y = adaptiveInstanceNorm(content, style, options);
    const styleHolds = (i: number) => styleMask[placeOf(i, 3, 9)] === 1;
    const ownStyle = new Tensor(
      held(style, styleHolds),
      shapeOf(1, 3, styleMask.filter(Boolean).length),
    );
    for (const n of [0, 1]) {
      const holds = (i: number) => contentMask[placeOf(n * 24 + i, 3, 8)] === 1;
      const cut = ({ data }: Tensor) => new Tensor(data.subarray(n * 24, (n + 1) * 24), [24]);
      const count = contentMask.subarray(n * 8, (n + 1) * 8).filter(Boolean).length;
      const own = new Tensor(held(cut(content), holds), shapeOf(1, 3, count));
      const expected = adaptiveInstanceNorm(own, ownStyle, { layout, correction: 1 });
      expectSameBits(cut(y).data, spread(24, expected.data, holds));
    }
    const copied = adaptiveInstanceNorm(content, style, { ...options, alpha: 0 });
    expectSameBits(
      copied.data,
      content.data.map((value, i) => (contentMask[placeOf(i, 3, 8)] === 1 ? value : 0)),
    );
    const none = () =>
      adaptiveInstanceNorm(content, style, { layout, styleMask: new Uint8Array(9) });
    expectRefusal(none, RangeError, 'styleMask', '0');
    const one = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    const single = () => adaptiveInstanceNorm(content, style, { ...options, contentMask: one });
    expectRefusal(single, RangeError, 'contentMask', '1');
  });
});

describe.each(['layerNorm', 'rmsNorm'] as const)('a mask of %s', (norm) => {
  const arraysOf = (length: number, seed: number): Arrays => {
    const weight = normals(length, seed, 1, 0.5);
    return norm === 'rmsNorm' ? { weight } : { weight, bias: normals(length, seed + 1) };
  };

  test.each([
    [40, 12],
    [3, 5000],
    [3000, 8],
  ])('may leave out rows, of %i by %i', (rows, length) => {
    const mask = randomMask(rows, 23);
    const call = { norm, shape: [rows, length], normalizedShape: [length], options: {} };
    const holds = (i: number) => mask[Math.floor(i / length)] === 1;
    const count = mask.filter(Boolean).length;
    expectCompact(call, mask, holds, [count, length], [length], arraysOf(length, 24));
  });

  test.each([12, 700, 5000, 300_000])('may leave out elements of a row, of %i', (length) => {
    const mask = randomMask(length, 26);
    const call = { norm, shape: [1, length], normalizedShape: [length], options: {} };
    const holds = (i: number) => mask[i] === 1;
    const count = mask.filter(Boolean).length;
    const arrays = arraysOf(length, 27);
    const compact = Object.fromEntries(
      Object.entries(arrays).map(([name, values]: [string, Float32Array]) => [
        name,
        values.filter((_, i) => mask[i]),
      ]),
    );
    expectCompact(call, mask, holds, [1, count], [count], arrays, compact);
  });

  test('gives each row the statistics of what it holds, and tells them by row', () => {
    const [rows, length] = [6, 9];
    const mask = randomMask(rows * length, 29);
    // Rows 1 and 2 have the same mask, and row 4 an empty one.
    mask.copyWithin(2 * length, length, 2 * length);
    mask.fill(0, 4 * length, 5 * length);
    const x = randomTensor([rows, length], 30, 2, 3);
    const outRstd = new Float32Array(rows);
    const call = { norm, shape: [rows, length], normalizedShape: [length] };
    const options = { mask, outRstd };
    const arrays = arraysOf(length, 31);
    const y = forward({ ...call, options }, x, arrays).data;
    const gradients = backward({ ...call, options: { mask } }, x, x, arrays);
    const sums = new Float64Array(length);
    for (let row = 0; row < rows; row++) {
      const cut = (values: Float32Array) => values.subarray(row * length, (row + 1) * length);
      const own = { ...call, shape: [1, length] };
      const rstd = new Float32Array(1);
      const ownMask = mask.subarray(row * length, (row + 1) * length);
      const one = new Tensor(cut(x.data), [1, length]);
      const alone = { ...own, options: { mask: ownMask, outRstd: rstd } };
      expectSameBits(cut(y), forward(alone, one, arrays).data);
      expect(outRstd[row]).toBe(rstd[0]);
      const found = backward({ ...own, options: { mask: ownMask } }, one, one, arrays);
      expectSameBits(cut(gradients.input.data), found.input.data);
      found.weight?.forEach((value, i) => {
        sums[i] = (sums[i] as number) + value;
      });
    }
    expect(outRstd[4]).toBe(0);
    expectClose(gradients.weight ?? [], [...sums], {});
  });

  test('leaves out rows and elements along any axes', () => {
    const shape = [2, 5, 3];
    const call: Call = { norm, shape, normalizedShape: [5], options: { axes: [1] } };
    const x = randomTensor(shape, 33, 2, 3);
    const arrays = arraysOf(5, 34);
    const transposed = (values: Float32Array) =>
      values.map((_, i) => {
        const [sample, at, place] = [Math.floor(i / 15), i % 5, Math.floor((i % 15) / 5)];
        return values[sample * 15 + at * 3 + place] as number;
      });
    const rowsCall = { norm, shape: [2, 3, 5], normalizedShape: [5] };
    const rows = Uint8Array.of(1, 0, 1, 1, 1, 0);
    const elements = randomMask(30, 35);
    const elementsOfRows = Uint8Array.from(transposed(Float32Array.from(elements)));
    for (const [mask, ofRows] of [
      [rows, rows],
      [elements, elementsOfRows],
    ] as const) {
      const y = forward({ ...call, options: { ...call.options, mask } }, x, arrays).data;
      const other = new Tensor(transposed(x.data), [2, 3, 5]);
      const expected = forward({ ...rowsCall, options: { mask: ofRows } }, other, arrays).data;
      expectSameBits(transposed(y), expected);
    }
  });
});

test('a masked layer normalization may have a set of weights for each sample', () => {
  const x = randomTensor([2, 3, 4], 36);
  const weight = normals(8, 37);
  for (const mask of [Uint8Array.of(1, 0, 1, 1, 1, 0), randomMask(24, 38)]) {
    const y = layerNorm(x, 4, { weight, mask });
    for (const n of [0, 1]) {
      const size = mask.length / 2;
      const alone = layerNorm(new Tensor(x.data.subarray(12 * n, 12 * n + 12), [1, 3, 4]), 4, {
        weight: weight.subarray(4 * n, 4 * n + 4),
        mask: mask.subarray(n * size, (n + 1) * size),
      });
      expectSameBits(y.data.subarray(12 * n, 12 * n + 12), alone.data);
    }
  }
});

describe('layers', () => {
  const x = randomTensor([2, 4, 6], 39, 3, 2);
  const g = randomTensor([2, 4, 6], 40);
  const mask = randomMask(12, 41);
  const layers = [
    new InstanceNorm(4, { affine: true }),
    new BatchNorm(4),
    new GroupNorm(2, 4),
    new LayerNorm(6),
    new RMSNorm(6),
  ];

  test.each(layers.map((layer) => [layer.constructor.name, layer] as const))(
    'of %s take a mask in each call, and remember it for the gradient',
    (_, layer) => {
      const own = layer instanceof LayerNorm || layer instanceof RMSNorm ? randomMask(8, 42) : mask;
      const given = own.slice();
      const y = layer.forward(x, { mask: given });
      // It was copied.
      given.fill(1);
      const expected = layer.backward(g);
      expect(y.data.some((value) => value === 0)).toBe(true);
      layer.forward(x);
      const whole = layer.backward(g);
      expect(whole.input.data).not.toEqual(expected.input.data);
      expectSameBits(layer.backward(g, { mask: own }).input.data, expected.input.data);
      layer.forward(x, { mask: own });
      expectSameBits(layer.backward(g).input.data, expected.input.data);
      expectSameBits(layer.backward(g, { mask: null }).input.data, whole.input.data);
    },
  );

  test('take the lengths of a gradient in place of the last mask, and the mask in place of lengths', () => {
    const layer = new InstanceNorm(4);
    const lengths = [3, 6];
    layer.forward(x, { lengths });
    const ofLengths = layer.backward(g);
    layer.forward(x, { mask });
    const ofMask = layer.backward(g);
    expectSameBits(layer.backward(g, { lengths }).input.data, ofLengths.input.data);
    layer.forward(x, { lengths });
    expectSameBits(layer.backward(g, { mask }).input.data, ofMask.input.data);
  });
});

describe('a mask is refused', () => {
  const x = randomTensor([2, 3, 4], 43);
  const refused: [string, unknown, ErrorConstructor, string][] = [
    ['of another size', new Uint8Array(24), RangeError, '24'],
    ['of numbers', [1, 0, 1, 1, 1, 1, 1, 1], TypeError, '1'],
    ['of another kind', new Float32Array(8), TypeError, 'a value of type Float32Array'],
    ['that is a word', 'left', TypeError, '"left"'],
  ];
  test.each(refused)('%s', (_, mask, kind, got) => {
    const out = randomTensor([2, 3, 4], 44);
    const options = { mask: mask as Uint8Array, out };
    expectRefusal(() => instanceNorm(x, options), kind, 'mask', got, [out.data]);
    const call = () => new ChannelMoments(3).update(x, { mask: mask as Uint8Array });
    expectRefusal(call, kind, 'mask', got);
    expectRefusal(() => new BatchNorm(3).forward(x, options), kind, 'mask', got, [out.data]);
  });

  test('of neither rows nor elements, by layer normalization', () => {
    const call = () => layerNorm(x, 4, { mask: new Uint8Array(8) });
    expectRefusal(call, RangeError, 'mask', '8');
  });

  test('beside lengths', () => {
    const call = () => instanceNorm(x, { mask: new Uint8Array(8), lengths: [4, 4] });
    expectRefusal(call, RangeError, 'mask', 'both');
  });
});
