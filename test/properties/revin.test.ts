import fc from 'fast-check';
import { expect } from 'vitest';
import { RevIN, Tensor } from '../../src/index.ts';
import { moments } from '../support/reference.ts';
import { data, factors, numbersOf } from './data.ts';
import { holds } from './holds.ts';

// A few of the smallest float32.
const SMALLEST = 4 * 2 ** -149;

holds(
  'a window comes back from RevIN as exactly as a float32 between allows',
  40,
  fc.record({
    samples: fc.integer({ min: 1, max: 3 }),
    channels: fc.integer({ min: 1, max: 5 }),
    length: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 21, max: 3000 })),
    layout: fc.constantFrom('nchw' as const, 'nhwc' as const),
    subtractLast: fc.boolean(),
    eps: fc.constantFrom(1e-5, 0, 1e-12, 0.5),
    // Their results and squares fit a float32.
    x: data({ min: -18, max: 18 }, ['normal', 'constant', 'two values', 'ramp', 'whole']),
    weight: factors(),
    bias: factors(),
  }),
  ({ samples, channels, length, layout, subtractLast, eps, ...random }) => {
    const shape = layout === 'nchw' ? [samples, channels, length] : [samples, length, channels];
    const x = new Tensor(numbersOf(random.x, samples * channels * length), shape);
    const weight = numbersOf(random.weight, channels);
    const bias = numbersOf(random.bias, channels);
    const revin = new RevIN(channels, { layout, subtractLast, eps });
    revin.affineWeight?.set(weight);
    revin.affineBias?.set(bias);
    const y = revin.normalize(x);
    const back = revin.denormalize(y).data;
    for (let window = 0; window < samples * channels; window++) {
      const sample = Math.floor(window / channels);
      const channel = window % channels;
      const places = Array.from({ length }, (_, i) =>
        layout === 'nchw' ? window * length + i : (sample * length + i) * channels + channel,
      );
      const values = places.map((at) => x.data[at] as number);
      // Of a y that overflows nothing comes back.
      if (places.some((at) => !Number.isFinite(y.data[at]))) continue;
      const w = weight[channel] as number;
      if (w === 0) continue;
      const most = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      const std = Math.sqrt(moments(values).variance + eps);
      const shifted = Math.abs((bias[channel] as number) / w) * std;
      const reach = (subtractLast ? 2 : 1) * most + shifted;
      const allowed = 2 ** -22 * reach + SMALLEST * Math.max(1, std / Math.abs(w));
      places.forEach((at, i) => {
        const error = Math.abs((back[at] as number) - (values[i] as number));
        if (!(error <= allowed)) {
          expect.fail(`element ${at}: expected ${values[i]} within ${allowed}, got ${back[at]}`);
        }
      });
    }
  },
);
