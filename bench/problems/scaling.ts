import { OPERATIONS } from './operations.ts';
import { type Problem, problemsOf } from './problem.ts';
import type { Shape } from './shapes.ts';

/** Tensors of some 10^4, 10^5, ... elements: rows of the same length, and ever more of them. */
interface Scale {
  readonly images: readonly Shape[];
  readonly tokens: readonly Shape[];
}

const SCALE: Scale = {
  images: [
    [1, 16, 25, 25],
    [1, 32, 56, 56],
    [5, 64, 56, 56],
    [50, 64, 56, 56],
  ],
  tokens: [
    [13, 768],
    [130, 768],
    [1302, 768],
    [13021, 768],
  ],
};

/** Rows of other lengths: a photograph's three, very short ones, and those of large models. */
const OTHERS: Scale = {
  images: [
    [1, 3, 1080, 1920],
    [16, 512, 7, 7],
    [32, 256, 14, 14],
  ],
  tokens: [
    [64, 8192],
    [64, 16384],
  ],
};

const WITH_OTHERS: readonly string[] = ['instanceNorm', 'layerNorm'];

/** The tensor of 10^8 elements, which is normalized in place. */
export const LARGEST: Shape = [500, 64, 56, 56];

/** Each operation forward and backward, of the sizes of the scale. */
export function scalingProblems(): readonly Problem[] {
  return problemsOfScale(SCALE, () => true);
}

/** Those of other rows. */
export function otherProblems(): readonly Problem[] {
  return problemsOfScale(OTHERS, (name) => WITH_OTHERS.includes(name));
}

/** The problem of the largest tensor. */
export function largestProblem(): Problem {
  const [operation] = OPERATIONS;
  if (operation === undefined) throw new Error('expected an operation');
  const [problem] = problemsOf({ ...operation, shapes: [LARGEST], layouts: ['nchw'] });
  return problem as Problem;
}

function problemsOfScale(
  { images, tokens }: Scale,
  isWanted: (name: string) => boolean,
): readonly Problem[] {
  // Evaluation takes no statistics, so that its work is a part of that of training.
  return OPERATIONS.filter(
    ({ name, statistics }) => statistics !== 'given' && isWanted(name),
  ).flatMap((operation) =>
    problemsOf({
      ...operation,
      shapes: operation.sharing === 'row' ? tokens : images,
      layouts: ['nchw'],
    }),
  );
}
