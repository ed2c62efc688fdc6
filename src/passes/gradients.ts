import type { Memory } from '../memory/memory.ts';
import type { Operand, Places } from '../memory/selection.ts';
import { part } from '../memory/tile.ts';
import type { AnyData, FloatData, Tensor } from '../tensor/tensor.ts';
import { type Affine, setsOf } from './lines.ts';

/** The gradients of a loss with respect to a normalization's arguments. */
export interface Gradients<D extends FloatData = Float32Array> {
  /** With respect to x, of its shape and dtype. */
  readonly input: Tensor<D>;
  /** With respect to the weight, as long as it; null where there is none. */
  readonly weight: Float32Array | null;
  /** With respect to the bias, as long as it; null where there is none. */
  readonly bias: Float32Array | null;
}

/** Gradients of an input whose dtype the reader knows. */
export type AnyGradients = Gradients<AnyData>;

/** Adds up the gradients of a weight and a bias, in float64. */
export class ParameterGradients {
  readonly #weight: Float64Array | null;
  readonly #bias: Float64Array | null;

  /** Takes the parameters; or sums that others keep, of float64, which it then adds to. */
  constructor(
    weight: Float32Array | Float64Array | null,
    bias: Float32Array | Float64Array | null,
  ) {
    this.#weight = sumsOf(weight);
    this.#bias = sumsOf(bias);
  }

  /** Returns those of some sets of `size`, where there are more than one in all. */
  ofSets(first: number, sets: number, size: number): ParameterGradients {
    return new ParameterGradients(
      setsOf(this.#weight, first, sets, size),
      setsOf(this.#bias, first, sets, size),
    );
  }

  /**
   * Adds the sums of consecutive channels from `first`; beyond the last they begin again.
   *
   * @param width how many consecutive sums each channel has
   */
  add(first: number, count: number, sums: Float64Array, products: Float64Array, width = 1): void {
    addTo(this.#weight, first, count, products, width);
    addTo(this.#bias, first, count, sums, width);
  }

  /**
   * Copies the sums of consecutive channels, to be added to and put back.
   *
   * @param first the first channel; beyond the last they begin again, but not among these
   */
  take(first: number, count: number, sums: Float64Array, products: Float64Array): void {
    takeFrom(this.#weight, first, count, products);
    takeFrom(this.#bias, first, count, sums);
  }

  /** Puts back what was taken. */
  put(first: number, count: number, sums: Float64Array, products: Float64Array): void {
    putInto(this.#weight, first, count, products);
    putInto(this.#bias, first, count, sums);
  }

  /** Returns those of some elements of a row, for {@link addElements}; themselves for all. */
  ofElements(elements: Places | null): ParameterGradients {
    if (elements === null) return this;
    const { count } = elements;
    return new ParameterGradients(
      this.#weight && new Float64Array(count),
      this.#bias && new Float64Array(count),
    );
  }

  /** Adds what was found of some elements of a row. */
  addElements(found: ParameterGradients, elements: Places | null): void {
    if (elements === null) return;
    addAt(this.#weight, found.#weight, elements);
    addAt(this.#bias, found.#bias, elements);
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

function sumsOf(values: Float32Array | Float64Array | null): Float64Array | null {
  return values && (values instanceof Float64Array ? values : new Float64Array(values.length));
}

function addAt(sums: Float64Array | null, added: Float64Array | null, places: Places): void {
  if (sums === null || added === null) return;
  for (let i = 0; i < added.length; i++) (sums[places.place(i)] as number) += added[i] as number;
}

function addTo(
  gradient: Float64Array | null,
  first: number,
  count: number,
  sums: Float64Array,
  width: number,
): void {
  if (gradient === null) return;
  let at = first % gradient.length;
  for (let i = 0; i < count * width; i += width) {
    let sum = sums[i] as number;
    for (let j = 1; j < width; j++) sum += sums[i + j] as number;
    (gradient[at] as number) += sum;
    if (++at === gradient.length) at = 0;
  }
}

function takeFrom(
  gradient: Float64Array | null,
  first: number,
  count: number,
  sums: Float64Array,
): void {
  if (gradient !== null) sums.set(part(gradient, first % gradient.length, count));
}

function putInto(
  gradient: Float64Array | null,
  first: number,
  count: number,
  sums: Float64Array,
): void {
  gradient?.set(part(sums, 0, count), first % gradient.length);
}

/** What gradients are found of, and where they go. */
export interface Differentiation {
  readonly memory: Memory;
  /** Written. */
  readonly gradInput: Operand;
  readonly gradOutput: Operand;
  readonly input: Operand;
  readonly affine: Affine;
  /** Added to. */
  readonly parameters: ParameterGradients;
}
