import { gradientsOver } from '../kernels/gradients.ts';
import type { Memory, Plan } from '../memory/memory.ts';
import type { Operand } from '../memory/selection.ts';
import { MAX_CHANNELS } from '../memory/sizes.ts';
import {
  capacityOf,
  fitsScratch,
  type GroupStrip,
  GroupStrips,
  type Rows,
} from '../views/strips.ts';
import type { Differentiation } from './gradients.ts';

/** Says whether the scratch holds a row, so that {@link rowGradients} can take rows. */
export function fitsRowGradients(differentiation: Differentiation, rows: Rows): boolean {
  return fitsScratch(rows, isInPlace(differentiation, rows));
}

/** Finds the gradients of rows by moments of their own, reading them from memory once. */
export function rowGradients(differentiation: Differentiation, rows: Rows): void {
  if (rows.length > 0) differentiation.memory.run(new DifferentiateStrips(differentiation, rows));
}

/** Says whether strips need not be copied. The moments of a group are found in a tile alone. */
function isInPlace(
  { memory, gradInput, gradOutput, input }: Differentiation,
  { groupSize }: Rows,
): boolean {
  return (
    groupSize === 1 && memory.holds(gradInput) && memory.holds(gradOutput) && memory.holds(input)
  );
}

/** Differentiates strips of rows. */
class DifferentiateStrips implements Plan<GroupStrip> {
  readonly output: Operand;
  readonly input: Operand;
  readonly gradOutput: Operand;
  readonly strips: GroupStrips;
  readonly #rows: Rows;
  readonly #differentiation: Differentiation;

  constructor(differentiation: Differentiation, rows: Rows) {
    this.output = differentiation.gradInput;
    this.input = differentiation.input;
    this.gradOutput = differentiation.gradOutput;
    this.#rows = rows;
    this.#differentiation = differentiation;
    const capacity = capacityOf(rows, isInPlace(differentiation, rows));
    const channels = Math.floor(MAX_CHANNELS / rows.groupSize);
    this.strips = new GroupStrips(rows, Math.min(capacity, channels));
  }

  work(memory: Memory, strip: GroupStrip, dx: number, x: number, g: number): void {
    const { sums, products, moments, lines, combinations } = memory;
    const { first, rows, channel, channels } = strip;
    const { groupSize, length } = this.#rows;
    const { affine, parameters } = this.#differentiation;
    gradientsOver(memory.instances).differentiateRows(
      dx,
      sums.at,
      products.at,
      moments.at,
      lines.at,
      combinations.at,
      g,
      x,
      memory.loadWeight(affine.weight, channel, channels),
      rows,
      groupSize,
      length,
      channels,
      affine.eps,
    );
    parameters.add(first * groupSize, rows * groupSize, sums.values, products.values);
  }
}
