import { normals, uniforms } from '../../test/support/random.ts';
import { gradientReference } from './gradient-reference.ts';
import type { Operation } from './operations.ts';
import { inLayout, type Layout, type Shape, sizeOf } from './shapes.ts';

export type Pass = 'forward' | 'backward';

/** What every contestant is given; all of it seeded, and the same in every run. */
export interface Inputs {
  /** The tensor to normalize, row-major. */
  readonly x: Float32Array;
  /** The gradient of the result; empty in a forward pass. */
  readonly gradOutput: Float32Array;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly runningMean: Float32Array;
  readonly runningVar: Float32Array;
}

/** Where an operation takes place. */
export interface Place {
  readonly shape: Shape;
  readonly layout: Layout;
  /** C, or the number of features of a token. */
  readonly channels: number;
}

/** An operation on a tensor of one shape, forward or backward. */
export interface Problem extends Place {
  readonly name: string;
  readonly operation: Operation;
  readonly pass: Pass;
  readonly elements: number;
  /** Bytes read and written: 4 for each element of x, y and the two gradients that take part. */
  readonly bytes: number;
}

/** All problems of an operation. */
export function problemsOf(operation: Operation): readonly Problem[] {
  const passes: readonly Pass[] = ['forward', 'backward'];
  return operation.layouts.flatMap((layout) =>
    passes.flatMap((pass) =>
      operation.shapes.map((shape) => problem(operation, layout, pass, shape)),
    ),
  );
}

function problem(operation: Operation, layout: Layout, pass: Pass, given: Shape): Problem {
  const shape = inLayout(given, layout);
  const elements = sizeOf(shape);
  const channels = shape.at(operation.sharing !== 'row' && layout === 'nchw' ? 1 : -1) as number;
  const name = [operation.name, pass === 'backward' && 'backward', layout === 'nhwc' && 'nhwc']
    .filter(Boolean)
    .join(', ');
  const bytes = elements * (pass === 'forward' ? 8 : 12);
  return { name, operation, layout, pass, shape, channels, elements, bytes };
}

/** Makes the inputs of a problem, x of a mean and a standard deviation of 1. */
export function inputsOf({ operation, pass, elements, channels }: Problem, mean: number): Inputs {
  return {
    x: normals(elements, 1, mean),
    gradOutput: normals(pass === 'backward' ? elements : 0, 2),
    weight: uniforms(channels, 3, 0.5, 1),
    // RMSNorm has none.
    bias: uniforms(channels, 4, -0.5, 0.5).map((b) =>
      operation.statistics === 'mean square' ? 0 : b,
    ),
    runningMean: new Float32Array(channels).fill(mean),
    runningVar: new Float32Array(channels).fill(1),
  };
}

/** The results in float64: y, or the gradients of x, weight and, where there is one, bias. */
export function expectedOf(problem: Problem, inputs: Inputs): readonly Float64Array[] {
  return problem.pass === 'forward'
    ? [problem.operation.reference(inputs, problem)]
    : gradientReference(problem, inputs);
}
