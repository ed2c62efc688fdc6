// Numbers of any scale and kind, drawn by fast-check. A few values describe them, so that a
// failure can be shrunk and printed.

import fc from 'fast-check';
import { normals, uniformFrom } from '../support/random.ts';

type Kind = 'normal' | 'constant' | 'two values' | 'outlier' | 'ramp' | 'whole' | 'subnormal';

/** All but subnormal numbers. */
const NORMAL_KINDS: readonly Kind[] = [
  'normal',
  'constant',
  'two values',
  'outlier',
  'ramp',
  'whole',
];
const KINDS: readonly Kind[] = [...NORMAL_KINDS, 'subnormal'];

/** A description of numbers. */
export interface Data {
  readonly kind: Kind;
  readonly seed: number;
  /** The decimal exponent of their standard deviation. */
  readonly exponent: number;
  /** Their mean, in standard deviations. */
  readonly ratio: number;
}

/** Numbers of any kind. */
export function data(largestExponent = 30, kinds: readonly Kind[] = KINDS): fc.Arbitrary<Data> {
  return fc.record({
    kind: fc.oneof(
      { weight: 4, arbitrary: fc.constant('normal' as const) },
      { weight: 6, arbitrary: fc.constantFrom(...kinds) },
    ),
    seed: fc.nat({ max: 2 ** 20 }),
    exponent: fc.oneof(
      { weight: 2, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: -largestExponent, max: largestExponent }) },
    ),
    ratio: fc.constantFrom(0, 0, 0.3, -1, 30, -1e3, 1e4, 1e5, -1e6, 1e7),
  });
}

/** Gradients of an output, whose products with weights and with 1 / std stay within float32. */
export function slopes(): fc.Arbitrary<Data> {
  return data(5, NORMAL_KINDS);
}

/** Inputs to take gradients at, whose 1 / std is within float32. */
export function differentiable(): fc.Arbitrary<Data> {
  return data(10, NORMAL_KINDS);
}

/** Makes `count` numbers of a description. */
export function numbersOf({ kind, seed, exponent, ratio }: Data, count: number): Float32Array {
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
      return values.map((value) => Math.round((100 * value) / std));
    case 'subnormal':
      return values.map(() => (uniform() - 0.5) * 1e-40);
  }
}
