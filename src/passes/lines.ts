import type { Memory } from '../memory/memory.ts';
import type { Scope } from '../views/scopes.ts';

/** What a normalization does beside subtracting a mean and dividing by a root. */
export interface Affine {
  /** Multiplies the normalized values, channel by channel; null: 1. */
  readonly weight: Float32Array | null;
  /** Is added then; null: 0. */
  readonly bias: Float32Array | null;
  /** Added to the variance, under the square root. */
  readonly eps: number;
  /** Whether moments are about the mean, or about 0 as in RMSNorm. */
  readonly centred: boolean;
}

/** Makes the lines of a scope from its states, each of which serves `share` channels. */
export function makeLines(
  memory: Memory,
  { first, channels }: Scope,
  share: number,
  { weight, bias, eps, centred }: Affine,
): void {
  const period = weight?.length ?? bias?.length ?? channels;
  const count = Math.min(period, channels);
  memory.kernels.makeLines(
    memory.linesAt,
    memory.statesAt,
    memory.loadWeight(weight, first % period, count),
    memory.loadBias(bias, first % period, count),
    channels,
    share,
    0,
    count,
    eps,
    centred,
  );
}

/** Sends a scope along its lines. */
export function applyLines(
  memory: Memory,
  output: Float32Array,
  input: Float32Array,
  scope: Scope,
): void {
  for (const view of scope.views) view.apply(memory, output, input);
}
