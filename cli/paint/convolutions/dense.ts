import type { Kernels } from '../kernels/kernel-memory.ts';
import {
  type Convolution,
  inBlocks,
  readerOf,
  type StepAddresses,
  type Weights,
} from './convolution.ts';

/**
 * A convolution of all channels, over the input mirrored at its edges.
 *
 * @param weights (outputs, inputs, size, size), with an odd size and outputs that are a multiple
 *   of 8
 */
export function dense(weights: Weights, stride: number): Convolution {
  const [outputs = 0, inputs = 0, size = 0] = weights.shape;
  const padding = (size - 1) / 2;
  return {
    inputs,
    outputs,
    padding,
    edge: 'mirrored',
    height: size,
    step: stride,
    gives: 1,
    weights: inBlocks([outputs, size, size, inputs], readerOf(weights)),
    products: size * size * inputs * outputs,
    sizeOf: (length) => Math.ceil(length / stride),
    scratch: () => 0,
    run(kernels: Kernels, { y, x, weights: at }: StepAddresses, width: number) {
      const rowStep = (width + 2 * padding) * inputs;
      const pixels = Math.ceil(width / stride);
      const [run, xStep] = [size * inputs, stride * inputs];
      kernels.convolveDense(y, x, at, pixels, outputs, size, run, rowStep, xStep, outputs);
    },
  };
}
