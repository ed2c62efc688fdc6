// Where tensors lie, drawn by fast-check.

import fc from 'fast-check';
import type { Tensor } from '../../src/index.ts';
import { places } from '../support/places.ts';

/** A place. A view begins `offset` elements in, anywhere within a cache line. */
export interface Where {
  readonly place: string;
  readonly offset: number;
}

export const where: fc.Arbitrary<Where> = fc.record({
  place: fc.constantFrom(...Object.keys(places)),
  offset: fc.nat({ max: 40 }),
});

/** Where the tensors and the result of a call lie. */
export const wheres: fc.Arbitrary<{
  readonly x: Where;
  readonly other: Where;
  readonly out: Where;
}> = fc.record({ x: where, other: where, out: where });

/** Puts a copy of the values into a place. */
export function put(
  { place, offset }: Where,
  values: Float32Array,
  shape: readonly number[],
): Tensor {
  return (places[place] as (typeof places)[string])(values, shape, offset);
}
