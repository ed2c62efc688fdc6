import { normals, uniforms } from '../../test/support/random.ts';
import { gradientReference } from './gradient-reference.ts';
import type { Inputs } from './operation.ts';
import type { Problem } from './problem.ts';

/** The inputs of a problem, seeded and so the same in every run, and their results in float64. */
export interface Exercise {
  readonly inputs: Inputs;
  /** y, or the gradients of x, of weight and, except for RMSNorm, of bias. */
  readonly expected: readonly Float64Array[];
}

/** Makes inputs in which x has the given mean and a standard deviation of 1. */
export function exercise(problem: Problem, mean: number): Exercise {
  const inputs = inputsOf(problem, mean);
  const expected =
    problem.pass === 'forward'
      ? [problem.operation.reference(inputs, problem)]
      : gradientReference(problem, inputs);
  return { inputs, expected };
}

/** Makes the inputs alone. */
export function inputsOf({ operation, pass, elements, channels }: Problem, mean: number): Inputs {
  return {
    x: normals(elements, 1, mean),
    gradOutput: normals(pass === 'backward' ? elements : 0, 2),
    weight: uniforms(channels, 3, 0.5, 1),
    // RMSNorm has no bias.
    bias: uniforms(channels, 4, -0.5, 0.5).map((b) =>
      operation.statistics === 'mean square' ? 0 : b,
    ),
    runningMean: new Float32Array(channels).fill(mean),
    runningVar: new Float32Array(channels).fill(1),
  };
}
