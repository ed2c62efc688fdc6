import type { Memory, Plan, Strips } from '../memory/memory.ts';
import type { Operand } from '../memory/selection.ts';
import type { MomentsSink } from '../statistics/record.ts';
import type { ColumnStrip } from '../views/column-strips.ts';
import type { FewRows } from './few-rows.ts';
import type { Affine } from './lines.ts';

/** Normalizes columns of few rows. */
export class NormalizeColumns implements Plan<ColumnStrip> {
  readonly output: Operand;
  readonly input: Operand;
  readonly gradOutput = null;
  readonly strips: Strips<ColumnStrip>;
  readonly #columns: FewRows;
  readonly #affine: Affine;
  readonly #sink: MomentsSink | null;

  /** @param sink is given the moments of each channel or group, where it is not null */
  constructor(
    output: Operand,
    input: Operand,
    columns: FewRows,
    affine: Affine,
    sink: MomentsSink | null,
  ) {
    this.output = output;
    this.input = input;
    this.strips = columns.strips;
    this.#columns = columns;
    this.#affine = affine;
    this.#sink = sink;
  }

  work(memory: Memory, strip: ColumnStrip, y: number, x: number): void {
    const { kernels, moments, parts, lines, sums, products } = memory;
    const { samples, columns, first, channel, channels } = strip;
    const { rows, width, groupSize } = this.#columns;
    const { weight, bias, eps } = this.#affine;
    kernels.normalizeColumns(
      y,
      this.#sink === null ? 0 : moments.at,
      parts.at,
      lines.at,
      sums.at,
      products.at,
      x,
      memory.loadWeight(weight, channel, channels),
      memory.loadBias(bias, channel, channels),
      samples,
      rows,
      columns,
      width,
      groupSize,
      channels,
      eps,
    );
    this.#sink?.add(moments.values, first / groupSize, (samples * columns) / groupSize);
  }
}
