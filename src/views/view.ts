import type { Memory } from '../memory/memory.ts';

/**
 * Elements of a tensor, seen channel by channel. Each of the channels has a
 * state, a line, two sums and a combination of its own in the memory, at the
 * same index.
 *
 * The normalized input z is what the lines make of the input.
 */
export interface View {
  /** At most MAX_CHANNELS. */
  readonly channels: number;
  /** Adds the moments of the input to the states; `wide`: in float64 throughout. */
  addMoments(memory: Memory, input: Float32Array, wide?: boolean): void;
  /** Sends the input along the lines. */
  apply(memory: Memory, output: Float32Array, input: Float32Array): void;
  /** Adds the gradient g of the output to the sums, and g * z to the products. */
  addGradientSums(memory: Memory, gradOutput: Float32Array, input: Float32Array): void;
  /** Combines g and z into the gradient of the input. */
  combine(
    memory: Memory,
    gradInput: Float32Array,
    gradOutput: Float32Array,
    input: Float32Array,
  ): void;
}
