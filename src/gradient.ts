import { MAX_CHANNELS, type Memory } from './memory.ts';
import { type Affine, findMoments, makeLines, mergeGroups } from './normalize.ts';
import { type Output, refusePartialOverlap } from './options.ts';
import { capacityFor, forEachBatch, type Rows } from './rows.ts';
import { forEachSampleScope, isRowwise, type Scope } from './scope.ts';
import { type ChannelTensor, sameShape } from './shape.ts';
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

/**
 * Finds the gradients of a tensor whose samples' channels have statistics of their
 * own, `share` of them together: instance and group normalization.
 */
export function addSampleGradients(
  differentiation: Differentiation,
  tensor: ChannelTensor,
  share: number,
): void {
  const { memory, gradInput, gradOutput, input, affine } = differentiation;
  const { samples, channels, spatial, lengths } = tensor;
  const rows: Rows = {
    count: (samples * channels) / share,
    share,
    length: spatial,
    period: affine.weight?.length ?? channels,
  };
  // The moments of a group that no tile holds are merged of its channels', wherever it lies.
  const inPlace =
    share === 1 && [gradInput, gradOutput, input].every((array) => memory.holds(array));
  const capacity = Math.min(capacityFor(rows, inPlace), Math.floor(MAX_CHANNELS / share));
  if (isRowwise(tensor) && lengths === null && capacity > 0) {
    if (spatial > 0) differentiateRows(differentiation, rows, capacity);
    return;
  }
  forEachSampleScope(
    tensor,
    (scope) => {
      findMoments(memory, input, scope);
      mergeGroups(memory, scope, share);
      addScopeGradients(differentiation, scope, share, false);
    },
    share,
  );
}

/** Finds the gradients of rows, reading them from memory once. */
function differentiateRows(
  { memory, gradInput, gradOutput, input, affine, parameters }: Differentiation,
  rows: Rows,
  capacity: number,
): void {
  const { share, length } = rows;
  const { kernels, sums, products } = memory;
  forEachBatch(rows, capacity, ({ tile, first, rows: batch, channel, channels }) => {
    const w = memory.loadWeight(affine.weight, channel, channels);
    const x = memory.load(input, tile);
    const g = memory.loadGradient(gradOutput, tile);
    const dx = memory.target(gradInput, tile);
    kernels.differentiateRows(
      dx,
      memory.sumsAt,
      memory.productsAt,
      memory.statesAt,
      memory.linesAt,
      memory.combinationsAt,
      g,
      x,
      w,
      batch,
      share,
      length,
      channels,
      affine.eps,
    );
    memory.store(gradInput, tile);
    parameters.add(first * share, batch * share, sums, products);
  });
}

/**
 * Finds the gradients of a scope, whose states are given.
 *
 * @param share how many channels each state serves
 * @param fixed whether mean and variance do not depend on the input
 */
export function addScopeGradients(
  { memory, gradInput, gradOutput, input, affine, parameters }: Differentiation,
  scope: Scope,
  share: number,
  fixed: boolean,
): void {
  const { kernels, sums, products } = memory;
  const { views, first, channels } = scope;
  makeLines(memory, scope, share, { ...affine, weight: null, bias: null });
  sums.fill(0, 0, channels);
  products.fill(0, 0, channels);
  for (const view of views) view.addGradientSums(memory, gradOutput, input);
  parameters.add(first, channels, sums, products);

  const period = affine.weight?.length ?? channels;
  const count = Math.min(period, channels);
  kernels.makeCombinations(
    memory.combinationsAt,
    fixed ? 0 : memory.statesAt,
    memory.linesAt,
    memory.sumsAt,
    memory.productsAt,
    memory.loadWeight(affine.weight, first % period, count),
    channels / share,
    share,
    0,
    count,
    affine.centred,
  );
  for (const view of views) view.combine(memory, gradInput, gradOutput, input);
}
