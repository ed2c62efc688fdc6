import type { Contestant } from '../contestants/contestant.ts';
import { expectedOf, type Inputs, inputsOf, type Problem } from '../problems/problem.ts';
import { shapeName } from '../problems/shapes.ts';
import { median } from './median.ts';
import { secondsPerCall } from './seconds-per-call.ts';

/** How long each contestant is timed: so many times, so many seconds. */
export interface Effort {
  readonly rounds: number;
  readonly seconds: number;
}

/** How far a contestant's results are off: the worst |y - y*| / max(1, |y*|). */
interface Errors {
  readonly error: number;
  /** The same on data of mean 1e4 and standard deviation 1. */
  readonly errorFarFromZero: number;
}

/** What was found of one contestant. */
export interface Finding extends Errors {
  readonly contestant: string;
  /** The median of all samples. */
  readonly secondsPerCall: number;
  readonly gigabytesPerSecond: number;
}

/** What was found of all contestants for one problem, in the same run. */
export interface Comparison {
  readonly problem: string;
  readonly shape: string;
  readonly elements: number;
  readonly findings: readonly Finding[];
  readonly leftOut: readonly { readonly contestant: string; readonly reason: string }[];
}

const FAR_FROM_ZERO = 1e4;
// More than float32 sums lose on millions of values around zero, less than any other mistake.
const WRONG = 0.1;

/**
 * Checks each contestant's results against float64, leaves out those that fail,
 * and times the others in turns, so that noise on the machine falls on all of them.
 */
export async function compare(
  problem: Problem,
  contestants: readonly Contestant[],
  effort: Effort,
): Promise<Comparison> {
  const { name, shape, elements, bytes } = problem;
  const far = exercise(problem, FAR_FROM_ZERO);
  const near = exercise(problem, 0);
  const errors = new Map<Contestant, Errors>();
  const leftOut: Comparison['leftOut'][number][] = [];
  for (const contestant of contestants) {
    try {
      // The data that is timed comes last, and stays.
      const errorFarFromZero = await worstError(contestant, far);
      const error = await worstError(contestant, near);
      if (!(error < WRONG)) throw new Error(`its result is off by ${error}.`);
      errors.set(contestant, { error, errorFarFromZero });
    } catch (error) {
      leftOut.push({ contestant: contestant.name, reason: (error as Error).message });
    }
  }
  const samples = await timeInTurns([...errors.keys()], effort);
  const findings = [...errors].map(([contestant, errors]) => {
    const secondsPerCall = median(samples.get(contestant) ?? []);
    const gigabytesPerSecond = bytes / secondsPerCall / 1e9;
    return { contestant: contestant.name, secondsPerCall, gigabytesPerSecond, ...errors };
  });
  return { problem: name, shape: shapeName(shape), elements, findings, leftOut };
}

interface Exercise {
  readonly inputs: Inputs;
  readonly expected: readonly Float64Array[];
}

function exercise(problem: Problem, mean: number): Exercise {
  const inputs = inputsOf(problem, mean);
  return { inputs, expected: expectedOf(problem, inputs) };
}

async function worstError(contestant: Contestant, { inputs, expected }: Exercise): Promise<number> {
  await contestant.load(inputs);
  await contestant.call();
  const results = await contestant.results();
  if (results.length > 0 && results.length !== expected.length) return Number.NaN;
  const errors = results.map((actual, i) => worstDifference(actual, expected[i] as Float64Array));
  return Math.max(0, ...errors);
}

function worstDifference(actual: Float32Array, expected: Float64Array): number {
  if (actual.length !== expected.length) return Number.NaN;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const y = expected[i] as number;
    const error = Math.abs((actual[i] as number) - y) / Math.max(1, Math.abs(y));
    if (!(error <= worst)) worst = error;
    if (Number.isNaN(worst)) break;
  }
  return worst;
}

async function timeInTurns(
  contestants: readonly Contestant[],
  { rounds, seconds }: Effort,
): Promise<Map<Contestant, number[]>> {
  const samples = new Map<Contestant, number[]>(contestants.map((each) => [each, []]));
  // The first round is for the compilers of all, and is not counted.
  for (let round = -1; round < rounds; round++) {
    // Each round begins with the next one: none always follows the same one's cold caches.
    const first = Math.max(0, round) % contestants.length;
    for (const contestant of [...contestants.slice(first), ...contestants.slice(0, first)]) {
      const found = contestant.secondsPerCall
        ? await contestant.secondsPerCall(seconds)
        : await secondsPerCall(() => contestant.call(), seconds);
      if (round >= 0) samples.get(contestant)?.push(...found);
    }
  }
  return samples;
}
