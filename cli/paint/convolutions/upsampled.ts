import type { Kernels } from '../kernels/kernel-memory.ts';
import {
  type Convolution,
  inBlocks,
  readerOf,
  type StepAddresses,
  type Weights,
} from './convolution.ts';

const BYTES = 4;

/**
 * A 3x3 convolution of a picture enlarged twice by repeating its pixels, and mirrored at its edges
 * then.
 *
 * Of the nine taps of an output several lie on the same pixel of the small picture. Their weights
 * are added beforehand: so each of the four outputs in a pixel's place has 2x2 taps, and 4/9 of the
 * multiplications are left. The mirrored rows of the large picture are the edge rows of the small.
 *
 * @param weights (outputs, inputs, 3, 3), with outputs that are a multiple of 8
 */
export function upsampled(weights: Weights): Convolution {
  const [outputs = 0, inputs = 0] = weights.shape;
  const weightOf = readerOf(weights);
  // The taps of an even row, or column, of the output that lie on the pixel before and on its own;
  // those of an odd one on its own and on the one after.
  const taps = [
    [[0], [1, 2]],
    [[0, 1], [2]],
  ] as const;
  const parts: Float32Array[] = [];
  for (const rows of taps) {
    for (const columns of taps) {
      parts.push(
        inBlocks([outputs, 2, 2, inputs], (output, row, column, input) => {
          let sum = 0;
          for (const i of rows[row] ?? []) {
            for (const j of columns[column] ?? []) sum += weightOf(output, i, j, input);
          }
          return sum;
        }),
      );
    }
  }
  const partSize = 4 * inputs * outputs;
  const packed = new Float32Array(4 * partSize);
  for (const [i, part] of parts.entries()) packed.set(part, i * partSize);
  return {
    inputs,
    outputs,
    padding: 1,
    edge: 'repeated',
    height: 3,
    step: 1,
    gives: 2,
    weights: packed,
    products: 4 * inputs * outputs,
    sizeOf: (length) => 2 * length,
    scratch: () => 0,
    run(kernels: Kernels, { y, x, weights: at }: StepAddresses, width: number) {
      const rowStep = (width + 2) * inputs;
      for (let part = 0; part < 4; part++) {
        const [row, column] = [part >> 1, part & 1];
        const to = y + BYTES * outputs * (row * 2 * width + column);
        const from = x + BYTES * (row * rowStep + column * inputs);
        const weight = at + BYTES * part * partSize;
        const run = 2 * inputs;
        kernels.convolveDense(
          to,
          from,
          weight,
          width,
          outputs,
          2,
          run,
          rowStep,
          inputs,
          2 * outputs,
        );
      }
    },
  };
}
