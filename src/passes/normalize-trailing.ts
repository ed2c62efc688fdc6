import type { Output } from '../tensor/output.ts';
import type { AnyTensor, CheckedTensor } from '../tensor/tensor.ts';
import type { Affine } from './lines.ts';
import { normalizeInStrips } from './normalize-rows.ts';

/** Checked arguments of layer and RMS normalization. */
export interface TrailingArguments {
  readonly input: CheckedTensor;
  readonly output: Output;
  readonly affine: Affine;
  /** How often the normalized dimensions occur. */
  readonly rows: number;
  /** The elements of the normalized dimensions. */
  readonly length: number;
}

/** Normalizes each row. */
export function normalizeTrailing(args: TrailingArguments): AnyTensor {
  const { input, output, affine, rows, length } = args;
  // To the kernel of rows each element is a channel.
  const view = { count: rows, groupSize: length, length: 1, period: length };
  normalizeInStrips(output.data, input.data, view, affine, null);
  return output.tensor;
}
