import type { Kernels } from '../kernels/kernel-memory.ts';
import {
  type Convolution,
  inBlocks,
  readerOf,
  type StepAddresses,
  type Weights,
} from './convolution.ts';

const SIZE = 3;

/**
 * A convolution of each channel by itself with 3x3 taps, over the input mirrored at its edges, and
 * one of all channels of each pixel.
 *
 * @param depthwise (inputs, 1, 3, 3), with inputs that are a multiple of 4
 * @param pointwise (outputs, inputs, 1, 1), with outputs that are a multiple of 8
 */
export function separable(depthwise: Weights, pointwise: Weights): Convolution {
  const [outputs = 0, inputs = 0] = pointwise.shape;
  const tap = readerOf(depthwise);
  const taps = Float32Array.from({ length: SIZE * SIZE * inputs }, (_, i) => {
    const [place, channel] = [Math.floor(i / inputs), i % inputs];
    return tap(channel, Math.floor(place / SIZE), place % SIZE, 0);
  });
  const mixing = inBlocks([outputs, 1, 1, inputs], readerOf(pointwise));
  const weights = new Float32Array(taps.length + mixing.length);
  weights.set(taps);
  weights.set(mixing, taps.length);
  return {
    inputs,
    outputs,
    padding: 1,
    edge: 'mirrored',
    height: SIZE,
    step: 1,
    gives: 1,
    weights,
    products: SIZE * SIZE * inputs + inputs * outputs,
    sizeOf: (length) => length,
    scratch: (width) => width * inputs,
    run(kernels: Kernels, { y, x, weights: at, scratch }: StepAddresses, width: number) {
      kernels.convolveDepthwise(scratch, x, at, width, inputs, (width + 2) * inputs);
      const mixingAt = at + taps.byteLength;
      kernels.convolveDense(y, scratch, mixingAt, width, outputs, 1, inputs, 0, inputs, outputs);
    },
  };
}
