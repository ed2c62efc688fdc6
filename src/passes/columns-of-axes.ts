import { type Memory, memoryFor, type Plan } from '../memory/memory.ts';
import type { Operand } from '../memory/selection.ts';
import { LINE, MAX_CHANNELS, MOMENTS } from '../memory/sizes.ts';
import type { MomentsSink } from '../statistics/record.ts';
import { type AxesView, ColumnsOfSamples, type ColumnsTile } from '../views/axes.ts';
import { type Affine, prepareDeviations, prepareRowLines } from './lines.ts';

/** Says whether the dimensions lie together, and their weights fit the scratch. */
export function fitsColumns({ samples, length }: AxesView): boolean {
  return samples > 0 && length <= MAX_CHANNELS;
}

/** Normalizes the dimensions of a view as columns of matrices. */
export function normalizeColumnsOfAxes(
  output: Operand,
  input: Operand,
  view: AxesView,
  affine: Affine,
  sink: MomentsSink | null,
): void {
  memoryFor(0, output, input).run(new NormalizeTiles(output, input, view, affine, sink));
}

/** Normalizes tiles of columns, each column by its own moments. Each row has a weight. */
class NormalizeTiles implements Plan<ColumnsTile> {
  readonly output: Operand;
  readonly input: Operand;
  readonly gradOutput = null;
  readonly strips: ColumnsOfSamples;
  readonly #affine: Affine;
  readonly #sink: MomentsSink | null;

  constructor(
    output: Operand,
    input: Operand,
    view: AxesView,
    affine: Affine,
    sink: MomentsSink | null,
  ) {
    this.output = output;
    this.input = input;
    this.strips = new ColumnsOfSamples(view);
    this.#affine = affine;
    this.#sink = sink;
  }

  work(memory: Memory, { rows, length, first }: ColumnsTile, y: number, x: number): void {
    const { kernels, moments, lines, columnsAt } = memory;
    const { weight, bias } = this.#affine;
    moments.values.fill(0, 0, length * MOMENTS);
    kernels.addColumnMoments(moments.at, x, rows, length, columnsAt);
    this.#sink?.add(moments.values, first, length);
    prepareDeviations(memory, length, this.#affine);
    prepareRowLines(memory, length, this.#affine);
    kernels.applyColumns(y, x, lines.at, rows, length, columnsAt);
    if (weight === null && bias === null) return;
    // A weight and a bias are a line with a mean of 0.
    for (let row = 0; row < rows; row++) {
      lines.values[row * LINE] = 0;
      lines.values[row * LINE + 1] = weight?.[row] ?? 1;
      lines.values[row * LINE + 2] = bias?.[row] ?? 0;
    }
    kernels.applyRows(y, y, lines.at, rows, length, rows, 0);
  }
}
