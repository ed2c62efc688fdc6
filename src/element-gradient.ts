import type { ParameterGradients } from './gradient.ts';
import {
  type Block,
  COMBINATION,
  LINE,
  MAX_CHANNELS,
  type Memory,
  memoryFor,
  STATE,
  TILE,
} from './memory.ts';
import type { Affine } from './normalize.ts';
import { RowView } from './row-view.ts';

/**
 * Finds the gradients of rows that are normalized by moments of their own, where
 * each element has a weight and a bias: layer and RMS normalization.
 *
 * The formula is that of channels, with w * g for g in what concerns the row,
 * and sums over the rows for the parameters.
 */
export function addElementGradients(
  gradInput: Float32Array,
  gradOutput: Float32Array,
  input: Float32Array,
  count: number,
  length: number,
  affine: Affine,
  parameters: ParameterGradients,
): void {
  if (length === 0) return;
  const memory = memoryFor(0, gradInput, gradOutput, input);
  const { kernels, states, statesAt, linesAt, sums, products } = memory;
  const { eps, centred } = affine;
  // Either several whole rows, or pieces of one.
  const step = length > MAX_CHANNELS ? 1 : Math.min(MAX_CHANNELS, Math.floor(TILE / length));
  for (let first = 0; first < count; first += step) {
    const rows = Math.min(step, count - first);
    const start = first * length;
    states.fill(0, 0, rows * STATE);
    sums.fill(0, 0, rows);
    products.fill(0, 0, rows);
    new RowView(start, 1, 0, rows, length, length).addMoments(memory, input);
    kernels.makeLines(linesAt, statesAt, 0, 0, rows, 1, 0, rows, eps, centred);
    const tiles = cut(start, rows, length);
    for (const tile of tiles) {
      const element = tile.start - start;
      const x = memory.load(input, tile);
      const g = memory.loadGradient(gradOutput, tile);
      const w = memory.loadWeight(affine.weight, element, tile.length);
      const { sumsAt, productsAt } = memory;
      kernels.addGradientSums(sumsAt, productsAt, g, x, linesAt, w, rows, tile.length, rows);
      addParameterSums(memory, g, x, tile, element, parameters);
    }
    setCombinations(memory, rows, length, centred);
    for (const tile of tiles) {
      const x = memory.load(input, tile);
      const g = memory.loadGradient(gradOutput, tile);
      const w = memory.loadWeight(affine.weight, tile.start - start, tile.length);
      const dx = memory.target(gradInput, tile);
      const { combinationsAt } = memory;
      kernels.combineRows(dx, g, x, linesAt, combinationsAt, w, rows, tile.length, rows);
      memory.store(gradInput, tile);
    }
  }
}

function cut(start: number, rows: number, length: number): readonly Block[] {
  if (length <= MAX_CHANNELS) return [{ start, rows, length, stride: length }];
  const tiles: Block[] = [];
  for (let done = 0; done < length; done += MAX_CHANNELS) {
    const piece = Math.min(MAX_CHANNELS, length - done);
    tiles.push({ start: start + done, rows: 1, length: piece, stride: piece });
  }
  return tiles;
}

/** Adds up the gradients of weight and bias, for which it normalizes the input into the tile. */
function addParameterSums(
  memory: Memory,
  g: number,
  x: number,
  { rows, length }: Block,
  element: number,
  parameters: ParameterGradients,
): void {
  if (parameters.none) return;
  const { kernels, linesAt, columnsAt, tileAt } = memory;
  const { elementSums, elementProducts, elementSumsAt, elementProductsAt } = memory;
  elementSums.fill(0, 0, length);
  elementProducts.fill(0, 0, length);
  kernels.applyRows(tileAt, x, linesAt, rows, length, rows);
  kernels.addColumnGradientSums(
    elementSumsAt,
    elementProductsAt,
    g,
    tileAt,
    0,
    rows,
    length,
    columnsAt,
  );
  parameters.add(element, length, elementSums, elementProducts);
}

function setCombinations(memory: Memory, rows: number, length: number, centred: boolean): void {
  const { lines, sums, products, combinations } = memory;
  for (let row = 0; row < rows; row++) {
    const rstd = lines[row * LINE + 1] as number;
    const at = row * COMBINATION;
    combinations[at] = rstd;
    combinations[at + 1] = (-rstd * (products[row] as number)) / length;
    combinations[at + 2] = centred ? (-rstd * (sums[row] as number)) / length : 0;
  }
}
