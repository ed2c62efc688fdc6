// Gradients of rows that are normalized by moments of their own, where each element
// has a weight and a bias: layer and RMS normalization. The formula is that of
// channels, with w * g for g in what concerns the row, and sums over the rows for the
// parameters.

import type { Memory } from '../memory/memory.ts';
import { MAX_CHANNELS, STATE } from '../memory/sizes.ts';
import type { Block } from '../memory/tile.ts';
import { RowView } from '../views/row-view.ts';
import type { Differentiation } from './gradients.ts';
import type { Affine } from './lines.ts';

// Elements that are differentiated together: few enough that input, gradient and
// result stay in the second-level cache.
const BATCH = 16384;

// The kernel adds the elements of so many rows in float32.
const ROWS = 8;

/** Finds the gradients of `count` rows. */
export function addElementGradients(
  differentiation: Differentiation,
  count: number,
  length: number,
): void {
  if (length === 0) return;
  const { affine, parameters } = differentiation;
  // A bias alone has a gradient too: sums of elements, all of weight 1.
  const weight = parameters.none ? null : (affine.weight ?? new Float32Array(length).fill(1));
  if (length <= MAX_CHANNELS) {
    differentiateRows(differentiation, count, length, weight);
  } else {
    for (let row = 0; row < count; row++) {
      differentiateLongRow(differentiation, row, length, weight);
    }
  }
}

function differentiateRows(
  { memory, gradInput, gradOutput, input, affine, parameters }: Differentiation,
  count: number,
  length: number,
  weight: Float32Array | null,
): void {
  const { kernels, statesAt, linesAt, combinationsAt, elementSums, elementProducts } = memory;
  const fits = Math.min(MAX_CHANNELS, Math.floor(BATCH / length));
  const step = Math.max(ROWS, fits - (fits % ROWS));
  const w = memory.loadWeight(weight, 0, length);
  clearElementSums(memory, length);
  for (let first = 0; first < count; first += step) {
    const rows = Math.min(step, count - first);
    const tile: Block = { start: first * length, rows, length, stride: length };
    const x = memory.load(input, tile);
    const g = memory.loadGradient(gradOutput, tile);
    clearRows(memory, rows);
    kernels.addMoments(statesAt, x, rows, length, rows, 0);
    makeRowLines(memory, rows, affine);
    addSums(memory, g, x, w, rows, length);
    makeRowCombinations(memory, rows, affine);
    const dx = memory.target(gradInput, tile);
    kernels.combineRows(dx, g, x, linesAt, combinationsAt, w, rows, length, rows, 0);
    memory.store(gradInput, tile);
  }
  parameters.add(0, length, elementSums, elementProducts);
}

/** Finds the gradients of a row whose elements have more weights than the scratch holds. */
function differentiateLongRow(
  { memory, gradInput, gradOutput, input, affine, parameters }: Differentiation,
  row: number,
  length: number,
  weight: Float32Array | null,
): void {
  const { kernels, linesAt, combinationsAt, elementSums, elementProducts } = memory;
  const start = row * length;
  clearRows(memory, 1);
  new RowView(start, 1, 0, 1, length, length).addMoments(memory, input);
  makeRowLines(memory, 1, affine);
  forEachPiece(start, length, (piece, element) => {
    const x = memory.load(input, piece);
    const g = memory.loadGradient(gradOutput, piece);
    const w = memory.loadWeight(weight, element, piece.length);
    clearElementSums(memory, piece.length);
    addSums(memory, g, x, w, 1, piece.length);
    parameters.add(element, piece.length, elementSums, elementProducts);
  });
  makeRowCombinations(memory, 1, affine);
  forEachPiece(start, length, (piece, element) => {
    const x = memory.load(input, piece);
    const g = memory.loadGradient(gradOutput, piece);
    const w = memory.loadWeight(weight, element, piece.length);
    const dx = memory.target(gradInput, piece);
    kernels.combineRows(dx, g, x, linesAt, combinationsAt, w, 1, piece.length, 1, 0);
    memory.store(gradInput, piece);
  });
}

function forEachPiece(
  start: number,
  length: number,
  work: (piece: Block, element: number) => void,
): void {
  for (let done = 0; done < length; done += MAX_CHANNELS) {
    const size = Math.min(MAX_CHANNELS, length - done);
    work({ start: start + done, rows: 1, length: size, stride: size }, done);
  }
}

function clearRows({ states, sums, products }: Memory, rows: number): void {
  states.fill(0, 0, rows * STATE);
  sums.fill(0, 0, rows);
  products.fill(0, 0, rows);
}

function clearElementSums({ elementSums, elementProducts }: Memory, length: number): void {
  elementSums.fill(0, 0, length);
  elementProducts.fill(0, 0, length);
}

function makeRowLines({ kernels, linesAt, statesAt }: Memory, rows: number, affine: Affine): void {
  kernels.makeLines(linesAt, statesAt, 0, 0, rows, 1, 0, rows, affine.eps, affine.centred);
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
  const { kernels, sumsAt, productsAt, linesAt } = memory;
  if (weight === 0) {
    kernels.addGradientSums(sumsAt, productsAt, g, x, linesAt, rows, length, rows, 0);
    return;
  }
  kernels.addElementGradientSums(
    sumsAt,
    productsAt,
    memory.elementSumsAt,
    memory.elementProductsAt,
    g,
    x,
    weight,
    linesAt,
    rows,
    length,
    memory.columnsAt,
  );
}

function makeRowCombinations(
  { kernels, combinationsAt, statesAt, linesAt, sumsAt, productsAt }: Memory,
  rows: number,
  { centred }: Affine,
): void {
  kernels.makeCombinations(
    combinationsAt,
    statesAt,
    linesAt,
    sumsAt,
    productsAt,
    0,
    rows,
    1,
    0,
    rows,
    centred,
  );
}
