import type { Elements } from '../memory/elements.ts';
import type { Memory, Plan, Strips } from '../memory/memory.ts';
import { part } from '../memory/tile.ts';
import type { ColumnStrip } from '../views/column-strips.ts';
import type { Differentiation } from './gradients.ts';
import type { FewRows } from './normalize-columns.ts';

/** Differentiates columns of few rows that are normalized by their own moments. */
export class DifferentiateColumns implements Plan<ColumnStrip> {
  readonly output: Elements;
  readonly input: Elements;
  readonly gradOutput: Elements;
  readonly strips: Strips<ColumnStrip>;
  readonly #columns: FewRows;
  readonly #differentiation: Differentiation;

  constructor(differentiation: Differentiation, columns: FewRows) {
    const { gradInput, input, gradOutput } = differentiation;
    const { start, count } = columns;
    this.output = part(gradInput, start, count);
    this.input = part(input, start, count);
    this.gradOutput = part(gradOutput, start, count);
    this.strips = columns.strips;
    this.#columns = columns;
    this.#differentiation = differentiation;
  }

  work(memory: Memory, strip: ColumnStrip, dx: number, x: number, g: number): void {
    const { kernels, sums, products, moments, lines, combinations } = memory;
    const { samples, columns, first, channel, channels } = strip;
    const { rows, groupSize, width } = this.#columns;
    const { affine, parameters } = this.#differentiation;
    kernels.differentiateColumns(
      dx,
      sums.at,
      products.at,
      moments.at,
      lines.at,
      combinations.at,
      g,
      x,
      memory.loadWeight(affine.weight, channel, channels, width),
      samples,
      rows,
      columns,
      groupSize,
      channels * width,
      affine.eps,
    );
    const count = (samples * columns) / width;
    parameters.add(first, count, sums.values, products.values, width);
  }
}
