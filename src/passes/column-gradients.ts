import type { Memory, Plan } from '../memory/memory.ts';
import type { GroupStrip, GroupStrips } from '../views/strips.ts';
import type { Differentiation } from './gradients.ts';
import { elementsOf, type Samples, stripsOfSamples } from './normalize-columns.ts';

/** Differentiates samples of columns that are normalized by their own moments. */
export class DifferentiateSamples implements Plan<GroupStrip> {
  readonly output: Float32Array;
  readonly input: Float32Array;
  readonly gradOutput: Float32Array;
  readonly strips: GroupStrips;
  readonly #samples: Samples;
  readonly #differentiation: Differentiation;

  /** @param stride from the first element of a sample to that of the next */
  constructor(differentiation: Differentiation, samples: Samples, stride: number) {
    this.output = elementsOf(differentiation.gradInput, samples, stride);
    this.input = elementsOf(differentiation.input, samples, stride);
    this.gradOutput = elementsOf(differentiation.gradOutput, samples, stride);
    this.#samples = samples;
    this.#differentiation = differentiation;
    this.strips = stripsOfSamples(samples, samples.columns);
  }

  work(memory: Memory, strip: GroupStrip, dx: number, x: number, g: number): void {
    const { kernels, sums, products, moments, lines, combinations } = memory;
    const { first, rows, columns, groupSize, period } = this.#samples;
    const { affine, parameters } = this.#differentiation;
    const channel = (first * columns + strip.channel) % period;
    kernels.differentiateColumns(
      dx,
      sums.at,
      products.at,
      moments.at,
      lines.at,
      combinations.at,
      g,
      x,
      memory.loadWeight(affine.weight, channel, strip.channels),
      strip.rows,
      rows,
      columns,
      groupSize,
      strip.channels,
      affine.eps,
    );
    const from = (first + strip.first) * columns;
    parameters.add(from, strip.rows * columns, sums.values, products.values);
  }
}
