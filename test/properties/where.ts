// Where tensors lie, drawn by fast-check.

import fc from 'fast-check';
import type { FloatData, Tensor } from '../../src/index.ts';
import { dealtPlaces, dealtPlaces16, resetDealtPlaces } from '../support/dealt-places.ts';
import { places, places16, resetPlaces } from '../support/places.ts';
import { type Dtype16, rounded } from '../support/sixteen-bits.ts';

const all = { ...places, ...dealtPlaces };
const all16 = { ...places16, ...dealtPlaces16 };

/** A place. A view begins `offset` elements in, anywhere within a cache line. */
export interface Where {
  readonly place: string;
  readonly offset: number;
}

export const where: fc.Arbitrary<Where> = fc.record({
  place: fc.constantFrom(...Object.keys(all)),
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
  return (all[place] as (typeof all)[string])(values, shape, offset);
}

/** The dtype of a tensor that is normalized. */
export type AnyDtype = 'float32' | Dtype16;

/** Puts the nearest values of a dtype into a place. */
export function putAs(
  dtype: AnyDtype,
  where: Where,
  values: Float32Array,
  shape: readonly number[],
): Tensor<FloatData> {
  if (dtype === 'float32') return put(where, values, shape) as Tensor<FloatData>;
  const make = all16[where.place] as (typeof all16)[string];
  return make(rounded(values, dtype), shape, dtype, where.offset) as Tensor<FloatData>;
}

/** Empties the arenas of all places. */
export function resetAllPlaces(): void {
  resetPlaces();
  resetDealtPlaces();
}
