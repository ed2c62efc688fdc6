import type { Operation } from './operation.ts';
import { inLayout, type Layout, type Place, type Shape, sizeOf } from './shapes.ts';

export type Pass = 'forward' | 'backward';

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
