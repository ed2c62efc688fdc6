// Numbers of any scale and kind, drawn by fast-check. A few values describe them, so that a
// failure can be shrunk and printed.

import fc from 'fast-check';
import { normals, uniformFrom } from '../support/random.ts';

type Kind =
  | 'normal'
  | 'constant'
  | 'two values'
  | 'outlier'
  | 'ramp'
  | 'whole'
  | 'subnormal'
  | 'mixed';

const KINDS: readonly Kind[] = [
  'normal',
  'constant',
  'two values',
  'outlier',
  'ramp',
  'whole',
  'subnormal',
  'mixed',
];

const LARGEST = 3.4028234663852886e38;

/** A description of numbers. */
export interface Data {
  readonly kind: Kind;
  readonly seed: number;
  /** The decimal exponent of their standard deviation. */
  readonly exponent: number;
  /** Their mean, in standard deviations. */
  readonly ratio: number;
}

/** The decimal exponents of float32. */
const EXPONENTS = { min: -45, max: 38 };

/** Numbers of any kind. */
export function data(exponents = EXPONENTS, kinds: readonly Kind[] = KINDS): fc.Arbitrary<Data> {
  return fc.record({
    kind: fc.oneof(
      { weight: 4, arbitrary: fc.constant('normal' as const) },
      { weight: 6, arbitrary: fc.constantFrom(...kinds) },
    ),
    seed: fc.nat({ max: 2 ** 20 }),
    exponent: fc.oneof(
      { weight: 2, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer(exponents) },
    ),
    ratio: fc.constantFrom(0, 0, 0.3, -1, 30, -1e3, 1e4, 1e5, -1e6, 1e7),
  });
}

/** Weights, biases and gradients: most of ordinary size, others of any kind. */
export function factors(): fc.Arbitrary<Data> {
  return fc.oneof({ weight: 2, arbitrary: ordinary() }, { weight: 1, arbitrary: data() });
}

/** Numbers around 1. */
export function ordinary(): fc.Arbitrary<Data> {
  return fc.record({
    kind: fc.constant('normal' as const),
    seed: fc.nat({ max: 2 ** 20 }),
    exponent: fc.constant(0),
    ratio: fc.constantFrom(0, 0.5),
  });
}

/** Makes `count` finite numbers of a description. */
export function numbersOf(data: Data, count: number): Float32Array {
  return drawNumbers(data, count).map((value) => Math.max(-LARGEST, Math.min(LARGEST, value)));
}

function drawNumbers({ kind, seed, exponent, ratio }: Data, count: number): Float32Array {
  const std = 10 ** exponent;
  const mean = ratio * std;
  const values = normals(count, seed, mean, std);
  const uniform = uniformFrom(seed + 1);
  switch (kind) {
    case 'normal':
      return values;
    case 'constant':
      return values.fill(values[0] ?? 0);
    case 'two values':
      return values.map(() =>
        uniform() < 0.3 ? (values[0] as number) : (values[count - 1] as number),
      );
    case 'outlier':
      if (count > 0) values[Math.floor(uniform() * count)] = mean + std * 10 ** (8 * uniform());
      return values;
    case 'ramp':
      return values.map((_, i) => mean + (std * i) / 7);
    case 'whole':
      return values.map((value) => Math.round(value / (std / 100)));
    case 'subnormal':
      return values.map(() => (uniform() - 0.5) * 1e-40);
    case 'mixed':
      return values.map((value) => Math.sign(value) * 10 ** (-45.5 + 84 * uniform()));
  }
}
