import { refusePartialOverlap } from './overlap.ts';
import { refuseShape } from './shape.ts';
import { type CheckedTensor, checkLength, readTensor, Tensor, tensorOf } from './tensor.ts';

/** Where a result goes. */
export interface Output {
  /** What the caller is given: `out` itself where that is a Tensor. */
  readonly tensor: Tensor;
  readonly data: Float32Array;
  /** The data where `out` gave it. New data shares memory with nothing, and this is null. */
  readonly given: Float32Array | null;
  /** Whether it is the memory of x. */
  readonly inPlace: boolean;
}

/**
 * Reads the `out` option, or makes a new tensor in its absence. It comes after all that may
 * have a getter, and checks x again: a getter can have detached or shrunk it.
 *
 * @throws RangeError where its shape is another than x's, or where it shares
 *   some but not all of its memory with x.
 */
export function readOutput(out: unknown, x: CheckedTensor, name: string): Output {
  const given = out === undefined || out === null ? null : readTensor(out, 'out');
  checkLength(x.data, x.shape, name);
  if (given === null) {
    const tensor = tensorOf(x.shape);
    return { tensor, data: tensor.data, given, inPlace: false };
  }
  const { data, shape } = given;
  refuseShape(shape, x.shape, 'out');
  const inPlace = refusePartialOverlap('out', data, name, x.data);
  const tensor = out instanceof Tensor ? out : tensorOf(shape, data);
  return { tensor, data, given: data, inPlace };
}
