import { expect } from 'vitest';
import type { Gradients } from '../../src/index.ts';
import { expectWithin } from './closeness.ts';
import type { SizedGradients } from './reference.ts';

/** How far a gradient may be off, relative to the magnitudes of the terms that it is a sum of. */
export const GRADIENT_TOLERANCE = 1e-5;

type Expected = Pick<SizedGradients, 'sizes'> & {
  readonly [name in 'input' | 'weight' | 'bias']?: ArrayLike<number> | null | undefined;
};

/** Expects gradients as near as they have to be, and none where none is expected. */
export function expectGradients(actual: Gradients, expected: Expected): void {
  const { sizes } = expected;
  const found = { input: actual.input.data, weight: actual.weight, bias: actual.bias };
  for (const name of ['input', 'weight', 'bias'] as const) {
    expect(found[name] === null, name).toBe((expected[name] ?? null) === null);
    const none: readonly number[] = [];
    expectWithin(
      found[name] ?? none,
      expected[name] ?? none,
      sizes[name] ?? none,
      GRADIENT_TOLERANCE,
      name,
    );
  }
}
