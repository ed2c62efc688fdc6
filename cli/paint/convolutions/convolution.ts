import type { Kernels } from '../kernels/kernel-memory.ts';

/**
 * A convolution that is found row by row. A step takes `height` rows of padded input, which begin
 * `step` rows after those of the step before, and gives `gives` rows.
 */
export interface Convolution {
  readonly inputs: number;
  readonly outputs: number;
  /** The rows and columns that are added on each side of the input. */
  readonly padding: number;
  /** What they hold: the picture mirrored at its edge pixels, or its edge pixels. */
  readonly edge: 'mirrored' | 'repeated';
  readonly height: number;
  readonly step: number;
  readonly gives: number;
  /** As the kernels take them. */
  readonly weights: Float32Array;
  /** Multiply-adds of an output pixel. */
  readonly products: number;
  /** The rows, or columns, of the output for so many of the input. */
  sizeOf(size: number): number;
  /** The float32 that a step needs besides, for an input of a width. */
  scratch(width: number): number;
  /** Does a step. */
  run(kernels: Kernels, addresses: StepAddresses, width: number): void;
}

/** Where a step finds what it works on. */
export interface StepAddresses {
  /** (gives, output width, outputs). */
  readonly y: number;
  /** (height, width + 2 * padding, inputs). */
  readonly x: number;
  readonly weights: number;
  readonly scratch: number;
}

/** A kernel's weights as PyTorch has them: (outputs, inputs, height, width). */
export interface Weights {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

const BLOCK = 8;

/**
 * Lays weights out as the dense kernel takes them: (blocks of 8 outputs, height, width, inputs, 8),
 * with zeros for outputs that there are not.
 *
 * @param weightOf gives a weight
 */
export function inBlocks(
  [outputs, height, width, inputs]: readonly [number, number, number, number],
  weightOf: (output: number, row: number, column: number, input: number) => number,
): Float32Array {
  const blocks = Math.ceil(outputs / BLOCK);
  const packed = new Float32Array(blocks * BLOCK * height * width * inputs);
  let at = 0;
  for (let block = 0; block < blocks; block++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        for (let input = 0; input < inputs; input++) {
          for (let lane = 0; lane < BLOCK; lane++, at++) {
            const output = block * BLOCK + lane;
            if (output < outputs) packed[at] = weightOf(output, row, column, input);
          }
        }
      }
    }
  }
  return packed;
}

/** Returns what gives a weight of PyTorch's. */
export function readerOf({ data, shape }: Weights) {
  const [, inputs = 1, height = 1, width = 1] = shape;
  return (output: number, row: number, column: number, input: number): number =>
    data[((output * inputs + input) * height + row) * width + column] as number;
}
