import type { Problem } from '../problems/problem.ts';
import type { Effort } from '../reports/results.ts';

// What the machine of bench/NOTES.md takes, in seconds.
const BEFORE = 4; // to start the peers
const CALL = 4e-9; // for a call, an element: the mean over all contestants
const CHECK = 60e-9; // to check a contestant, an element
const REFERENCE = 250e-9; // to find what is right, an element

/** Foresees how many seconds a comparison takes, of so many contestants for each problem. */
export function foresee(
  problems: readonly Problem[],
  contestantsOf: (problem: Problem) => number,
  { rounds, seconds }: Effort,
): number {
  return problems.reduce((sum, problem) => {
    const { elements } = problem;
    const timing = (rounds + 1) * Math.max(seconds, CALL * elements);
    const each = timing + CHECK * elements;
    return sum + REFERENCE * elements + contestantsOf(problem) * each;
  }, BEFORE);
}
