import type { Elements } from '../memory/elements.ts';
import type { Output } from './output.ts';
import { refusePartialOverlap } from './overlap.ts';
import { refuseShape } from './shape.ts';
import { areApart, type CheckedTensor, checkLength, readElements } from './tensor.ts';

/**
 * Reads the gradient of the output. It comes before the other arguments, and
 * {@link checkGradOutput} after them.
 *
 * @throws TypeError, RangeError naming the argument.
 */
export function readGradOutput(gradOutput: unknown): CheckedTensor {
  return readElements(gradOutput, 'gradOutput');
}

/**
 * Refuses a gradient of the output that has another shape than x, or shares a part of its
 * memory with what is to be written.
 *
 * @returns its elements
 * @throws RangeError naming the argument.
 */
export function checkGradOutput(
  gradOutput: CheckedTensor,
  x: CheckedTensor,
  { given }: Output,
): Elements {
  const { data, shape } = gradOutput;
  checkLength(data, shape, 'gradOutput');
  refuseShape(shape, x.shape, 'gradOutput');
  if (given && !areApart(given, gradOutput)) {
    refusePartialOverlap('out', given.data, 'gradOutput', data);
  }
  return data;
}
