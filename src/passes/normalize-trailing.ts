import type { Elements } from '../memory/elements.ts';
import { memoryFor } from '../memory/memory.ts';
import type { Operand } from '../memory/selection.ts';
import { part } from '../memory/tile.ts';
import { type MomentsSink, type StatisticsRecord, shifted } from '../statistics/record.ts';
import type { Output } from '../tensor/output.ts';
import type { AnyTensor, CheckedTensor } from '../tensor/tensor.ts';
import type { AxesView } from '../views/axes.ts';
import { fitsColumns, normalizeColumnsOfAxes } from './columns-of-axes.ts';
import { type Affine, affineOfSets } from './lines.ts';
import { affineOfElements, clearMaskedRows, rowsFrom } from './masked-rows.ts';
import { normalizeInStrips } from './normalize-rows.ts';
import { fitsSteps, NormalizeRowsInSteps } from './normalize-rows-in-steps.ts';
import { MasksOfAxes, RowsOfAxes } from './rows-of-axes.ts';

/** Checked arguments of layer and RMS normalization. */
export interface TrailingArguments {
  readonly input: CheckedTensor;
  readonly output: Output;
  readonly weight: Float32Array | null;
  readonly bias: Float32Array | null;
  /** The same weight and bias, repeated to one length. */
  readonly affine: Affine;
  /** How many sets of weights and biases there are: 1, or one for each sample. */
  readonly sets: number;
  /** How often the normalized dimensions occur in what a set belongs to. */
  readonly rows: number;
  /** The elements of the normalized dimensions. */
  readonly length: number;
  /** Where those lie in what a set belongs to; null: their elements lie in rows. */
  readonly axes: AxesView | null;
  /** Which rows, or which elements of x, are valid, if not all: 1 is, 0 is not. */
  readonly mask: Uint8Array | null;
  /** What the caller is given of the statistics. */
  readonly record: StatisticsRecord | null;
}

/** Normalizes each row. */
export function normalizeTrailing(args: TrailingArguments): AnyTensor {
  const { input, output, affine, sets, rows, length, axes, mask, record } = args;
  const sink = record?.start(null) ?? null;
  if (axes === null && rows === 1 && mask === null) {
    normalizeElements(output.data, input.data, sets, length, affine, sink);
    return output.tensor;
  }
  const size = rows * length;
  for (let set = 0; set < sets; set++) {
    const y = part(output.data, set * size, size);
    const x = part(input.data, set * size, size);
    const own = affineOfSets(affine, set, 1, length);
    const later = shifted(sink, set * rows);
    const held = maskOfSet(mask, set, sets);
    if (axes === null) normalizeHeld(y, x, rows, length, own, held, later);
    else if (fitsColumns(axes) && held === null) normalizeColumnsOfAxes(y, x, axes, own, later);
    else normalizeRowsOfAxes(y, x, axes, own, held, later);
  }
  return output.tensor;
}

/** Returns the mask of one of so many sets, which are of equal size. */
export function maskOfSet(mask: Uint8Array | null, set: number, sets: number): Uint8Array | null {
  if (mask === null) return null;
  const size = mask.length / sets;
  return mask.subarray(set * size, (set + 1) * size);
}

/** Normalizes what a mask holds of rows; without one, all. */
function normalizeHeld(
  output: Elements,
  input: Elements,
  rows: number,
  length: number,
  affine: Affine,
  mask: Uint8Array | null,
  sink: MomentsSink | null,
): void {
  if (mask === null) {
    normalizeElements(output, input, rows, length, affine, sink);
    return;
  }
  for (let first = 0; first < rows; ) {
    const held = rowsFrom(mask, rows, length, first);
    const own = affineOfElements(affine, held.elements);
    const later = sink && held.sinkFor(sink);
    const [y, x] = [held.select(output), held.select(input)];
    normalizeElements(y, x, held.rows, held.length, own, later);
    first += held.count;
  }
  clearMaskedRows(output, mask, rows, length);
}

/**
 * Normalizes rows of elements that have a weight and a bias each; after all of those they begin
 * again.
 */
function normalizeElements(
  output: Operand,
  input: Operand,
  rows: number,
  length: number,
  affine: Affine,
  sink: MomentsSink | null,
): void {
  const period = affine.weight?.length ?? affine.bias?.length ?? length;
  if (affine.deviation !== null && period === length && fitsSteps(length)) {
    const plan = new NormalizeRowsInSteps(output, input, rows, length, affine, sink);
    memoryFor(0, output, input).run(plan);
    return;
  }
  // To the kernel of rows each element is a channel.
  const view = { count: rows, groupSize: length, length: 1, period };
  normalizeInStrips(output, input, view, affine, sink);
}

/** Normalizes rows whose elements lie anywhere, in copies of as many as a tile holds. */
function normalizeRowsOfAxes(
  output: Elements,
  input: Elements,
  view: AxesView,
  affine: Affine,
  mask: Uint8Array | null,
  sink: MomentsSink | null,
): void {
  const x = new RowsOfAxes(view, input);
  const y = new RowsOfAxes(view, output);
  const masks = mask && new MasksOfAxes(view, mask);
  for (let tile = 0; tile < x.tiles; tile++) {
    const source = x.copyIn(tile);
    const result = y.area(tile);
    const rows = x.rowsOf(tile);
    const later = shifted(sink, tile * x.rowsOfTile);
    normalizeHeld(result, source, rows, view.length, affine, masks?.ofTile(tile) ?? null, later);
    y.copyOut(tile);
  }
}
