import { afterEach, describe, expect, test } from 'vitest';
import { BatchNorm, batchNorm, ChannelMoments, type Layout, Tensor } from '../../src/index.ts';
import { expectSameBits } from '../support/closeness.ts';
import { randomTensor } from '../support/norms.ts';
import { places, resetPlaces } from '../support/places.ts';
import { normals, uniformFrom, uniforms } from '../support/random.ts';
import { type Moments, moments as momentsOf } from '../support/reference.ts';
import { expectRefusal } from '../support/refusals.ts';

afterEach(resetPlaces);

interface Placement {
  readonly layout?: Layout;
  readonly lengths?: readonly number[];
}

/** The moments of each channel. */
function reference(x: Tensor, { layout = 'nchw', lengths }: Placement = {}): Moments[] {
  const { data, shape } = x;
  const channelAt = layout === 'nchw' ? 1 : shape.length - 1;
  const channels = shape[channelAt] as number;
  const perSample = data.length / (shape[0] as number);
  const spatial = perSample / channels;
  const values: number[][] = Array.from({ length: channels }, () => []);
  data.forEach((value, i) => {
    const sample = Math.floor(i / perSample);
    const within = i % perSample;
    const channel = layout === 'nchw' ? Math.floor(within / spatial) : within % channels;
    const position = layout === 'nchw' ? within % spatial : Math.floor(within / channels);
    if (position < (lengths?.[sample] ?? spatial)) values[channel]?.push(value);
  });
  return values.map(momentsOf);
}

// The relative error that merging shards may cause in float64.
const TOLERANCE = 1e-12;

/** Expects means within TOLERANCE of the mean or the deviation, whichever is larger, and variances within TOLERANCE. */
function expectMoments(actual: ChannelMoments, expected: readonly Moments[]): void {
  expect(actual.numFeatures).toBe(expected.length);
  expect(actual.count).toBe(expected[0]?.count);
  const { mean } = actual;
  const variance = actual.variance();
  expected.forEach((wanted, channel) => {
    const size = Math.max(Math.abs(wanted.mean), Math.sqrt(wanted.variance));
    const meanError = Math.abs((mean[channel] as number) - wanted.mean);
    const varianceError = Math.abs((variance[channel] as number) - wanted.variance);
    expect(meanError, `mean of channel ${channel}`).toBeLessThanOrEqual(TOLERANCE * size);
    expect(varianceError, `variance of channel ${channel}`).toBeLessThanOrEqual(
      TOLERANCE * wanted.variance,
    );
  });
}

/** Returns moments in the form that expectMoments compares with. */
function momentsIn(moments: ChannelMoments): Moments[] {
  const variance = moments.variance();
  return Array.from(moments.mean, (mean, channel) => ({
    count: moments.count,
    mean,
    variance: variance[channel] as number,
  }));
}

/** Some samples of a tensor. */
function samplesOf({ data, shape }: Tensor, from: number, to: number): Tensor {
  const perSample = data.length / (shape[0] as number);
  return new Tensor(data.slice(from * perSample, to * perSample), [to - from, ...shape.slice(1)]);
}

describe('ChannelMoments', () => {
  const shapes: [readonly number[], Layout][] = [
    [[4, 3, 5, 7], 'nchw'],
    [[4, 5, 7, 3], 'nhwc'],
    [[1, 1, 40003], 'nchw'],
    [[1, 40003, 1], 'nhwc'],
    [[3, 70000, 2], 'nhwc'],
    [[200, 17], 'nchw'],
    [[200, 17], 'nhwc'],
    [[3, 5000, 2], 'nchw'],
    [[3, 2, 5000], 'nhwc'],
    [[9, 4, 1, 1], 'nchw'],
  ];
  test.each(shapes)('finds the moments of each channel of %j in %s', (shape, layout) => {
    for (const [mean, std] of [
      [0, 1],
      [-3, 0.01],
      [1e6, 1],
      [1e-20, 1e-22],
    ] as const) {
      const x = randomTensor(shape, 1, mean, std);
      const moments = new ChannelMoments(shape[layout === 'nchw' ? 1 : shape.length - 1] as number);
      expectMoments(moments.update(x, { layout }), reference(x, { layout }));
    }
  });

  test.each(['nchw', 'nhwc'] as const)(
    'counts the valid lengths of samples and nothing else, in %s',
    (layout) => {
      const shape = layout === 'nchw' ? [4, 3, 50] : [4, 50, 3];
      const lengths = [50, 0, 1, 33];
      const x = randomTensor(shape, 2, 5, 2);
      const moments = new ChannelMoments(3).update(x, { layout, lengths });
      expect(moments.count).toBe(84);
      expectMoments(moments, reference(x, { layout, lengths }));
      const others = new ChannelMoments(3).update(x, { layout, lengths: Int32Array.from(lengths) });
      expect(others.toJSON()).toEqual(moments.toJSON());
    },
  );

  test('adds up over tensors of any batch and spatial size', () => {
    const moments = new ChannelMoments(2);
    const parts = [randomTensor([1, 2, 3], 3, 10), randomTensor([5, 2, 4, 4], 4, -10, 3)];
    for (const x of parts) expect(moments.update(x)).toBe(moments);
    const channels = [0, 1].map((channel) =>
      parts.flatMap(({ data, shape }) => {
        const spatial = data.length / ((shape[0] as number) * 2);
        return [...data.filter((_, i) => Math.floor(i / spatial) % 2 === channel)];
      }),
    );
    expectMoments(moments, channels.map(momentsOf));
  });

  test('divides by the count, or by one less if unbiased', () => {
    const moments = new ChannelMoments(2);
    moments.update(new Tensor(Float32Array.of(1, 2, 3, 4, 5, 5, 5, 5), [1, 2, 4]));
    expect([...moments.mean]).toEqual([2.5, 5]);
    expect([...moments.variance()]).toEqual([1.25, 0]);
    expect([...moments.variance({ unbiased: true })]).toEqual([5 / 3, 0]);
    expect([...moments.std()]).toEqual([Math.sqrt(1.25), 0]);
    expect([...moments.std({ unbiased: true })]).toEqual([Math.sqrt(5 / 3), 0]);
  });

  test('has no variance without an element, and no unbiased variance with less than two', () => {
    const moments = new ChannelMoments(1);
    expect([moments.count, ...moments.mean]).toEqual([0, 0]);
    expect([...moments.variance(), ...moments.std()]).toEqual([Number.NaN, Number.NaN]);
    moments.update(new Tensor(Float32Array.of(7), [1, 1]));
    expect([moments.count, ...moments.mean, ...moments.variance()]).toEqual([1, 7, 0]);
    expect([...moments.variance({ unbiased: true })]).toEqual([Number.NaN]);
  });

  test.each([[[0, 3, 4]], [[2, 3, 0]]])('is as before after the empty shape %j', (shape) => {
    const moments = new ChannelMoments(3).update(randomTensor([2, 3, 5], 5));
    const before = moments.toJSON();
    moments.update(new Tensor(new Float32Array(0), shape));
    expect(moments.toJSON()).toEqual(before);
  });

  test('gives copies of its arrays', () => {
    const moments = new ChannelMoments(1).update(randomTensor([1, 1, 5], 6));
    const before = moments.toJSON();
    moments.mean.fill(9);
    moments.variance().fill(9);
    expect(moments.toJSON()).toEqual(before);
  });

  test('leaves its input as it was', () => {
    const x = randomTensor([2, 3, 70], 7);
    const before = x.data.slice();
    new ChannelMoments(3).update(x);
    expectSameBits(x.data, before);
  });

  test('keeps a NaN in its own channel', () => {
    const x = randomTensor([2, 3, 70], 8);
    const clean = new ChannelMoments(3).update(x);
    x.data[100] = Number.NaN;
    const { mean } = new ChannelMoments(3).update(x);
    expect([...mean]).toEqual([clean.mean[0], Number.NaN, clean.mean[2]]);
  });

  test.each(Object.entries(places))('finds the same bits in %s', (_, place) => {
    for (const [shape, layout] of shapes) {
      const x = randomTensor(shape, 9, 100, 3);
      const channels = shape[layout === 'nchw' ? 1 : shape.length - 1] as number;
      const plain = new ChannelMoments(channels).update(x, { layout });
      const placed = new ChannelMoments(channels).update(place(x.data, shape), { layout });
      expect(placed.toJSON()).toEqual(plain.toJSON());
      resetPlaces();
    }
  });
});

describe('merging ChannelMoments', () => {
  const data: [string, Tensor][] = [
    ['normal numbers', randomTensor([40, 3, 25], 10, 0.5, 2)],
    ['a mean of 1e6', randomTensor([40, 3, 25], 11, 1e6, 1)],
    ['magnitudes of 1e30', randomTensor([40, 3, 25], 12, 1e30, 1e29)],
    [
      'a drift',
      new Tensor(
        normals(3000, 13).map((value, i) => value + i),
        [40, 3, 25],
      ),
    ],
  ];
  const whole = (x: Tensor) => momentsIn(new ChannelMoments(3).update(x));

  test.each(data)('gives what the whole gives, however it is split and ordered: %s', (_, x) => {
    for (let seed = 1; seed <= 20; seed++) {
      const uniform = uniformFrom(seed);
      const shards: ChannelMoments[] = [];
      for (let from = 0; from < 40; ) {
        const to = Math.min(40, from + 1 + Math.floor(uniform() * seed));
        shards.push(new ChannelMoments(3).update(samplesOf(x, from, to)));
        from = to;
      }
      const order = shards.map((shard) => ({ shard, at: uniform() })).sort((a, b) => a.at - b.at);
      const merged = new ChannelMoments(3);
      for (const { shard } of order) expect(merged.merge(shard)).toBe(merged);
      expectMoments(merged, whole(x));
      expectMoments(merged, reference(x));
    }
  });

  test.each(data)('gives what the whole gives, in a tree of pairs: %s', (_, x) => {
    let shards = Array.from({ length: 40 }, (_, i) =>
      new ChannelMoments(3).update(samplesOf(x, i, i + 1)),
    );
    while (shards.length > 1) {
      shards = shards.flatMap((shard, i) => {
        const next = shards[i + 1];
        if (i % 2) return [];
        return [next ? shard.merge(next) : shard];
      });
    }
    expectMoments(shards[0] as ChannelMoments, whole(x));
  });

  test('gives what the whole gives, for more channels than are worked on at once', () => {
    const x = randomTensor([6, 5000], 14, 3);
    const merged = new ChannelMoments(5000).update(samplesOf(x, 0, 2));
    merged.merge(new ChannelMoments(5000).update(samplesOf(x, 2, 6)));
    expectMoments(merged, reference(x));
  });

  test('leaves the other as it was, and can merge with itself', () => {
    const x = randomTensor([4, 3, 5], 15, 1, 2);
    const moments = new ChannelMoments(3).update(x);
    const other = new ChannelMoments(3).update(x);
    const before = other.toJSON();
    moments.merge(other);
    expect(other.toJSON()).toEqual(before);
    const twice = other.merge(other);
    expect(twice.toJSON()).toEqual(moments.toJSON());
    expect(twice.count).toBe(40);
  });

  test('changes no bit if one of the two is empty', () => {
    const moments = new ChannelMoments(3).update(randomTensor([4, 3, 5], 16, 1e6));
    const before = moments.toJSON();
    expect(new ChannelMoments(3).merge(moments).toJSON()).toEqual(before);
    expect(moments.merge(new ChannelMoments(3)).toJSON()).toEqual(before);
  });
});

describe('the JSON of ChannelMoments', () => {
  test('restores every bit, so that later updates give the same', () => {
    const first = randomTensor([4, 3, 77], 17, 1e6, 0.1);
    const second = randomTensor([2, 3, 10], 18, -5, 3);
    const moments = new ChannelMoments(3).update(first);
    const restored = ChannelMoments.fromJSON(JSON.parse(JSON.stringify(moments)));
    expect(restored.toJSON()).toEqual(moments.toJSON());
    expect([...restored.mean]).toEqual([...moments.mean]);
    expect(restored.update(second).toJSON()).toEqual(moments.update(second).toJSON());
  });

  const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

  test('restores the numbers that JSON lacks', () => {
    const data = Float32Array.of(nan, infinity, -infinity, -0, 1, -infinity, 2, 3, 0, 4);
    const moments = new ChannelMoments(5).update({ data, shape: [2, 5] });
    const whole = new ChannelMoments(1).update({ data: Float32Array.of(infinity), shape: [1, 1] });
    for (const original of [moments, whole]) {
      const restored = ChannelMoments.fromJSON(JSON.parse(JSON.stringify(original)));
      expect(restored.toJSON()).toEqual(original.toJSON());
      expect([...restored.mean]).toEqual([...original.mean]);
      expect([...restored.variance()]).toEqual([...original.variance()]);
    }
    expect([...moments.mean]).toEqual([nan, infinity, -infinity, 0, 2.5]);
    expect([...whole.mean]).toEqual([infinity]);
  });

  test('restores moments without elements', () => {
    const restored = ChannelMoments.fromJSON(JSON.parse(JSON.stringify(new ChannelMoments(2))));
    expect([restored.numFeatures, restored.count, ...restored.mean]).toEqual([2, 0, 0, 0]);
  });

  test('is refused if it is anything else', () => {
    const of = (count: number, ...[mean, squares, rest]: (number | string)[]) => ({
      count,
      mean: [mean],
      squares: [squares],
      rest: [rest],
    });
    const valid = { count: 2, mean: [1, 2], squares: [3, 4], rest: [0, 0] };
    expect([...ChannelMoments.fromJSON(valid).std()]).toEqual([Math.sqrt(1.5), Math.sqrt(2)]);
    const refused: [unknown, ErrorConstructor, string, string][] = [
      [undefined, TypeError, 'json', 'undefined'],
      [null, TypeError, 'json', 'null'],
      ['{}', TypeError, 'json', '"{}"'],
      [{}, TypeError, 'json', 'a value of type Object'],
      [{ ...valid, count: '2' }, TypeError, 'count', '"2"'],
      [{ ...valid, mean: undefined }, TypeError, 'json', 'a value of type Object'],
      [{ ...valid, squares: 3 }, TypeError, 'json', 'a value of type Object'],
      [{ ...valid, count: -1 }, RangeError, 'count', '-1'],
      [{ ...valid, count: 1.5 }, RangeError, 'count', '1.5'],
      [{ ...valid, count: Number.NaN }, RangeError, 'count', 'NaN'],
      [{ ...valid, squares: [3] }, RangeError, 'squares', '1'],
      [{ ...valid, mean: [1, null] }, TypeError, 'mean', 'null'],
      [{ ...valid, mean: [1, '2'] }, TypeError, 'mean', '"2"'],
      [{ ...valid, squares: [1, true] }, TypeError, 'squares', 'true'],
      [{ ...valid, squares: [1, -4] }, RangeError, 'squares', '-4'],
      [{ count: 0, mean: [], squares: [], rest: [] }, RangeError, 'numFeatures', '0'],
      [of(0, 5, 0, 0), RangeError, 'mean', '5'],
      [of(0, 'NaN', 'NaN', 'NaN'), RangeError, 'mean', 'NaN'],
      [of(0, 0, 3, 0), RangeError, 'squares', '3'],
      [of(0, 0, 0, 5e-324), RangeError, 'rest', '5e-324'],
      [of(1, 5, 3, 0), RangeError, 'squares', '3'],
      [of(1, 5, 0, 1e-300), RangeError, 'rest', '1e-300'],
      [of(1, 3.5e38, 0, 0), RangeError, 'mean', '3.5e+38'],
      [of(2, 1e39, 1, 0), RangeError, 'mean', '1e+39'],
      [of(2, 0, 3e77, 0), RangeError, 'squares', '3e+77'],
      [of(2, 0, 'Infinity', 0), RangeError, 'squares', 'Infinity'],
      [of(2, 0, 'NaN', 0), RangeError, 'squares', 'NaN'],
      [of(2, 'NaN', 1, 'NaN'), RangeError, 'squares', '1'],
      [of(2, '-Infinity', 'NaN', 0), RangeError, 'rest', '0'],
      [of(2, 0, 0, 1e300), RangeError, 'rest', '1e+300'],
      [of(2, 1, 1, 'NaN'), RangeError, 'rest', 'NaN'],
      [of(2, 1, 1, 1e-14), RangeError, 'rest', '1e-14'],
      [of(100, 1, 0, -1e-13), RangeError, 'rest', '-1e-13'],
    ];
    for (const json of [of(2, 1, 1, 1e-15), of(100, 1, 0, -1e-14), of(1, 3.4e38, 0, 0)]) {
      expect(ChannelMoments.fromJSON(json as never).toJSON()).toEqual(json);
    }
    for (const [json, kind, argument, got] of refused) {
      expectRefusal(() => ChannelMoments.fromJSON(json as never), kind, argument, got);
    }
  });
});

describe('ChannelMoments refuses', () => {
  const sizes: [unknown, ErrorConstructor, string][] = [
    [undefined, TypeError, 'undefined'],
    ['3', TypeError, '"3"'],
    [0, RangeError, '0'],
    [-1, RangeError, '-1'],
    [2.5, RangeError, '2.5'],
  ];
  test.each(sizes)('%j channels', (numFeatures, kind, got) => {
    const make = () => new ChannelMoments(numFeatures as number);
    expectRefusal(make, kind, 'numFeatures', got);
  });

  const floats = (count: number) => new Float32Array(count);
  const x = { data: floats(24), shape: [2, 3, 4] };
  const calls: [string, (moments: ChannelMoments) => unknown, ErrorConstructor, string, string][] =
    [
      ['no tensor', (m) => m.update(undefined as never), TypeError, 'x', 'undefined'],
      [
        'float64 data',
        (m) => m.update({ data: new Float64Array(24), shape: [2, 3, 4] } as never),
        TypeError,
        'x.data',
        'a value of type Float64Array',
      ],
      ['1 dimension', (m) => m.update({ data: floats(3), shape: [3] }), RangeError, 'x', 'shape'],
      [
        'another number of channels',
        (m) => m.update({ data: floats(24), shape: [2, 4, 3] }),
        RangeError,
        'x',
        'shape [2, 4, 3]',
      ],
      [
        'another number of channels in nhwc',
        (m) => m.update(x, { layout: 'nhwc' }),
        RangeError,
        'x',
        'shape [2, 3, 4]',
      ],
      [
        'a layout that it does not know',
        (m) => m.update(x, { layout: 'chw' as never }),
        RangeError,
        'layout',
        '"chw"',
      ],
      ['a length too few', (m) => m.update(x, { lengths: [4] }), RangeError, 'lengths', '1'],
      ['a length too long', (m) => m.update(x, { lengths: [4, 5] }), RangeError, 'lengths', '5'],
      [
        'lengths in words',
        (m) => m.update(x, { lengths: ['4', '4'] as never }),
        TypeError,
        'lengths',
        '"4"',
      ],
      [
        'an unknown option',
        (m) => m.update(x, { length: [4, 4] } as never),
        TypeError,
        'options',
        '"length"',
      ],
      ['to merge nothing', (m) => m.merge(undefined as never), TypeError, 'other', 'undefined'],
      [
        'to merge JSON',
        (m) => m.merge(m.toJSON() as never),
        TypeError,
        'other',
        'a value of type Object',
      ],
      [
        'to merge another number of channels',
        (m) => m.merge(new ChannelMoments(4)),
        RangeError,
        'other',
        '4',
      ],
      [
        'a word for unbiased',
        (m) => m.variance({ unbiased: 'yes' as never }),
        TypeError,
        'unbiased',
        '"yes"',
      ],
      [
        'an unknown option of std',
        (m) => m.std({ ddof: 1 } as never),
        TypeError,
        'options',
        '"ddof"',
      ],
    ];
  test.each(calls)('%s, and counts nothing', (_, call, kind, argument, got) => {
    const moments = new ChannelMoments(3).update(randomTensor([2, 3, 4], 19));
    const before = moments.toJSON();
    expectRefusal(() => call(moments), kind, argument, got);
    expect(moments.toJSON()).toEqual(before);
  });
});

describe('setRunningStats of BatchNorm', () => {
  const x = randomTensor([4, 3, 25], 20, 5, 2);
  const moments = new ChannelMoments(3).update(x);

  test.each([true, false])(
    'adapts it to new data, by the variance that it tracks: unbiased %j',
    (unbiased) => {
      const layer = new BatchNorm(3, { unbiased });
      layer.weight?.set(uniforms(3, 21, 0.5, 2));
      layer.setRunningStats(moments);
      expectSameBits(layer.runningMean as Float32Array, Float32Array.from(moments.mean));
      const variance = Float32Array.from(moments.variance({ unbiased }));
      expectSameBits(layer.runningVar as Float32Array, variance);
      const { weight, runningMean, runningVar } = layer;
      const y = layer.eval().forward(x);
      expectSameBits(y.data, batchNorm(x, { weight, runningMean, runningVar }).data);
    },
  );

  test('gives what one batch in training with momentum 1 gives', () => {
    const trained = new BatchNorm(3, { momentum: 1 });
    trained.forward(x);
    const adapted = new BatchNorm(3);
    adapted.setRunningStats(moments);
    expectSameBits(adapted.runningMean as Float32Array, trained.runningMean as Float32Array);
    expectSameBits(adapted.runningVar as Float32Array, trained.runningVar as Float32Array);
  });

  test('counts as one batch, which the next ones do not forget if the layer is cumulative', () => {
    const batches = [23, 24].map((seed) => randomTensor([4, 3, 25], seed, seed, seed));
    const averaged = new BatchNorm(3, { momentum: null });
    for (const batch of [x, ...batches]) averaged.forward(batch);
    for (const before of [0, 100]) {
      const layer = new BatchNorm(3, { momentum: null });
      layer.numBatchesTracked = before;
      layer.setRunningStats(moments);
      expect(layer.numBatchesTracked).toBe(1);
      for (const batch of batches) layer.forward(batch);
      expect(layer.numBatchesTracked).toBe(3);
      expectSameBits(layer.runningMean as Float32Array, averaged.runningMean as Float32Array);
      expectSameBits(layer.runningVar as Float32Array, averaged.runningVar as Float32Array);
    }
  });

  const one = new ChannelMoments(3).update(new Tensor(normals(3, 22), [1, 3]));

  test('takes one element if the variance is biased', () => {
    const layer = new BatchNorm(3, { unbiased: false });
    layer.setRunningStats(one);
    expect(layer.runningVar).toEqual(Float32Array.of(0, 0, 0));
  });

  const refused: [string, unknown, ErrorConstructor, string][] = [
    ['nothing', undefined, TypeError, 'undefined'],
    ['JSON', moments.toJSON(), TypeError, 'a value of type Object'],
    ['another number of channels', new ChannelMoments(4), RangeError, '4'],
    ['moments of nothing', new ChannelMoments(3), RangeError, '0'],
    ['one element, which has no unbiased variance', one, RangeError, '1'],
  ];
  test.each(refused)('refuses %s, and sets nothing', (_, value, kind, got) => {
    const layer = new BatchNorm(3);
    const call = () => layer.setRunningStats(value as ChannelMoments);
    const watched = [layer.runningMean, layer.runningVar] as Float32Array[];
    expectRefusal(call, kind, 'moments', got, watched);
  });

  test('refuses a layer that has no running statistics', () => {
    const layer = new BatchNorm(3, { trackRunningStats: false });
    expectRefusal(() => layer.setRunningStats(moments), TypeError, 'setRunningStats', 'none');
  });
});
