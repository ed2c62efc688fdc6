import { describe, expect, test } from 'vitest';
import {
  BatchNormSums,
  ChannelMoments,
  type SyncBatchNormOptions,
  syncBatchNorm,
  syncBatchNormBackward,
  Tensor,
} from '../../src/index.ts';
import { expectClose, expectSameBits, expectWithin } from '../support/closeness.ts';
import { readFixture } from '../support/fixtures.ts';
import {
  differentiateParts,
  mergedMoments,
  normalizeParts,
  partsOf,
  wholeOf,
} from '../support/parts.ts';
import { places, resetPlaces } from '../support/places.ts';
import { normals } from '../support/random.ts';
import { testRefusedCalls } from '../support/refusals.ts';

const part = (...values: readonly number[]) =>
  new Tensor(Float32Array.from(values), [values.length, 1]);

const near = (actual: ArrayLike<number>, expected: readonly number[]) =>
  expectWithin(
    actual,
    expected,
    expected.map((value) => 1 + Math.abs(value)),
    3e-7,
  );

describe('batch normalization by workers with parts of a batch', () => {
  test('is that of the whole, of unequal parts and one without elements', () => {
    const parts = [part(1, 2, 3), part(10), part()];
    const options = { weight: Float32Array.of(2), bias: Float32Array.of(0.5) };
    const running = parts.map(() => ({
      runningMean: Float32Array.of(0),
      runningVar: Float32Array.of(1),
    }));
    const y = normalizeParts(parts, { channels: 1 }, (i) => ({ ...options, ...running[i] }));
    near(wholeOf(y), [-1.1970556, -0.6313704, -0.0656852, 3.8941112]);
    for (const { runningMean, runningVar } of running) {
      near(runningMean, [0.4]);
      near(runningVar, [2.5666667]);
    }
    const gradients = [part(1, 0, 0), part(2), part()];
    const found = differentiateParts(gradients, parts, { channels: 1 }, options);
    const dx = wholeOf(found.map(({ input }) => input));
    near(dx, [0.4468911, -0.2206174, -0.3224406, 0.096167]);
    for (const { weight, bias } of found) {
      near(weight as Float32Array, [2.5455834]);
      near(bias as Float32Array, [3]);
    }
  });

  test('takes workers with one value each', () => {
    const runningVar = Float32Array.of(1);
    const y = normalizeParts([part(1), part(3)], { channels: 1 }, (i) =>
      i === 0 ? { runningVar } : {},
    );
    near(wholeOf(y), [-0.999995, 0.999995]);
    near(runningVar, [1.1]);
  });

  test('keeps a mean that no float32 is', () => {
    const parts = [part(16777216, 16777218, 16777220), part(16777222)];
    const y = normalizeParts(parts, { channels: 1 }, () => ({}));
    near(wholeOf(y), [-1.3416394, -0.4472131, 0.4472131, 1.3416394]);
    expect([...mergedMoments(parts, { channels: 1 }).mean]).toEqual([16777219]);
  });

  test('spoils the channel of a NaN in all parts, and no other', () => {
    const [x, other] = [normals(12, 1), normals(12, 2)];
    const shape = [2, 3, 2];
    const run = (x: Float32Array) =>
      wholeOf(
        normalizeParts(
          [new Tensor(x, shape), new Tensor(other, shape)],
          { channels: 3 },
          () => ({}),
        ),
      );
    const clean = run(x.slice());
    x[2] = Number.NaN;
    run(x).forEach((value, i) => {
      if (Math.floor(i / 2) % 3 === 1) expect(value).toBeNaN();
      else expect(value).toBe(clean[i]);
    });
  });
});

interface TorchCase {
  readonly shape: readonly number[];
  readonly parts: readonly number[];
  readonly options: { readonly eps: number; readonly momentum: number };
  readonly arrays: Readonly<Record<string, readonly number[]>>;
  readonly x: readonly number[];
  readonly gradOutput: readonly number[];
  readonly output: readonly number[];
  readonly after: Readonly<Record<'runningMean' | 'runningVar', readonly number[]>>;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

test("results and gradients of parts are those of PyTorch's whole batch", () => {
  const { cases } = readFixture<{ readonly cases: readonly TorchCase[] }>('torch-sync');
  expect(cases).toHaveLength(16);
  for (const { shape, parts: samples, options, output, after, ...values } of cases) {
    const channels = shape[1] as number;
    const parts = partsOf(Float32Array.from(values.x), shape, samples);
    const slopes = partsOf(Float32Array.from(values.gradOutput), shape, samples);
    const arraysOf = () =>
      Object.fromEntries(
        Object.entries(values.arrays).map(([name, array]) => [name, Float32Array.from(array)]),
      );
    const ofParts = parts.map((): SyncBatchNormOptions => ({ ...options, ...arraysOf() }));
    const y = normalizeParts(parts, { channels }, (i) => ofParts[i] as SyncBatchNormOptions);
    expectClose(wholeOf(y), output, values.arrays);
    for (const { runningMean, runningVar } of ofParts) {
      near(runningMean as Float32Array, after.runningMean);
      near(runningVar as Float32Array, after.runningVar);
    }
    const found = differentiateParts(slopes, parts, { channels }, { ...options, ...arraysOf() });
    const { input, weight, bias } = values.gradients;
    const allowed = (of: readonly number[]) => of.map((value) => 3 + Math.abs(value));
    const dx = wholeOf(found.map(({ input }) => input));
    expectWithin(dx, input as readonly number[], allowed(input as readonly number[]), 1e-5);
    for (const [name, wanted] of Object.entries({ weight, bias })) {
      for (const gradients of found) {
        const got = gradients[name as 'weight' | 'bias'];
        if (!wanted) expect(got).toBeNull();
        else expectWithin(got as Float32Array, wanted, allowed(wanted), 1e-5);
      }
    }
  }
});

describe('BatchNormSums', () => {
  test('holds the gradients of bias and weight, and comes back from JSON to the bit', () => {
    const x = new Tensor(normals(24, 1), [3, 2, 4]);
    const g = new Tensor(normals(24, 2), [3, 2, 4]);
    const moments = new ChannelMoments(2).update(x);
    const sums = new BatchNormSums(2).update(g, x, moments);
    expect(sums.count).toBe(12);
    const weight = Float32Array.of(1, 1);
    const found = syncBatchNormBackward(g, x, moments, sums, { weight, bias: weight.slice() });
    expect(found.bias).toEqual(Float32Array.from(sums.gradients));
    expect(found.weight).toEqual(Float32Array.from(sums.products));
    const json = JSON.parse(JSON.stringify(sums));
    expect(BatchNormSums.fromJSON(json).toJSON()).toEqual(sums.toJSON());
    sums.gradients.fill(9);
    sums.products.fill(9);
    expect(sums.toJSON()).toEqual(json);
  });

  test('adds gradients of NaN and infinity, which JSON keeps', () => {
    const x = new Tensor(Float32Array.of(1, 2, 3, 4), [2, 2]);
    const g = new Tensor(Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, 1, 1), [2, 2]);
    const moments = new ChannelMoments(2).update(x);
    const sums = new BatchNormSums(2).update(g, x, moments);
    const back = BatchNormSums.fromJSON(JSON.parse(JSON.stringify(sums)));
    expect([...back.gradients]).toEqual([Number.NaN, Number.POSITIVE_INFINITY]);
  });

  test('takes sums and moments of another copy of the library by their shape', () => {
    const x = part(1, 2, 4);
    const moments = new ChannelMoments(1).update(x);
    const sums = new BatchNormSums(1).update(x, x, moments);
    const copyOf = <JSON>(of: { readonly numFeatures: number; toJSON(): JSON }) => ({
      numFeatures: of.numFeatures,
      toJSON: () => of.toJSON(),
    });
    const expected = syncBatchNormBackward(x, x, moments, sums).input.data;
    const found = syncBatchNormBackward(x, x, copyOf(moments), copyOf(sums)).input.data;
    expectSameBits(found, expected);
    expect(new BatchNormSums(1).merge(copyOf(sums)).toJSON()).toEqual(sums.toJSON());
  });
});

test('a part is the same bits from and to any place', () => {
  const shape = [3, 5, 47];
  const [x, g] = [normals(705, 1, 2), normals(705, 2)];
  const plain = [new Tensor(x.slice(), shape), new Tensor(g.slice(), shape)] as const;
  const moments = new ChannelMoments(5).update(plain[0]).update(plain[1]);
  const whole = new BatchNormSums(5);
  whole.update(plain[1], plain[0], moments).update(plain[0], plain[1], moments);
  const options = { weight: normals(5, 3) };
  const y = syncBatchNorm(plain[0], moments, options).data;
  const dx = syncBatchNormBackward(plain[1], plain[0], moments, whole, options).input.data;
  for (const place of Object.values(places)) {
    resetPlaces();
    const [here, slopes] = [place(x, shape), place(g, shape)];
    const sums = new BatchNormSums(5).update(slopes, here, moments).update(here, slopes, moments);
    expect(sums.toJSON()).toEqual(whole.toJSON());
    const out = { ...options, out: slopes };
    expectSameBits(syncBatchNormBackward(slopes, here, moments, sums, out).input.data, dx);
    expectSameBits(syncBatchNorm(here, moments, { ...options, out: here }).data, y);
  }
});

describe('a refusal', () => {
  const x = new Tensor(Float32Array.of(1, 2, 3, 4), [2, 2]);
  const moments = new ChannelMoments(2).update(x);
  const sums = new BatchNormSums(2).update(x, x, moments);
  testRefusedCalls(
    [
      [
        'moments of other channels',
        () => syncBatchNorm(x, new ChannelMoments(3)),
        RangeError,
        'moments',
        '3',
      ],
      [
        'moments of less than the part',
        () => syncBatchNorm(new Tensor(new Float32Array(6), [3, 2]), moments),
        RangeError,
        'moments',
        '2',
      ],
      [
        'moments of one element',
        () => syncBatchNorm(part(1), new ChannelMoments(1).update(part(1))),
        RangeError,
        'moments',
        '1',
      ],
      ['no moments', () => syncBatchNorm(x, {} as never), TypeError, 'moments', 'a value'],
      [
        'an option of batchNorm',
        () => syncBatchNorm(x, moments, { training: true } as never),
        TypeError,
        'options',
        '"training"',
      ],
      [
        'sums that lack a part',
        () => syncBatchNormBackward(x, x, new ChannelMoments(2).update(x).update(x), sums),
        RangeError,
        'sums',
        '2',
      ],
      [
        'sums of other channels',
        () => syncBatchNormBackward(x, x, moments, new BatchNormSums(1)),
        RangeError,
        'sums',
        '1',
      ],
      [
        'no sums',
        () => syncBatchNormBackward(x, x, moments, null as never),
        TypeError,
        'sums',
        'null',
      ],
      ['merging other channels', () => sums.merge(new BatchNormSums(3)), RangeError, 'other', '3'],
      [
        'a gradient of another shape',
        () => new BatchNormSums(2).update(part(1), x, moments),
        RangeError,
        'gradOutput',
        '[1, 1]',
      ],
      [
        'an input of other channels',
        () => new BatchNormSums(1).update(x, x, moments),
        RangeError,
        'x',
        'shape [2, 2]',
      ],
      ['JSON of something else', () => BatchNormSums.fromJSON({} as never), TypeError, 'json', ''],
      [
        'JSON of unequal lists',
        () => BatchNormSums.fromJSON({ count: 1, gradients: [1], products: [] }),
        RangeError,
        'products',
        '0',
      ],
      [
        'JSON with words',
        () => BatchNormSums.fromJSON({ count: 1, gradients: ['one'], products: [1] }),
        TypeError,
        'gradients',
        '"one"',
      ],
    ],
    'of %s',
  );

  test('leaves sums as they were', () => {
    const before = JSON.stringify(sums);
    expect(() => sums.update(part(1), x, moments)).toThrow();
    expect(() => sums.merge(new BatchNormSums(3))).toThrow();
    expect(JSON.stringify(sums)).toBe(before);
  });
});
