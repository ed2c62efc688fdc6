import type { Memory } from '../memory/memory.ts';
import { STATE } from '../memory/sizes.ts';
import type { Scope } from '../views/scopes.ts';

/** Is shown the states of consecutive rows or channels before others overwrite them. */
export type StatesVisitor = (states: Float64Array, first: number, count: number) => void;

/** Fills the states of a scope with the moments of its channels; `wide`: in float64 throughout. */
export function findMoments(memory: Memory, input: Float32Array, scope: Scope, wide = false): void {
  memory.states.fill(0, 0, scope.channels * STATE);
  for (const view of scope.views) view.addMoments(memory, input, wide);
}

/** Merges the states of each `share` consecutive channels of a scope into one. */
export function mergeGroups(memory: Memory, { channels }: Scope, share: number): void {
  if (share === 1) return;
  const { kernels, states, parts, statesAt, partsAt } = memory;
  const groups = channels / share;
  parts.set(states.subarray(0, channels * STATE));
  states.fill(0, 0, groups * STATE);
  kernels.mergeMoments(statesAt, partsAt, channels, share, groups);
}

/** Sets the states of a scope to given means and variances, which repeat. */
export function setStates(
  memory: Memory,
  { first, channels }: Scope,
  mean: ArrayLike<number>,
  variance: ArrayLike<number>,
): void {
  const { states } = memory;
  for (let i = 0; i < channels; i++) {
    const from = (first + i) % mean.length;
    states[i * STATE] = 1;
    states[i * STATE + 1] = mean[from] as number;
    states[i * STATE + 2] = variance[from] as number;
    states[i * STATE + 3] = 0;
  }
}
