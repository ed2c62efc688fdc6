import fc from 'fast-check';
import { expect } from 'vitest';
import { Arena, adaptiveInstanceNorm, ChannelMoments, Tensor } from '../../src/index.ts';
import { expectSameBits } from '../support/closeness.ts';
import { channelMoments, rowMoments } from '../support/reference.ts';
import { sizeOf } from '../support/shapes.ts';
import { channelsOf, shape } from './calls.ts';
import { expectNear } from './contract.ts';
import { data, numbersOf } from './data.ts';
import { holds } from './holds.ts';

const layout = fc.constantFrom('nchw' as const, 'nhwc' as const);

holds(
  'moments of parts, merged in any order and through JSON, are those of the whole',
  60,
  fc.record({ shape: shape(2, 6), layout, data: data(), parts: fc.integer({ min: 1, max: 4 }) }),
  ({ shape, layout, data, parts }) => {
    const channels = channelsOf(shape, layout);
    const samples = shape[0] as number;
    if (channels === 0) return;
    const x = numbersOf(data, sizeOf(shape));
    const size = x.length / Math.max(1, samples);
    const cuts = Array.from({ length: parts + 1 }, (_, i) => Math.floor((samples * i) / parts));
    const merged = new ChannelMoments(channels);
    for (let i = parts - 1; i >= 0; i--) {
      const [from, to] = [cuts[i], cuts[i + 1]] as [number, number];
      const part = new ChannelMoments(channels).update(
        { data: x.subarray(from * size, to * size), shape: [to - from, ...shape.slice(1)] },
        { layout },
      );
      merged.merge(ChannelMoments.fromJSON(JSON.parse(JSON.stringify(part))));
    }
    expect(merged.count).toBe(x.length / channels);
    const { mean } = merged;
    const variance = merged.variance();
    if (x.length === 0) return;
    // In nhwc the reference meets channels in the order of the data, which is their order.
    channelMoments(x, shape, layout).forEach((expected, channel) => {
      const std = Math.sqrt(expected.variance);
      const error = 1e-12 * (Math.abs(expected.mean) + std);
      expectNear(mean[channel] as number, expected.mean, error, `mean ${channel}`);
      const allowed = 1e-12 * expected.variance + error * error;
      expectNear(variance[channel] as number, expected.variance, allowed, `variance ${channel}`);
    });
  },
);

holds(
  'moments of any stream come back from JSON, to the last bit, and go on alike',
  40,
  fc.record({
    channels: fc.integer({ min: 1, max: 5 }),
    layout,
    parts: fc.array(
      fc.record({
        samples: fc.nat({ max: 3 }),
        spatial: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 3000 })),
        data: data({ min: -37, max: 37 }),
        spoilt: fc.oneof(
          { weight: 6, arbitrary: fc.constant(null) },
          { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY) },
        ),
      }),
      { maxLength: 6 },
    ),
  }),
  ({ channels, layout, parts }) => {
    let moments = new ChannelMoments(channels);
    let restored = new ChannelMoments(channels);
    for (const { samples, spatial, data, spoilt } of parts) {
      const shape = layout === 'nchw' ? [samples, channels, spatial] : [samples, spatial, channels];
      const values = numbersOf(data, sizeOf(shape));
      if (spoilt !== null && values.length > 0) values[data.seed % values.length] = spoilt;
      const x = { data: values, shape };
      moments.update(x, { layout });
      restored.update(x, { layout });
      restored = ChannelMoments.fromJSON(JSON.parse(JSON.stringify(restored)));
      expect(restored.toJSON()).toEqual(moments.toJSON());
      // Merged in the other order, which rounds otherwise.
      const part = new ChannelMoments(channels).update(x, { layout });
      moments = part.merge(ChannelMoments.fromJSON(moments.toJSON()));
      restored = ChannelMoments.fromJSON(moments.toJSON());
    }
  },
);

holds(
  'adaptive instance normalization gives what its formula says',
  60,
  fc.record({
    samples: fc.integer({ min: 1, max: 4 }),
    channels: fc.integer({ min: 1, max: 9 }),
    spatial: fc.integer({ min: 1, max: 300 }),
    styleSpatial: fc.integer({ min: 1, max: 50 }),
    oneStyle: fc.boolean(),
    layout,
    alpha: fc.constantFrom(1, 0, 0.3),
    eps: fc.constantFrom(1e-5, 0, 0.5),
    content: data(),
    style: data(),
  }),
  ({ samples, channels, spatial, styleSpatial, oneStyle, layout, alpha, eps, ...random }) => {
    const shapeOf = (samples: number, spatial: number) =>
      layout === 'nchw' ? [samples, channels, spatial] : [samples, spatial, channels];
    const shape = shapeOf(samples, spatial);
    const styleShape = shapeOf(oneStyle ? 1 : samples, styleSpatial);
    const x = numbersOf(random.content, sizeOf(shape));
    const model = numbersOf(random.style, sizeOf(styleShape));
    const y = adaptiveInstanceNorm(new Tensor(x, shape), new Tensor(model, styleShape), {
      alpha,
      eps,
      layout,
    });
    if (alpha === 0) {
      expectSameBits(y.data, x);
      return;
    }
    const rows = rowMoments(x, shape, layout);
    const styles = rowMoments(model, styleShape, layout);
    x.forEach((value, i) => {
      const sample = Math.floor(i / (channels * spatial));
      const channel = layout === 'nchw' ? Math.floor(i / spatial) % channels : i % channels;
      const row = sample * channels + channel;
      const own = rows[row] as (typeof rows)[number];
      const other = styles[row % styles.length] as (typeof rows)[number];
      const std = Math.sqrt(own.variance + eps);
      const styleStd = Math.sqrt(other.variance + eps);
      const z = std === 0 ? 0 : (value - own.mean) / std;
      const styled = z * styleStd + other.mean;
      const wanted = alpha * styled + (1 - alpha) * value;
      // A normalization with weight and bias between those of the style and of the content.
      const weight = alpha * styleStd + (1 - alpha) * std;
      const bias = alpha * other.mean + (1 - alpha) * own.mean;
      const size = weight * Math.max(1, Math.abs(z)) + Math.abs(bias);
      expectNear(y.data[i] as number, wanted, 2 ** -22 * size + 2 ** -147, `element ${i}`);
    });
  },
);

holds(
  'tensors of an arena are aligned and apart, and a refused one takes no space',
  40,
  fc.tuple(fc.nat({ max: 5000 }), fc.array(fc.nat({ max: 400 }), { maxLength: 20 })),
  ([capacity, sizes]) => {
    const arena = new Arena(capacity);
    const made: Float32Array[] = [];
    for (const size of sizes) {
      const { used } = arena;
      if (size * 4 > capacity - used) {
        expect(() => arena.tensor([size])).toThrow(RangeError);
        expect(arena.used).toBe(used);
        continue;
      }
      const { data } = arena.tensor([size]);
      expect(data.byteOffset % 64).toBe(0);
      expect(arena.used).toBe(Math.min(capacity, used + Math.ceil((size * 4) / 64) * 64));
      made.push(data.fill(made.length));
    }
    made.forEach((data, i) => {
      expect(data.every((value) => value === i)).toBe(true);
    });
  },
);
