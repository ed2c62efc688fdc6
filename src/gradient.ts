import { COMBINATION, LINE, type Memory, STATE } from './memory.ts';
import { type Affine, makeLines } from './normalize.ts';
import { type Output, refuseOverlap, sameMemory } from './options.ts';
import type { Scope } from './scope.ts';
import { sameShape } from './shape.ts';
import { type CheckedTensor, checkData, readTensor, type Tensor } from './tensor.ts';

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
  checkData(data, shape, 'gradOutput.data');
  if (!sameShape(shape, x.shape)) {
    throw new RangeError(
      `gradOutput: expected shape [${x.shape.join(', ')}], got [${shape.join(', ')}]`,
    );
  }
  if (!sameMemory(output.data, data)) refuseOverlap('out', output.data, 'gradOutput', data);
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
  for (let i = 0; i < count; i++) {
    (gradient[(first + i) % gradient.length] as number) += sums[i] as number;
  }
}

interface ScopeGradient {
  readonly memory: Memory;
  /** Written. */
  readonly gradInput: Float32Array;
  readonly gradOutput: Float32Array;
  readonly input: Float32Array;
  readonly scope: Scope;
  /** How many channels each state serves. */
  readonly share: number;
  readonly affine: Affine;
  /** Whether mean and variance do not depend on the input. */
  readonly fixed: boolean;
  /** Added to. */
  readonly parameters: ParameterGradients;
}

/**
 * Finds the gradients of a scope, whose states are given.
 *
 * With g the gradient of the output, z the normalized input and w the weight,
 *
 *     d bias   = sum(g)
 *     d weight = sum(g * z)
 *     d x      = rstd * (w * g - mean(w * g) - z * mean(w * g * z))
 *
 * where the means are over all that shares a mean and variance. Those terms are
 * absent where mean and variance do not depend on x (`fixed`), and the first
 * where the moments are about 0.
 */
export function addScopeGradients({
  memory,
  gradInput,
  gradOutput,
  input,
  scope,
  share,
  affine,
  fixed,
  parameters,
}: ScopeGradient): void {
  const { sums, products } = memory;
  const { views, first, channels } = scope;
  const { weight } = affine;
  makeLines(memory, scope, share, { ...affine, weight: null, bias: null });
  sums.fill(0, 0, channels);
  products.fill(0, 0, channels);
  for (const view of views) view.addGradientSums(memory, gradOutput, input);
  parameters.add(first, channels, sums, products);

  for (let group = 0; group < channels; group += share) {
    const rstd = memory.lines[group * LINE + 1] as number;
    const count = memory.states[(group / share) * STATE] as number;
    let sum = 0;
    let product = 0;
    for (let i = group; i < group + share; i++) {
      const w = weight === null ? 1 : (weight[(first + i) % weight.length] as number);
      sum += w * (sums[i] as number);
      product += w * (products[i] as number);
      memory.combinations[i * COMBINATION] = w * rstd;
    }
    const b = fixed ? 0 : (-rstd * product) / count;
    const c = fixed || !affine.centred ? 0 : (-rstd * sum) / count;
    for (let i = group; i < group + share; i++) {
      memory.combinations[i * COMBINATION + 1] = b;
      memory.combinations[i * COMBINATION + 2] = c;
    }
  }
  for (const view of views) view.combine(memory, gradInput, gradOutput, input);
}
