import type { Instances } from '../kernels/kernels.ts';
import { type Memory, memoryFor } from '../memory/memory.ts';
import type { Operand } from '../memory/selection.ts';
import { HALF_TILE } from '../memory/sizes.ts';
import { type AxesView, ColumnsOfSamples } from '../views/axes.ts';

/** Work on rows that lie one after the other. The result goes where x lies, or elsewhere. */
export type RowWork = (
  memory: Memory,
  y: number,
  x: number,
  g: number,
  rows: number,
  length: number,
) => void;

/** The kernel of transposition in a module that the caller loads anyway. */
export type Transpose = (
  instances: Instances,
) => (
  y: number,
  x: number,
  rows: number,
  columns: number,
  yStride: number,
  xStride: number,
) => void;

/**
 * Does work on the dimensions of a view, which lie together: tiles of columns become rows while
 * they are in the cache, and columns again.
 */
export function runTransposed(
  output: Operand,
  input: Operand,
  gradOutput: Operand | null,
  view: AxesView,
  transposeOf: Transpose,
  work: RowWork,
): void {
  const memory = memoryFor(0, output, gradOutput ?? input, input);
  memory.run({
    strips: new ColumnsOfSamples(view, HALF_TILE),
    output,
    input,
    gradOutput,
    takesStrides: true,
    work(memory, { rows, length, stride }, y, x, g) {
      const { instances, spareAt, otherSpareAt } = memory;
      const transpose = transposeOf(instances);
      const strideOf = (array: Operand) => (memory.holds(array) ? stride : length);
      transpose(spareAt, x, rows, length, rows, strideOf(input));
      if (gradOutput) transpose(otherSpareAt, g, rows, length, rows, strideOf(gradOutput));
      work(memory, spareAt, spareAt, otherSpareAt, length, rows);
      transpose(y, spareAt, length, rows, strideOf(output), rows);
    },
  });
}
