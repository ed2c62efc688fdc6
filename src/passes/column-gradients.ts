import { gradientsOver } from '../kernels/gradients.ts';
import type { Memory, Plan, Strips } from '../memory/memory.ts';
import type { Operand } from '../memory/selection.ts';
import type { ColumnStrip } from '../views/column-strips.ts';
import type { FewRows } from './few-rows.ts';
import type { Differentiation } from './gradients.ts';

/** Differentiates columns of few rows. */
export class DifferentiateColumns implements Plan<ColumnStrip> {
  readonly output: Operand;
  readonly input: Operand;
  readonly gradOutput: Operand;
  readonly strips: Strips<ColumnStrip>;
  readonly #columns: FewRows;
  readonly #differentiation: Differentiation;

  constructor(differentiation: Differentiation, columns: FewRows) {
    const { gradInput, input, gradOutput } = differentiation;
    this.output = gradInput;
    this.input = input;
    this.gradOutput = gradOutput;
    this.strips = columns.strips;
    this.#columns = columns;
    this.#differentiation = differentiation;
  }

  work(memory: Memory, strip: ColumnStrip, dx: number, x: number, g: number): void {
    const { sums, products, moments, parts, lines, combinations } = memory;
    const { samples, columns, first, channel, channels } = strip;
    const { rows, width, groupSize } = this.#columns;
    const { affine, parameters } = this.#differentiation;
    gradientsOver(memory.instances).differentiateColumns(
      dx,
      sums.at,
      products.at,
      parts.at,
      lines.at,
      moments.at,
      combinations.at,
      g,
      x,
      memory.loadWeight(affine.weight, channel, channels),
      samples,
      rows,
      columns,
      width,
      groupSize,
      channels,
      affine.eps,
    );
    const count = samples * columns;
    parameters.add(first, count, sums.values, products.values);
  }
}
