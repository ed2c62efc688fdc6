import { gradientsOver } from '../kernels/gradients.ts';
import type { Memory, Plan } from '../memory/memory.ts';
import type { Operand } from '../memory/selection.ts';
import { MAX_CHANNELS, TILE_SIZE } from '../memory/sizes.ts';
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
  // Each channel has a line, also one of a single element.
  if (rows.groupSize > MAX_CHANNELS) return false;
  // The moments of a group are found in a tile alone.
  return fitsScratch(rows, rows.groupSize === 1 ? elementsOfStrip(differentiation) : TILE_SIZE);
}

/** Finds the gradients of rows by moments of their own, reading them from memory once. */
export function rowGradients(differentiation: Differentiation, rows: Rows): void {
  if (rows.length > 0) differentiation.memory.run(new DifferentiateStrips(differentiation, rows));
}

/** Returns the elements of a strip at most. */
function elementsOfStrip({ memory, gradInput, gradOutput, input }: Differentiation): number {
  const inPlace = memory.holdsAll({ output: gradInput, input, gradOutput });
  return inPlace ? Infinity : memory.tileSize;
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
    const capacity = capacityOf(rows, elementsOfStrip(differentiation));
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
