import { describe, expect, test } from 'vitest';
import { Arena, RevIN, Tensor } from '../../src/index.ts';
import { expectSameBits } from '../support/closeness.ts';
import { normals, uniforms } from '../support/random.ts';
import { moments } from '../support/reference.ts';
import { expectRefusal } from '../support/refusals.ts';
import { DTYPES_16, rounded, tensor16, widened } from '../support/sixteen-bits.ts';

const series = (...values: number[]) =>
  new Tensor(Float32Array.from(values), [1, values.length, 1]);
const bare = { affine: false };

function expectNear(actual: ArrayLike<number>, expected: readonly number[], digits = 6): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, digits);
  });
}

/** A norm with random parameters. */
function trained(channels: number, layout: 'nchw' | 'nhwc', subtractLast = false): RevIN {
  const revin = new RevIN(channels, { layout, subtractLast });
  revin.affineWeight?.set(normals(channels, 1, 1, 0.5));
  revin.affineBias?.set(normals(channels, 2));
  return revin;
}

/** The windows of a tensor: the places of each, sample by sample. */
function windowsOf(samples: number, length: number, channels: number, layout: string): number[][] {
  return Array.from({ length: samples * channels }, (_, window) => {
    const sample = Math.floor(window / channels);
    const channel = window % channels;
    return Array.from({ length }, (_, i) =>
      layout === 'nchw' ? window * length + i : (sample * length + i) * channels + channel,
    );
  });
}

describe('RevIN', () => {
  test('has the defaults, and the state, of the authors', () => {
    const revin = new RevIN(2);
    const { eps, layout, subtractLast, numFeatures } = revin;
    expect({ eps, layout, subtractLast, numFeatures }).toEqual({
      eps: 1e-5,
      layout: 'nhwc',
      subtractLast: false,
      numFeatures: 2,
    });
    expect(revin.stateDict()).toEqual({
      affine_weight: new Tensor(Float32Array.of(1, 1), [2]),
      affine_bias: new Tensor(Float32Array.of(0, 0), [2]),
    });
    expect(new RevIN(2, bare).stateDict()).toEqual({});
    const state = { affine_weight: new Tensor(Float32Array.of(3, 4), [2]) };
    expect(revin.loadStateDict(state, { strict: false })).toEqual({
      missingKeys: ['affine_bias'],
      unexpectedKeys: [],
    });
    expect(revin.affineWeight).toEqual(Float32Array.of(3, 4));
    expectRefusal(
      () => revin.loadStateDict(state),
      RangeError,
      'stateDict',
      'missing "affine_bias"',
    );
  });

  // PyPOTS#453, PatchTST, MTS-Mixers#11.
  test('brings a forecast of another length back by the statistics of the window', () => {
    const revin = new RevIN(1, bare);
    expectNear(revin.normalize(series(1, 2, 4)).data, [-1.0690415, -0.2672604, 1.3363019]);
    expectNear(revin.denormalize(series(0.5, 1)).data, [2.9569449, 3.5805565]);
    const last = new RevIN(1, { ...bare, subtractLast: true });
    expectNear(last.normalize(series(1, 2, 4)).data, [-2.4053434, -1.6035623, 0]);
    expectNear(last.denormalize(series(0.5, 1)).data, [4.6236116, 5.2472231]);
    expect(revin.denormalize(new Tensor(new Float32Array(0), [1, 0, 1])).size).toBe(0);
  });

  // neuralforecast PR#781, ts-kim/RevIN, darts#2739: theirs divides by weight + eps^2.
  test.each<[number, number, number[], number]>([
    [-1e-10, 0, [1, 2, 4], 6],
    [1e-6, 1, [0.9952, 2.036, 3.9688], 4],
    [0, 0, [7 / 3, 7 / 3, 7 / 3], 6],
    [-2, 5, [1, 2, 4], 6],
  ])('comes back through a weight of %d and a bias of %d', (weight, bias, expected, digits) => {
    const revin = new RevIN(1);
    revin.affineWeight?.fill(weight);
    revin.affineBias?.fill(bias);
    expectNear(revin.denormalize(revin.normalize(series(1, 2, 4))).data, expected, digits);
  });

  test('comes back within 2^-22 of the largest magnitude, at any mean and spread', () => {
    for (const subtractLast of [false, true]) {
      for (const [mean, std] of [
        [0, 1],
        [1e6, 1],
        [-1e4, 1e-3],
        [0, 1e-20],
        [1e30, 1e25],
        [3, 0],
      ] as const) {
        for (const length of [2, 7, 96, 5000]) {
          const revin = trained(3, 'nhwc', subtractLast);
          revin.affineBias?.fill(0);
          const x = new Tensor(normals(6 * length, length, mean, std), [2, length, 3]);
          const back = revin.denormalize(revin.normalize(x)).data;
          for (const window of windowsOf(2, length, 3, 'nhwc')) {
            const values = window.map((at) => x.data[at] as number);
            const most = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
            const { variance } = moments(values);
            const reach = subtractLast ? most + Math.sqrt(variance) : most;
            for (const at of window) {
              const error = Math.abs((back[at] as number) - (x.data[at] as number));
              if (!(error <= 2 ** -22 * reach)) expect.fail(`${at}: ${back[at]} for ${x.data[at]}`);
            }
          }
        }
      }
    }
    const revin = new RevIN(1, bare);
    const back = revin.denormalize(revin.normalize(series(1e6, 2e6, 0.1))).data;
    expect(Math.abs((back[2] as number) - 0.1)).toBeLessThan(2 ** -22 * 2e6);
  });

  test.each(['nchw', 'nhwc'] as const)(
    'gives the formula and its gradients, statistics being constants: %s',
    (layout) => {
      for (const subtractLast of [false, true]) {
        const [samples, length, channels] = [3, 50, 5];
        const shape = layout === 'nchw' ? [samples, channels, length] : [samples, length, channels];
        const x = new Tensor(normals(750, 3, 2, 3), shape);
        const g = new Tensor(normals(750, 4), shape);
        const revin = trained(channels, layout, subtractLast);
        const y = revin.normalize(x).data;
        const found = revin.backward(g);
        const weights = new Float64Array(channels);
        const biases = new Float64Array(channels);
        windowsOf(samples, length, channels, layout).forEach((window, i) => {
          const channel = i % channels;
          const values = window.map((at) => x.data[at] as number);
          const { mean, variance } = moments(values);
          const centre = subtractLast ? (values.at(-1) as number) : mean;
          const rstd = 1 / Math.sqrt(variance + 1e-5);
          const w = revin.affineWeight?.[channel] as number;
          const b = revin.affineBias?.[channel] as number;
          for (const at of window) {
            const z = ((x.data[at] as number) - centre) * rstd;
            const slope = g.data[at] as number;
            expect(Math.abs((y[at] as number) - (z * w + b))).toBeLessThan(2e-6);
            expect(Math.abs((found.input.data[at] as number) - slope * w * rstd)).toBeLessThan(
              1e-6,
            );
            (weights[channel] as number) += slope * z;
            (biases[channel] as number) += slope;
          }
        });
        expectNear(found.weight as Float32Array, [...weights], 4);
        expectNear(found.bias as Float32Array, [...biases], 4);
      }
    },
  );

  test('takes any dtypes, arenas, and x itself for out', () => {
    const shape = [2, 40, 3];
    for (const dtype of DTYPES_16) {
      const x = tensor16(uniforms(240, 5, -3, 3), shape, dtype);
      const wide = new Tensor(widened(x.data, dtype), shape);
      for (const subtractLast of [false, true]) {
        const half = trained(3, 'nhwc', subtractLast);
        const full = trained(3, 'nhwc', subtractLast);
        const y = half.normalize(x);
        const expected = full.normalize(wide);
        expect([y.dtype, y.data]).toEqual([dtype, rounded(expected.data, dtype)]);
        expect(half.backward(y).input.dtype).toBe(dtype);
        const back = half.denormalize(y, { out: new Tensor(new Float32Array(240), shape) });
        const same = full.denormalize(new Tensor(widened(y.data, dtype), shape));
        expectSameBits(back.data, same.data);
        const arena = new Arena(4096);
        const inArena = arena.tensor(wide);
        const third = trained(3, 'nhwc', subtractLast);
        expect(third.normalize(inArena, { out: inArena })).toBe(inArena);
        expectSameBits(inArena.data, expected.data);
      }
    }
  });

  const revin = new RevIN(2);
  const x = new Tensor(normals(12, 6), [2, 3, 2]);
  revin.normalize(x);
  const other = (...shape: number[]) =>
    new Tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
  const refused: [string, () => unknown, ErrorConstructor, string, string][] = [
    ['no channels', () => new RevIN(0), RangeError, 'numFeatures', '0'],
    [
      'a misspelt option',
      () => new RevIN(1, { substractLast: true } as never),
      TypeError,
      'options',
      '"substractLast"; did you mean subtractLast?',
    ],
    [
      'a word for affine',
      () => new RevIN(1, { affine: 'no' as never }),
      TypeError,
      'affine',
      '"no"',
    ],
    ['other channels', () => revin.normalize(other(2, 3, 3)), RangeError, 'x', 'shape [2, 3, 3]'],
    [
      'channels that were not normalized',
      () => revin.denormalize(other(2, 4, 1)),
      RangeError,
      'y',
      'shape [2, 4, 1]',
    ],
    [
      'samples that were not normalized',
      () => revin.denormalize(other(1, 4, 2)),
      RangeError,
      'y',
      'shape [1, 4, 2]',
    ],
    [
      'a gradient of another shape',
      () => revin.backward(other(2, 4, 2)),
      RangeError,
      'gradOutput',
      '[2, 4, 2]',
    ],
    [
      'an unknown option of a call',
      () => revin.denormalize(x, { mask: null } as never),
      TypeError,
      'options',
      '"mask"',
    ],
    [
      'a replaced weight of another size',
      () => Object.assign(new RevIN(2), { affineWeight: new Float32Array(3) }).normalize(x),
      RangeError,
      'affineWeight',
      '3',
    ],
  ];
  test.each(refused)('refuses %s', (_, call, kind, argument, got) => {
    expectRefusal(call, kind, argument, got);
  });

  test('refuses what needs a window before there was one', () => {
    const fresh = new RevIN(1);
    expect(() => fresh.denormalize(series(1))).toThrow('denormalize: expected a call of normalize');
    expect(() => fresh.backward(series(1))).toThrow('backward: expected a call of normalize');
  });
});
