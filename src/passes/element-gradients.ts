// Gradients of rows that are normalized by moments of their own, where each element has a
// weight and a bias: layer and RMS normalization. The formula is that of channels, with
// w * g for g in what concerns the row, and sums over the rows for the parameters.

import { gradientsOver } from '../kernels/gradients.ts';
import type { Memory, Plan } from '../memory/memory.ts';
import type { Operand } from '../memory/selection.ts';
import { F32, F64, LINE, MAX_CHANNELS, MAX_ELEMENTS, MOMENTS } from '../memory/sizes.ts';
import { addMoments } from '../statistics/moments.ts';
import type { AxesView } from '../views/axes.ts';
import { rowsOf } from '../views/scopes.ts';
import { type GroupStrip, GroupStrips, type Piece, Pieces } from '../views/strips.ts';
import type { Differentiation } from './gradients.ts';
import { type Affine, correctCombinations, prepareDeviations, prepareRowLines } from './lines.ts';
import { runTransposed } from './transposed-columns.ts';

// Elements that one thread differentiates together: few enough that input, gradient and result
// stay in the second-level cache.
const STRIP_ELEMENTS = 16384;

// The same of rows of over 4096 elements, whose element sums are read and written once a strip.
const LONG_STRIP_ELEMENTS = 32768;

// The kernel adds the elements of so many rows in float32.
const ROWS_ADDED = 8;

/** Finds the gradients of `count` rows of `length` elements. */
export function elementGradients(
  differentiation: Differentiation,
  count: number,
  length: number,
): void {
  if (length === 0) return;
  if (length > MAX_ELEMENTS) {
    const weight = weightOf(differentiation, length);
    for (let row = 0; row < count; row++) longRowGradients(differentiation, row, length, weight, 0);
    return;
  }
  addUp(differentiation, length, (weight) =>
    differentiation.memory.run(new DifferentiateRows(differentiation, count, length, weight)),
  );
}

/** Finds the gradients of the dimensions of a view, which lie together and fit the scratch. */
export function columnElementGradients(differentiation: Differentiation, view: AxesView): void {
  const { gradInput, input, gradOutput, affine } = differentiation;
  const { length } = view;
  const transposeOf = (instances: Memory['instances']) => gradientsOver(instances).transpose;
  const step = rowsOfStrip(length, STRIP_ELEMENTS);
  addUp(differentiation, length, (weight) =>
    runTransposed(gradInput, input, gradOutput, view, transposeOf, (memory, dx, x, g, rows) => {
      for (let row = 0; row < rows; row += step) {
        const count = Math.min(step, rows - row);
        const at = row * length * F32;
        differentiateRows(memory, affine, weight, dx + at, x + at, g + at, count, length);
      }
    }),
  );
}

/** A bias alone has a gradient too: sums of elements, all of weight 1. */
function weightOf({ affine, parameters }: Differentiation, length: number): Float32Array | null {
  return parameters.none ? null : (affine.weight ?? new Float32Array(length).fill(1));
}

/**
 * Adds up the gradients of the parameters while rows are differentiated.
 *
 * @param run is given the address of the elements' weights, or 0 for none
 */
function addUp(
  differentiation: Differentiation,
  length: number,
  run: (weight: number) => void,
): void {
  const { memory, parameters } = differentiation;
  const { values: sums } = memory.elementSums;
  const { values: products } = memory.elementProducts;
  const weight = memory.loadWeight(weightOf(differentiation, length), 0, length);
  if (isLong(length)) {
    parameters.take(0, length, sums, products);
    run(weight);
    parameters.put(0, length, sums, products);
    return;
  }
  clearElementSums(memory, length);
  run(weight);
  parameters.add(0, length, sums, products);
}

/** Says whether the elements of a row are added row by row, and not those of eight rows at once. */
function isLong(length: number): boolean {
  return length > MAX_CHANNELS;
}

/** Returns how many rows are differentiated together, of so many elements at most. */
function rowsOfStrip(length: number, elements: number): number {
  const fits = Math.min(MAX_CHANNELS, Math.floor(elements / length));
  return isLong(length) ? Math.max(1, fits) : Math.max(ROWS_ADDED, fits - (fits % ROWS_ADDED));
}

/** Differentiates strips of rows, all with the same weights. */
class DifferentiateRows implements Plan<GroupStrip> {
  readonly output: Operand;
  readonly input: Operand;
  readonly gradOutput: Operand;
  readonly strips: GroupStrips;
  readonly #affine: Affine;
  readonly #weight: number;

  /** @param weight the address of the elements' weights, or 0 for none */
  constructor(
    { memory, gradInput, gradOutput, input, affine }: Differentiation,
    count: number,
    length: number,
    weight: number,
  ) {
    this.output = gradInput;
    this.input = input;
    this.gradOutput = gradOutput;
    this.#affine = affine;
    this.#weight = weight;
    const rows = { count, groupSize: length, length: 1, period: length };
    const { threads, tileSize } = memory;
    const alone = isLong(length) ? LONG_STRIP_ELEMENTS : STRIP_ELEMENTS;
    const most = threads === 1 ? alone : tileSize * (memory.holdsAll(this) ? 2 : 1);
    this.strips = new GroupStrips(rows, rowsOfStrip(length, most));
  }

  work(memory: Memory, { rows, length }: GroupStrip, dx: number, x: number, g: number): void {
    differentiateRows(memory, this.#affine, this.#weight, dx, x, g, rows, length);
  }
}

/** Differentiates rows that lie one after the other, and adds to the sums of the elements. */
function differentiateRows(
  memory: Memory,
  affine: Affine,
  weight: number,
  dx: number,
  x: number,
  g: number,
  rows: number,
  length: number,
): void {
  const { kernels, instances, moments, lines, combinations } = memory;
  const { combineRows } = gradientsOver(instances);
  clearRows(memory, rows);
  kernels.addMoments(moments.at, x, rows, length, rows, 0);
  prepareDeviations(memory, rows, affine);
  prepareRowLines(memory, rows, affine);
  addSums(memory, g, x, weight, rows, length);
  makeRowCombinations(memory, rows, affine);
  combineRows(dx, g, x, lines.at, combinations.at, weight, rows, length, rows, 0);
}

/**
 * Finds the gradients of `count` rows of `length` elements, each with weights of its own; after
 * all weights they begin again.
 */
export function ownElementGradients(
  differentiation: Differentiation,
  count: number,
  length: number,
  period: number,
): void {
  const { affine, parameters } = differentiation;
  const weight = parameters.none ? null : (affine.weight ?? new Float32Array(period).fill(1));
  for (let row = 0; row < count; row++) {
    longRowGradients(differentiation, row, length, weight, (row * length) % period);
  }
}

/**
 * Finds the gradients of a row piece by piece.
 *
 * @param firstWeight which weight is that of the row's first element
 */
function longRowGradients(
  differentiation: Differentiation,
  row: number,
  length: number,
  weight: Float32Array | null,
  firstWeight: number,
): void {
  const { memory, input, affine } = differentiation;
  const start = row * length;
  const pieces = new Pieces(start, length);
  clearRows(memory, 1);
  addMoments(memory, rowsOf(start, 1, length, length), input);
  prepareDeviations(memory, 1, affine);
  prepareRowLines(memory, 1, affine);
  memory.run(new AddElementSums(differentiation, pieces, weight, firstWeight));
  makeRowCombinations(memory, 1, affine);
  memory.run(new CombineElements(differentiation, pieces, weight, firstWeight));
}

/** Adds the sums of a row, and of its elements, piece by piece. */
class AddElementSums implements Plan<Piece> {
  readonly output = null;
  readonly input: Operand;
  readonly gradOutput: Operand;
  readonly strips: Pieces;
  readonly #differentiation: Differentiation;
  readonly #weight: Float32Array | null;
  readonly #firstWeight: number;

  constructor(
    differentiation: Differentiation,
    pieces: Pieces,
    weight: Float32Array | null,
    firstWeight: number,
  ) {
    this.#firstWeight = firstWeight;
    this.input = differentiation.input;
    this.gradOutput = differentiation.gradOutput;
    this.strips = pieces;
    this.#differentiation = differentiation;
    this.#weight = weight;
  }

  work(memory: Memory, { element, length }: Piece, _y: number, x: number, g: number): void {
    const first = this.#firstWeight + element;
    const { parameters } = this.#differentiation;
    const { values: sums } = memory.elementSums;
    const { values: products } = memory.elementProducts;
    const w = memory.loadWeight(this.#weight, first, length);
    parameters.take(first, length, sums, products);
    addLongSums(memory, g, x, w, 1, length);
    parameters.put(first, length, sums, products);
  }
}

/** Combines the gradient of the output and the normalized input of a row, piece by piece. */
class CombineElements implements Plan<Piece> {
  readonly output: Operand;
  readonly input: Operand;
  readonly gradOutput: Operand;
  readonly strips: Pieces;
  readonly #weight: Float32Array | null;
  readonly #firstWeight: number;

  constructor(
    { gradInput, gradOutput, input }: Differentiation,
    pieces: Pieces,
    weight: Float32Array | null,
    firstWeight: number,
  ) {
    this.#firstWeight = firstWeight;
    this.output = gradInput;
    this.input = input;
    this.gradOutput = gradOutput;
    this.strips = pieces;
    this.#weight = weight;
  }

  work(memory: Memory, { element, length }: Piece, dx: number, x: number, g: number): void {
    const { lines, combinations } = memory;
    const { combineRows } = gradientsOver(memory.instances);
    const w = memory.loadWeight(this.#weight, this.#firstWeight + element, length);
    combineRows(dx, g, x, lines.at, combinations.at, w, 1, length, 1, 0);
  }
}

function clearRows({ moments, sums, products }: Memory, rows: number): void {
  moments.values.fill(0, 0, rows * MOMENTS);
  sums.values.fill(0, 0, rows);
  products.values.fill(0, 0, rows);
}

function clearElementSums({ elementSums, elementProducts }: Memory, length: number): void {
  elementSums.values.fill(0, 0, length);
  elementProducts.values.fill(0, 0, length);
}

/** Adds to the sums of rows, and where there are weights to those of elements. */
function addSums(
  memory: Memory,
  g: number,
  x: number,
  weight: number,
  rows: number,
  length: number,
): void {
  if (isLong(length)) {
    addLongSums(memory, g, x, weight, rows, length);
    return;
  }
  const { sums, products, lines } = memory;
  const kernels = gradientsOver(memory.instances);
  if (weight === 0) {
    kernels.addGradientSums(sums.at, products.at, g, x, lines.at, rows, length, rows, 0);
    return;
  }
  kernels.addElementGradientSums(
    sums.at,
    products.at,
    memory.elementSums.at,
    memory.elementProducts.at,
    g,
    x,
    weight,
    lines.at,
    rows,
    length,
    memory.columnsAt,
  );
}

/** Does that of rows of any length, whose elements are added row by row. */
function addLongSums(
  memory: Memory,
  g: number,
  x: number,
  weight: number,
  rows: number,
  length: number,
): void {
  const { sums, products, parts, lines } = memory;
  const kernels = gradientsOver(memory.instances);
  if (weight === 0) {
    addPlainSums(memory, g, x, rows, length);
    return;
  }
  kernels.findPieceSums(parts.at, g, x, weight, lines.at, rows, length);
  kernels.mergePieceSums(sums.at, products.at, parts.at, g, x, weight, lines.at, rows, length);
  kernels.addElementSums(
    memory.elementSums.at,
    memory.elementProducts.at,
    g,
    x,
    weight,
    lines.at,
    rows,
    0,
    length,
    length,
  );
}

/** Adds the sums of rows that have no weights, each in pieces that follow each other. */
function addPlainSums(memory: Memory, g: number, x: number, rows: number, length: number): void {
  const { sums, products, lines } = memory;
  const { addGradientSums } = gradientsOver(memory.instances);
  const pieces = Math.floor(length / MAX_CHANNELS);
  const rest = length % MAX_CHANNELS;
  const wholes = (length - rest) * F32;
  for (let row = 0; row < rows; row++) {
    const [sum, product] = [sums.at + row * F64, products.at + row * F64];
    const line = lines.at + row * LINE * F64;
    const [from, of] = [g + row * length * F32, x + row * length * F32];
    if (pieces > 0) addGradientSums(sum, product, from, of, line, pieces, MAX_CHANNELS, 1, 0);
    if (rest > 0) addGradientSums(sum, product, from + wholes, of + wholes, line, 1, rest, 1, 0);
  }
}

function makeRowCombinations(memory: Memory, rows: number, affine: Affine): void {
  const { instances, combinations, moments, lines, sums, products } = memory;
  gradientsOver(instances).makeCombinations(
    combinations.at,
    moments.at,
    lines.at,
    sums.at,
    products.at,
    0,
    rows,
    1,
    0,
    rows,
    affine.centred,
  );
  correctCombinations(memory, rows, 1, affine);
}
