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
  const memory = memoryFor(0, output, input);
  if (sink === null && affine.deviation === null && memory.holds(input) && memory.holds(output)) {
    const { samples, length, apart } = view;
    const { width } = new ColumnsOfSamples(view);
    if (apart === 0) return;
    const [y, x] = [output.byteOffset, input.byteOffset];
    normalizeTiles(memory, affine, y, x, samples, length, apart, width);
    return;
  }
  memory.run(new NormalizeTiles(output, input, view, affine, sink));
}

/** Normalizes the columns of matrices, so many at once, by moments that the kernel finds. */
function normalizeTiles(
  memory: Memory,
  { weight, bias, eps, centred }: Affine,
  y: number,
  x: number,
  samples: number,
  rows: number,
  columns: number,
  width: number,
): void {
  memory.kernels.normalizeTiles(
    y,
    memory.moments.at,
    memory.lines.at,
    memory.combinations.at,
    memory.tileAt,
    x,
    memory.loadWeight(weight, 0, rows),
    memory.loadBias(bias, 0, rows),
    samples,
    rows,
    columns,
    columns,
    width,
    eps,
    centred,
    memory.columnsAt,
  );
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
    const { weight, bias, deviation } = this.#affine;
    if (deviation === null) {
      normalizeTiles(memory, this.#affine, y, x, 1, rows, length, length);
      this.#sink?.add(moments.values, first, length);
      return;
    }
    moments.values.fill(0, 0, length * MOMENTS);
    kernels.addColumnMoments(moments.at, x, rows, length, columnsAt);
    this.#sink?.add(moments.values, first, length);
    prepareDeviations(memory, length, this.#affine);
    prepareRowLines(memory, length, this.#affine);
    kernels.applyColumns(y, x, lines.at, rows, length, length, columnsAt);
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
