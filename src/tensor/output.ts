import type { Elements } from '../memory/elements.ts';
import { refusePartialOverlap } from './overlap.ts';
import { refuseShape, sizeOf } from './shape.ts';
import {
  type AnyTensor,
  areApart,
  type CheckedTensor,
  checkLength,
  readElements,
  Tensor,
  tensorOf,
} from './tensor.ts';

/** Where a result goes. */
export interface Output {
  /** What the caller is given: `out` itself where that is a Tensor. */
  readonly tensor: AnyTensor;
  readonly data: Elements;
  /** What `out` gave. New data shares memory with nothing, and this is null. */
  readonly given: CheckedTensor | null;
  /** Whether it is the memory of x. */
  readonly inPlace: boolean;
}

/**
 * Reads the `out` option, or in its absence makes a new tensor of x's dtype. It comes after all
 * that may have a getter, and checks x again: a getter can have detached or shrunk it.
 *
 * @throws RangeError where its shape is another than x's, or where it shares
 *   some but not all of its memory with x.
 */
export function readOutput(out: unknown, x: CheckedTensor, name: string): Output {
  const given = out === undefined || out === null ? null : readElements(out, 'out');
  checkLength(x.data, x.shape, name);
  if (given === null) {
    const Own = x.data.constructor as new (length: number) => Elements;
    const data = new Own(sizeOf(x.shape));
    return { tensor: tensorOf(x.shape, data), data, given, inPlace: false };
  }
  const { data, shape } = given;
  refuseShape(shape, x.shape, 'out');
  const inPlace = !areApart(given, x) && refusePartialOverlap('out', data, name, x.data);
  const tensor = out instanceof Tensor ? out : tensorOf(shape, data);
  return { tensor, data, given, inPlace };
}
