import type { Contestant } from '../contestants/contestant.ts';
import { type Exercise, exercise } from '../problems/exercise.ts';
import type { Problem } from '../problems/problem.ts';
import { shapeName } from '../problems/shapes.ts';
import { median } from '../reports/median.ts';
import type { Effort } from '../reports/results.ts';
import type { Comparison, SpeedFinding } from '../reports/speed-findings.ts';
import { spellError } from '../reports/spelling.ts';
import { secondsPerCall } from './seconds-per-call.ts';
import { worstError } from './worst-error.ts';

type Errors = Pick<SpeedFinding, 'error' | 'errorFarFromZero'>;

const FAR_FROM_ZERO = 1e4;
// Float32 sums over millions of values around zero lose less; every other mistake costs more.
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
  const { name, shape, bytes } = problem;
  const far = exercise(problem, FAR_FROM_ZERO);
  const near = exercise(problem, 0);
  const errors = new Map<Contestant, Errors>();
  const leftOut: Comparison['leftOut'][number][] = [];
  for (const contestant of contestants) {
    try {
      // The data to be timed are loaded last, and stay loaded.
      const errorFarFromZero = await worstErrorOf(contestant, far);
      const error = await worstErrorOf(contestant, near);
      if (!(error < WRONG))
        throw new Error(`its result is off by ${spellError(error)} of max(1, |y*|).`);
      errors.set(contestant, { error, errorFarFromZero });
    } catch (error) {
      leftOut.push({ contestant: contestant.name, reason: (error as Error).message });
    }
  }
  const samples = await timeInTurns([...errors.keys()], effort);
  const findings = [...errors].map(([contestant, errors]) => {
    const secondsPerCall = median(samples.get(contestant) ?? []);
    return { contestant: contestant.name, secondsPerCall, ...errors };
  });
  return { problem: name, shape: shapeName(shape), bytes, findings, leftOut };
}

async function worstErrorOf(
  contestant: Contestant,
  { inputs, expected }: Exercise,
): Promise<number> {
  await contestant.load(inputs);
  await contestant.call();
  const results = await contestant.results();
  if (results.length > 0 && results.length !== expected.length) return Number.NaN;
  const errors = results.map((actual, i) => worstError(actual, expected[i] as Float64Array));
  return Math.max(0, ...errors);
}

async function timeInTurns(
  contestants: readonly Contestant[],
  { rounds, seconds }: Effort,
): Promise<Map<Contestant, number[]>> {
  const samples = new Map<Contestant, number[]>(contestants.map((each) => [each, []]));
  // The first round warms up every compiler, and is not counted.
  for (let round = -1; round < rounds; round++) {
    // Each round begins with another contestant, so that none always follows the same one.
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
