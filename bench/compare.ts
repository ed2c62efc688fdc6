import { normals, uniforms } from '../test/random.ts';
import { secondsPerCall } from './benny.ts';
import type { Contestant, Inputs, Problem } from './contestants/contestant.ts';
import { shapeName, sizeOf } from './shapes.ts';

/** How long each contestant is timed: so many times, so many seconds. */
export interface Effort {
  readonly rounds: number;
  readonly seconds: number;
}

/** What was found of one contestant. */
export interface Finding {
  readonly contestant: string;
  /** The median of all samples. */
  readonly secondsPerCall: number;
  readonly gigabytesPerSecond: number;
  /** The worst |y - y*| / max(1, |y*|) on the data; null where nothing is computed. */
  readonly error: number | null;
  /** The same on data of mean 1e4 and standard deviation 1. */
  readonly errorFarFromZero: number | null;
}

/** What was found of all contestants for one problem, in the same run. */
export interface Comparison {
  readonly operation: string;
  readonly shape: string;
  readonly elements: number;
  readonly findings: readonly Finding[];
  readonly leftOut: readonly { readonly contestant: string; readonly reason: string }[];
}

const FAR_FROM_ZERO = 1e4;
// Above what any float32 formula loses on data around zero, below any wrong answer.
const WRONG = 1e-3;

/**
 * Checks each contestant's result against float64, leaves out those that fail,
 * and times the others in turns, so that noise on the machine falls on all of them.
 */
export async function compare(
  problem: Problem,
  contestants: readonly Contestant[],
  effort: Effort,
): Promise<Comparison> {
  const { operation, shape } = problem;
  const leftOut: Comparison['leftOut'][number][] = [];
  const checked: {
    contestant: Contestant;
    error: number | null;
    errorFarFromZero: number | null;
  }[] = [];
  const far = exercise(problem, FAR_FROM_ZERO);
  const near = exercise(problem, 0);
  for (const contestant of contestants) {
    try {
      const errorFarFromZero = await worstError(contestant, far);
      const error = await worstError(contestant, near);
      if (!((error ?? 0) < WRONG)) throw new Error(`its result is off by ${error}`);
      checked.push({ contestant, error, errorFarFromZero });
    } catch (error) {
      leftOut.push({ contestant: contestant.name, reason: (error as Error).message });
    }
  }
  const samples = await timeInTurns(
    checked.map(({ contestant }) => contestant),
    effort,
  );
  const elements = sizeOf(shape);
  const findings = checked.map(({ contestant, error, errorFarFromZero }, i): Finding => {
    const seconds = median(samples[i] as number[]);
    return {
      contestant: contestant.name,
      secondsPerCall: seconds,
      gigabytesPerSecond: (elements * operation.bytesPerElement) / seconds / 1e9,
      error,
      errorFarFromZero,
    };
  });
  return { operation: operation.name, shape: shapeName(shape), elements, findings, leftOut };
}

interface Exercise {
  readonly inputs: Inputs;
  readonly expected: Float64Array;
}

function exercise({ operation, shape }: Problem, mean: number): Exercise {
  const inputs = inputsOf(operation.parameters(shape), sizeOf(shape), mean);
  return { inputs, expected: operation.reference(inputs, shape) };
}

async function worstError(
  contestant: Contestant,
  { inputs, expected }: Exercise,
): Promise<number | null> {
  await contestant.load(inputs);
  await contestant.call();
  const result = await contestant.result();
  return result && worstDifference(result, expected);
}

function inputsOf(parameters: number, elements: number, mean: number): Inputs {
  return {
    x: normals(elements, 1, mean),
    weight: uniforms(parameters, 2, 0.5, 1),
    bias: uniforms(parameters, 3, -0.5, 0.5),
  };
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
): Promise<number[][]> {
  const samples: number[][] = contestants.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      // Each round begins with the next contestant: none always follows the same one cold.
      const i = (round + turn) % contestants.length;
      const contestant = contestants[i] as Contestant;
      const found = contestant.secondsPerCall
        ? await contestant.secondsPerCall(seconds)
        : await secondsPerCall(() => contestant.call(), seconds);
      samples[i]?.push(...found);
    }
  }
  return samples;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}
