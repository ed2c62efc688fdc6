// Gradients of rows that are normalized by moments of their own, where each element
// has a weight and a bias: layer and RMS normalization. The formula is that of
// channels, with w * g for g in what concerns the row, and sums over the rows for the
// parameters.

import type { Differentiation } from './gradient.ts';
import { type Block, MAX_CHANNELS, STATE } from './memory.ts';
import { RowView } from './row-view.ts';

// Elements that are differentiated together: few enough that input, gradient and
// result stay in the second-level cache.
const BATCH = 16384;

// The kernel of elements takes so many rows at once.
const ROWS = 4;

/** Finds the gradients of `count` rows. */
export function addElementGradients(
  differentiation: Differentiation,
  count: number,
  length: number,
): void {
  if (length === 0) return;
  if (length <= MAX_CHANNELS) {
    differentiateRows(differentiation, count, length);
  } else {
    for (let row = 0; row < count; row++) differentiateLongRow(differentiation, row, length);
  }
}

function differentiateRows(
  { memory, gradInput, gradOutput, input, affine, parameters }: Differentiation,
  count: number,
  length: number,
): void {
  const { kernels, states, sums, products, elementSums, elementProducts } = memory;
  const { statesAt, linesAt, sumsAt, productsAt, combinationsAt } = memory;
  const { eps, centred } = affine;
  const fits = Math.min(MAX_CHANNELS, Math.floor(BATCH / length));
  const step = fits - (fits % ROWS);
  const weight = memory.loadWeight(affine.weight, 0, length);
  elementSums.fill(0, 0, length);
  elementProducts.fill(0, 0, length);
  for (let first = 0; first < count; first += step) {
    const rows = Math.min(step, count - first);
    const tile: Block = { start: first * length, rows, length, stride: length };
    const x = memory.load(input, tile);
    const g = memory.loadGradient(gradOutput, tile);
    states.fill(0, 0, rows * STATE);
    sums.fill(0, 0, rows);
    products.fill(0, 0, rows);
    kernels.addMoments(statesAt, x, rows, length, rows, 0);
    kernels.makeLines(linesAt, statesAt, 0, 0, rows, 1, 0, rows, eps, centred);
    kernels.addGradientSums(sumsAt, productsAt, g, x, linesAt, weight, rows, length, rows, 0);
    if (!parameters.none) {
      const { elementSumsAt, elementProductsAt, columnsAt } = memory;
      kernels.addElementGradientSums(
        elementSumsAt,
        elementProductsAt,
        g,
        x,
        linesAt,
        rows,
        length,
        columnsAt,
      );
    }
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
    const dx = memory.target(gradInput, tile);
    kernels.combineRows(dx, g, x, linesAt, combinationsAt, weight, rows, length, rows, 0);
    memory.store(gradInput, tile);
  }
  parameters.add(0, length, elementSums, elementProducts);
}

/** Finds the gradients of a row whose elements have more weights than the scratch holds. */
function differentiateLongRow(
  { memory, gradInput, gradOutput, input, affine, parameters }: Differentiation,
  row: number,
  length: number,
): void {
  const { kernels, states, sums, products, elementSums, elementProducts } = memory;
  const { statesAt, linesAt, sumsAt, productsAt, combinationsAt } = memory;
  const { eps, centred } = affine;
  const start = row * length;
  states.fill(0, 0, STATE);
  sums[0] = 0;
  products[0] = 0;
  new RowView(start, 1, 0, 1, length, length).addMoments(memory, input);
  kernels.makeLines(linesAt, statesAt, 0, 0, 1, 1, 0, 1, eps, centred);
  forEachPiece(start, length, (piece, element) => {
    const x = memory.load(input, piece);
    const g = memory.loadGradient(gradOutput, piece);
    const w = memory.loadWeight(affine.weight, element, piece.length);
    kernels.addGradientSums(sumsAt, productsAt, g, x, linesAt, w, 1, piece.length, 1, 0);
    if (parameters.none) return;
    elementSums.fill(0, 0, piece.length);
    elementProducts.fill(0, 0, piece.length);
    const { elementSumsAt, elementProductsAt, columnsAt } = memory;
    kernels.addElementGradientSums(
      elementSumsAt,
      elementProductsAt,
      g,
      x,
      linesAt,
      1,
      piece.length,
      columnsAt,
    );
    parameters.add(element, piece.length, elementSums, elementProducts);
  });
  kernels.makeCombinations(
    combinationsAt,
    statesAt,
    linesAt,
    sumsAt,
    productsAt,
    0,
    1,
    1,
    0,
    1,
    centred,
  );
  forEachPiece(start, length, (piece, element) => {
    const x = memory.load(input, piece);
    const g = memory.loadGradient(gradOutput, piece);
    const w = memory.loadWeight(affine.weight, element, piece.length);
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
