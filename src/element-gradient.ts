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
      const z = normalize(memory, input, tile);
      const g = memory.loadGradient(gradOutput, tile);
      addParameterSums(memory, g, z, tile, tile.start - start, parameters);
      const weighted = weigh(memory, g, tile, tile.start - start, affine.weight);
      kernels.addGradientSums(
        memory.sumsAt,
        memory.productsAt,
        weighted,
        z,
        rows,
        tile.length,
        rows,
      );
    }
    setCombinations(memory, rows, length, centred);
    for (const tile of tiles) {
      const z = normalize(memory, input, tile);
      const g = memory.loadGradient(gradOutput, tile);
      const weighted = weigh(memory, g, tile, tile.start - start, affine.weight);
      const dx = memory.target(gradInput, tile);
      kernels.combineRows(dx, weighted, z, memory.combinationsAt, rows, tile.length, rows);
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

function normalize(memory: Memory, input: Float32Array, tile: Block): number {
  const x = memory.load(input, tile);
  memory.kernels.applyRows(memory.tileAt, x, memory.linesAt, tile.rows, tile.length, tile.rows);
  return memory.tileAt;
}

function weigh(
  memory: Memory,
  g: number,
  { rows, length }: Block,
  element: number,
  weight: Float32Array | null,
): number {
  if (weight === null) return g;
  const w = memory.loadWeight(weight, element, length);
  memory.kernels.multiplyElements(memory.gradientAt, g, w, rows, length);
  return memory.gradientAt;
}

function addParameterSums(
  memory: Memory,
  g: number,
  z: number,
  { rows, length }: Block,
  element: number,
  parameters: ParameterGradients,
): void {
  if (parameters.none) return;
  const { kernels, elementSums, elementProducts, elementSumsAt, elementProductsAt } = memory;
  elementSums.fill(0, 0, length);
  elementProducts.fill(0, 0, length);
  kernels.addColumnGradientSums(elementSumsAt, elementProductsAt, g, z, rows, length);
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
