import { F32, F64 } from '../memory/sizes.ts';
import { COMBINATION_BYTES, LINE_BYTES, MOMENTS_BYTES } from './bytes.ts';
import type { Ways } from './calls.ts';
import type { Parameter } from './crew.ts';
import type { Pieces } from './pieces.ts';

/**
 * Returns what a parameter is for the pieces of a call: what most kernels mean by its name.
 *
 * @param value what it is for all of the call
 * @param elements how many a unit of work has
 * @param channels how many lines, sums and weights it has
 * @param scratch an area of each thread's own
 */
export function wayOf(
  name: keyof Ways,
  value: number,
  pieces: Pieces,
  elements: number,
  channels: number,
  scratch: Parameter,
): Parameter {
  switch (name) {
    case 'y':
    case 'dx':
    case 'g':
    case 'x':
      return pieces.at(value, elements * F32);
    case 'moments':
      return pieces.at(value, MOMENTS_BYTES);
    case 'lines':
      return pieces.at(value, channels * LINE_BYTES);
    case 'combinations':
      return pieces.at(value, channels * COMBINATION_BYTES);
    case 'sums':
    case 'norms':
    case 'counts':
    case 'least':
    case 'products':
      return pieces.at(value, channels * F64);
    case 'weight':
    case 'bias':
      return pieces.within(value, channels * F32);
    case 'rows':
    case 'pixels':
      return pieces.count();
    case 'scratch':
      return scratch;
    default:
      return [value];
  }
}
