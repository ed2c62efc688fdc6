// How conversions of elements of 16 bits are cut: anywhere, at whole vectors. What is read and what
// is written may not overlap, as it may in a call by one thread.

import { F16, F32 } from '../memory/sizes.ts';
import type { Call } from './calls.ts';
import type { Deal, Dealing } from './deal.ts';
import { cutWholes } from './pieces.ts';

// Elements of 16 bits in a vector.
const VECTOR = 8;

export function convert(
  { values, bits, count }: Call<'widen' | 'narrow'>,
  deal: Deal,
  job: Dealing,
): boolean {
  const pieces = cutWholes(job, count, 1, VECTOR);
  return deal(pieces, 1, 0, {
    values: pieces.at(values, F32),
    bits: pieces.at(bits, F16),
    count: pieces.count(),
  });
}
