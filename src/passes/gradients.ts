import type { Memory } from '../memory/memory.ts';
import type { Output } from '../tensor/output.ts';
import { refusePartialOverlap } from '../tensor/overlap.ts';
import { sameShape } from '../tensor/shape.ts';
import { type CheckedTensor, checkData, readTensor, type Tensor } from '../tensor/tensor.ts';
import type { Affine } from './lines.ts';

/** The gradients of a loss with respect to a normalization's arguments. */
export interface Gradients {
  /** With respect to x, of its shape. */
  readonly input: Tensor;
  /** With respect to the weight, as long as it; null where there is none. */
  readonly weight: Float32Array | null;
  /** With respect to the bias, as long as it; null where there is none. */
  readonly bias: Float32Array | null;
}

/**
 * Reads the gradient of the output, before the other arguments: {@link checkGradient}
 * comes after them.
 *
 * @throws TypeError, RangeError naming the argument.
 */
export function readGradient(gradOutput: unknown): CheckedTensor {
  return readTensor(gradOutput, 'gradOutput');
}

/**
 * Refuses a gradient of the output that has another shape than x.
 *
 * @throws RangeError naming the argument.
 */
export function checkGradient(
  { data, shape }: CheckedTensor,
  x: CheckedTensor,
  output: Output,
): Float32Array {
  checkData(data, shape, 'gradOutput');
  if (!sameShape(shape, x.shape)) {
    throw new RangeError(
      `gradOutput: expected shape [${x.shape.join(', ')}], got [${shape.join(', ')}]`,
    );
  }
  if (output.given) refusePartialOverlap('out', output.given, 'gradOutput', data);
  return data;
}

/** Adds up the gradients of a weight and a bias, in float64. */
export class ParameterGradients {
  readonly #weight: Float64Array | null;
  readonly #bias: Float64Array | null;

  constructor(weight: Float32Array | null, bias: Float32Array | null) {
    this.#weight = weight && new Float64Array(weight.length);
    this.#bias = bias && new Float64Array(bias.length);
  }

  /** Adds the sums of consecutive channels from `first`; beyond the last they begin again. */
  add(first: number, count: number, sums: Float64Array, products: Float64Array): void {
    addTo(this.#weight, first, count, products);
    addTo(this.#bias, first, count, sums);
  }

  /** Whether there is no parameter at all. */
  get none(): boolean {
    return this.#weight === null && this.#bias === null;
  }

  get weight(): Float32Array | null {
    return this.#weight && Float32Array.from(this.#weight);
  }

  get bias(): Float32Array | null {
    return this.#bias && Float32Array.from(this.#bias);
  }
}

function addTo(
  gradient: Float64Array | null,
  first: number,
  count: number,
  sums: Float64Array,
): void {
  if (gradient === null) return;
  let at = first % gradient.length;
  for (let i = 0; i < count; i++) {
    (gradient[at] as number) += sums[i] as number;
    if (++at === gradient.length) at = 0;
  }
}

/** What a gradient is found of, and where it goes. */
export interface Differentiation {
  readonly memory: Memory;
  /** Written. */
  readonly gradInput: Float32Array;
  readonly gradOutput: Float32Array;
  readonly input: Float32Array;
  readonly affine: Affine;
  /** Added to. */
  readonly parameters: ParameterGradients;
}
