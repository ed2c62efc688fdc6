// How copies of the elements at some places of rows are cut: at rows.

import { F32 } from '../memory/sizes.ts';
import type { Call } from './calls.ts';
import type { Deal, Dealing } from './deal.ts';
import { cut } from './pieces.ts';

export function gather(call: Call<'gather'>, deal: Deal, job: Dealing): boolean {
  const { x, rows, length, stride } = call;
  const pieces = cut(job, rows, length);
  return deal(pieces, length, 0, { x: pieces.at(x, stride * F32) });
}

export function scatter(call: Call<'scatter'>, deal: Deal, job: Dealing): boolean {
  const { y, rows, length, stride } = call;
  const pieces = cut(job, rows, length);
  return deal(pieces, length, 0, { y: pieces.at(y, stride * F32) });
}
