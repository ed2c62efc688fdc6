import type { Elements } from '../memory/elements.ts';
import { memoryFor } from '../memory/memory.ts';
import type { MomentsSink, StatisticsRecord } from '../statistics/record.ts';
import type { Output } from '../tensor/output.ts';
import type { AnyTensor, CheckedTensor } from '../tensor/tensor.ts';
import type { AxesView } from '../views/axes.ts';
import { fitsColumns, normalizeColumnsOfAxes } from './columns-of-axes.ts';
import type { Affine } from './lines.ts';
import { normalizeInStrips } from './normalize-rows.ts';
import { fitsSteps, NormalizeRowsInSteps } from './normalize-rows-in-steps.ts';
import { RowsOfAxes } from './rows-of-axes.ts';

/** Checked arguments of layer and RMS normalization. */
export interface TrailingArguments {
  readonly input: CheckedTensor;
  readonly output: Output;
  readonly affine: Affine;
  /** How often the normalized dimensions occur. */
  readonly rows: number;
  /** The elements of the normalized dimensions. */
  readonly length: number;
  /** Where those lie; null: their elements lie in rows. */
  readonly axes: AxesView | null;
  /** What the caller is given of the statistics. */
  readonly record: StatisticsRecord | null;
}

/** Normalizes each row. */
export function normalizeTrailing(args: TrailingArguments): AnyTensor {
  const { input, output, affine, rows, length, axes, record } = args;
  const sink = record?.start(null) ?? null;
  if (axes === null) {
    normalizeElements(output.data, input.data, rows, length, affine, sink);
  } else if (fitsColumns(axes)) {
    normalizeColumnsOfAxes(output.data, input.data, axes, affine, sink);
  } else {
    normalizeRowsOfAxes(output.data, input.data, axes, affine, sink);
  }
  return output.tensor;
}

/** Normalizes rows of elements that have a weight and a bias each. */
function normalizeElements(
  output: Elements,
  input: Elements,
  rows: number,
  length: number,
  affine: Affine,
  sink: MomentsSink | null,
): void {
  if (affine.deviation !== null && fitsSteps(length)) {
    const plan = new NormalizeRowsInSteps(output, input, rows, length, affine, sink);
    memoryFor(0, output, input).run(plan);
    return;
  }
  // To the kernel of rows each element is a channel.
  const view = { count: rows, groupSize: length, length: 1, period: length };
  normalizeInStrips(output, input, view, affine, sink);
}

/** Normalizes rows whose elements lie anywhere, in copies of as many as a tile holds. */
function normalizeRowsOfAxes(
  output: Elements,
  input: Elements,
  view: AxesView,
  affine: Affine,
  sink: MomentsSink | null,
): void {
  const x = new RowsOfAxes(view, input);
  const y = new RowsOfAxes(view, output);
  for (let tile = 0; tile < x.tiles; tile++) {
    const first = tile * x.rowsOfTile;
    const later = sink && {
      add: (moments: Float64Array, from: number, count: number) =>
        sink.add(moments, first + from, count),
    };
    const source = x.copyIn(tile);
    const result = y.area(tile);
    const rows = x.rowsOf(tile);
    normalizeElements(result, source, rows, view.length, affine, later);
    y.copyOut(tile);
  }
}
