import type { Kernels } from '../kernels/kernel-memory.ts';
import {
  type Convolution,
  inBlocks,
  readerOf,
  type StepAddresses,
  type Weights,
} from './convolution.ts';

const SIZE = 9;
const COLOURS = 3;
/** What a pixel gives to the colours of nine pixels, and room for whole blocks of 8. */
const SHARES = 32;

/**
 * A 9x9 convolution to three colours of 0 to 1, by a sigmoid, over the input mirrored at its edges.
 * It is a 9x1 convolution with 27 outputs, whose shifted sums are the 9x9 one.
 *
 * @param weights (3, inputs, 9, 9)
 * @param bias 3 values
 */
export function colours(weights: Weights, bias: Float32Array): Convolution {
  const [, inputs = 0] = weights.shape;
  const weightOf = readerOf(weights);
  const columns = inBlocks([SIZE * COLOURS, SIZE, 1, inputs], (output, row, _, input) =>
    weightOf(output % COLOURS, row, Math.floor(output / COLOURS), input),
  );
  const packed = new Float32Array(columns.length + 4);
  packed.set(columns);
  packed.set(bias, columns.length);
  return {
    inputs,
    outputs: COLOURS,
    padding: (SIZE - 1) / 2,
    edge: 'mirrored',
    height: SIZE,
    step: 1,
    gives: 1,
    weights: packed,
    products: SIZE * SIZE * COLOURS * inputs,
    sizeOf: (length) => length,
    scratch: (width) => (width + SIZE - 1) * SHARES,
    run(kernels: Kernels, { y, x, weights: at, scratch }: StepAddresses, width: number) {
      const padded = width + SIZE - 1;
      const rowStep = padded * inputs;
      kernels.convolveDense(scratch, x, at, padded, SHARES, SIZE, inputs, rowStep, inputs, SHARES);
      kernels.addColours(y, scratch, at + columns.byteLength, width);
    },
  };
}
