import fc from 'fast-check';
import { expect } from 'vitest';
import {
  BatchNorm,
  type ChannelForwardOptions,
  ChannelMoments,
  GroupNorm,
  InstanceNorm,
  type Layer,
  LayerNorm,
  RMSNorm,
  readSafetensors,
  Tensor,
  writeSafetensors,
} from '../../src/index.ts';
import { expectSameArrays, expectSameBits, expectSameGradients } from '../support/closeness.ts';
import { type Arrays, backward, forward, type Options } from '../support/norms.ts';
import { sizeOf } from '../support/shapes.ts';
import { arraysOf, channelsOf, type Drawn, drawn } from './calls.ts';
import { expectNear } from './contract.ts';
import { data as dataOf, numbersOf } from './data.ts';
import { holds } from './holds.ts';
import { put, resetAllPlaces, wheres } from './where.ts';

/** Calls that a layer can make: it has at least one channel, and one value for each. */
const held = drawn().filter(
  ({ call: { norm, shape, options }, parameters }) =>
    !parameters.some((name) => name.endsWith('of each sample')) &&
    (norm === 'layerNorm' || norm === 'rmsNorm' || channelsOf(shape, options.layout) > 0),
);

/** Makes the layer of a call, with parameters of the kinds that were drawn. */
function layerOf({ call, parameters }: Drawn): Layer {
  const { norm, shape, numGroups = 1, normalizedShape = [] } = call;
  const { eps, layout, momentum, unbiased, axes } = call.options;
  const affine = parameters.includes('weight');
  const trackRunningStats = parameters.includes('runningMean');
  const options = { eps, layout, momentum, unbiased, affine, trackRunningStats };
  switch (norm) {
    case 'instanceNorm':
      return new InstanceNorm(channelsOf(shape, layout), options);
    case 'batchNorm':
      return new BatchNorm(channelsOf(shape, layout), options);
    case 'groupNorm':
      return new GroupNorm(numGroups, channelsOf(shape, layout), { eps, layout, affine });
    case 'layerNorm': {
      const bias = parameters.includes('bias');
      return new LayerNorm(normalizedShape, { eps, axes, elementwiseAffine: affine, bias });
    }
    case 'rmsNorm':
      return new RMSNorm(normalizedShape, { eps, axes, elementwiseAffine: affine });
  }
}

/** The options of the function by the keys of a layer's state. */
const OPTIONS: Readonly<Record<string, keyof Arrays>> = {
  weight: 'weight',
  bias: 'bias',
  running_mean: 'runningMean',
  running_var: 'runningVar',
};

/** Returns the arrays of a layer as options of its function. */
function arraysIn(layer: Layer): Arrays {
  const state = layer.stateDict();
  const held = Object.entries(OPTIONS).filter(([key]) => state[key]);
  return Object.fromEntries(held.map(([key, option]) => [option, state[key]?.data]));
}

/** Returns the options of a call that a layer takes in `forward`. */
function forwardOptions({ lengths, mask, correction, epsMode }: Options): ChannelForwardOptions {
  return {
    ...(lengths ? { lengths } : {}),
    ...(mask ? { mask } : {}),
    ...(correction === undefined ? {} : { correction }),
    ...(epsMode ? { epsMode } : {}),
  };
}

/** Makes a layer in the mode of its call, with random parameters. */
function trained(random: Drawn): Layer {
  const { training, useInputStats } = random.call.options;
  const layer = layerOf(random).train(training ?? useInputStats ?? true);
  const all = arraysOf({ ...random, parameters: Object.values(OPTIONS) });
  const state = Object.entries(layer.stateDict()).map(([key, { data, shape }]) => {
    const option = OPTIONS[key];
    return [key, new Tensor((option && all[option]) ?? data, shape)];
  });
  layer.loadStateDict(Object.fromEntries(state));
  return layer;
}

holds(
  'a layer gives what its function gives, forward and backward, and moves its statistics alike',
  60,
  held,
  (random) => {
    const { call } = random;
    const x = new Tensor(numbersOf(random.x, sizeOf(call.shape)), call.shape);
    const g = new Tensor(numbersOf(random.gradOutput, x.size), call.shape);
    const layer = trained(random);
    const arrays = arraysIn(layer);
    const gradients = backward(call, g, x, arrays);
    const y = forward(call, x, arrays);
    const options = forwardOptions(call.options);
    expectSameBits(layer.forward(x, options).data, y.data);
    expectSameArrays(arraysIn(layer), arrays);
    expectSameGradients(layer.backward(g), gradients);
    // A later call of another input, which eval mode takes whatever the mode was.
    const { training } = layer;
    const state = layer.stateDict();
    const other = new Tensor(
      x.data.map((value) => 2 * value),
      x.shape,
    );
    const { lengths, mask } = call.options;
    const ofOther = { ...(lengths ? { lengths } : {}), ...(mask ? { mask } : {}) };
    layer.eval().forward(other, forwardOptions(ofOther));
    layer.loadStateDict(state);
    expectSameGradients(layer.backward(g, { input: x, training, ...options }), gradients);
  },
);

holds(
  'a layer gives the same bits from and to any place, in training and after',
  40,
  fc.tuple(held, wheres),
  ([random, at]) => {
    const { shape, options } = random.call;
    const values = numbersOf(random.x, sizeOf(shape));
    const run = (layer: Layer, x: Tensor, out?: Tensor): Float32Array =>
      layer.forward(x, {
        // Running statistics have no correction.
        ...forwardOptions(layer.training ? options : { ...options, correction: 0 }),
        ...(out ? { out } : {}),
      }).data;
    const plain = trained(random);
    const expected = run(plain, new Tensor(values, shape));
    const ways: ((x: Tensor) => Tensor | undefined)[] = [
      () => undefined,
      () => put(at.out, new Float32Array(values.length).fill(Number.NaN), shape),
      (x) => x,
    ];
    for (const outOf of ways) {
      resetAllPlaces();
      const layer = trained(random);
      const x = put(at.x, values, shape);
      expectSameBits(run(layer, x, outOf(x)), expected);
      expectSameArrays(arraysIn(layer), arraysIn(plain));
    }
  },
);

holds(
  'a layer with momentum null averages all batches and moments, or never updates',
  40,
  fc.record({
    channels: fc.integer({ min: 1, max: 5 }),
    layout: fc.constantFrom('nchw' as const, 'nhwc' as const),
    unbiased: fc.boolean(),
    batches: fc.array(
      fc.record({
        samples: fc.integer({ min: 1, max: 3 }),
        spatial: fc.integer({ min: 2, max: 40 }),
        // Their variances fit a float32.
        data: dataOf({ min: -10, max: 10 }, ['normal', 'constant', 'outlier', 'ramp', 'whole']),
        asMoments: fc.boolean(),
        spoilt: fc.constantFrom(null, null, Number.NaN, Number.POSITIVE_INFINITY),
      }),
      { minLength: 1, maxLength: 5 },
    ),
  }),
  ({ channels, layout, unbiased, batches }) => {
    const options = { momentum: null, layout, unbiased, trackRunningStats: true };
    const still = new InstanceNorm(channels, options);
    const before = still.stateDict();
    const cumulative = new BatchNorm(channels, options);
    const seen: { readonly mean: Float64Array; readonly variance: Float64Array }[] = [];
    for (const { samples, spatial, data, asMoments, spoilt } of batches) {
      const shape = layout === 'nchw' ? [samples, channels, spatial] : [samples, spatial, channels];
      const values = numbersOf(data, sizeOf(shape));
      const x = new Tensor(values, shape);
      const moments = new ChannelMoments(channels).update(x, { layout });
      // Moments take the place of all batches before them.
      if (asMoments) {
        cumulative.setRunningStats(moments);
        seen.length = 0;
      } else cumulative.forward(x);
      seen.push({ mean: moments.mean, variance: moments.variance({ unbiased }) });
      if (spoilt !== null) values[data.seed % values.length] = spoilt;
      still.forward(x);
    }
    expect(still.stateDict()).toEqual(before);
    expect(cumulative.numBatchesTracked).toBe(seen.length);
    for (let channel = 0; channel < channels; channel++) {
      const of = (name: 'mean' | 'variance') => seen.map((batch) => batch[name][channel] as number);
      const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
      const largest = Math.max(...of('mean').map(Math.abs), ...of('variance').map(Math.sqrt));
      // Each batch moves float32 values once more.
      const allowed = seen.length * 2 ** -22 * largest + 1e-44;
      const { runningMean, runningVar } = cumulative;
      expectNear(runningMean?.[channel] as number, sum(of('mean')) / seen.length, allowed, 'mean');
      const variance = sum(of('variance')) / seen.length;
      const spread = seen.length * 2 ** -20 * Math.max(...of('variance')) + 1e-44;
      expectNear(runningVar?.[channel] as number, variance, spread, 'variance');
    }
  },
);

holds(
  'a layer is restored from the file of its state, to the last bit and batch',
  40,
  fc.tuple(held, fc.maxSafeNat()),
  ([random, batches]) => {
    const layer = trained(random);
    if ('numBatchesTracked' in layer) layer.numBatchesTracked = batches;
    const state = layer.stateDict();
    const restored = layerOf(random);
    restored.loadStateDict(readSafetensors(writeSafetensors(state)));
    expect(Object.keys(restored.stateDict())).toEqual(Object.keys(state));
    for (const [key, { data, shape, dtype }] of Object.entries(restored.stateDict())) {
      expect([shape, dtype]).toEqual([state[key]?.shape, state[key]?.dtype]);
      if (dtype === 'int64') expect(data).toEqual(BigInt64Array.of(BigInt(batches)));
      else expectSameBits(data, state[key]?.data);
    }
  },
);
