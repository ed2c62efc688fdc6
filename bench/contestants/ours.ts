// What is published: run from its sources, each closure would be given its name at every call.
import { Arena, Tensor } from '../../dist/index.js';
import type { Problem } from '../problems/problem.ts';
import type { Contestant, Team } from './contestant.ts';
import { OURS } from './names.ts';

/** wasm-norm, on every kind of memory that it takes. */
export function ours(): Team {
  return {
    enter(problem) {
      const ways = staysOrdinary(problem)
        ? [inArena, inPlace, onArrays, intoFresh]
        : [inArena, onArrays, intoFresh];
      return ways.map((way) => way(problem));
    },
  };
}

/**
 * Whether the result of a result of a result is ordinary data still, so that calls
 * in place can be timed: not where weights or a reciprocal deviation multiply up
 * to zeros and infinities with no mean and no bias to hold against them.
 */
function staysOrdinary({ pass, operation }: Problem): boolean {
  return pass === 'forward' && operation.statistics !== 'mean square';
}

/** Where the tensors of a problem lie. */
interface Memory {
  /** Brings a tensor there. */
  bring(tensor: Tensor): Tensor;
  /** Where the result goes, given what it replaces; a new array where undefined. */
  out(replaced: Tensor): Tensor | undefined;
}

function inArena(problem: Problem): Contestant {
  return contestant(OURS.arena, problem, () => {
    const arena = arenaFor(problem);
    return {
      bring: (tensor) => arena.tensor(tensor),
      out: ({ shape }) => arena.tensor(shape),
    };
  });
}

function inPlace(problem: Problem): Contestant {
  return contestant(OURS.inPlace, problem, () => {
    const arena = arenaFor(problem);
    return { bring: (tensor) => arena.tensor(tensor), out: (replaced) => replaced };
  });
}

function onArrays(problem: Problem): Contestant {
  return contestant(OURS.arrays, problem, () => ({
    bring: (tensor) => tensor,
    out: ({ size, shape }) => new Tensor(new Float32Array(size), shape),
  }));
}

function intoFresh(problem: Problem): Contestant {
  return contestant(OURS.fresh, problem, () => ({
    bring: (tensor) => tensor,
    out: () => undefined,
  }));
}

const ALIGNMENT = 64;

function arenaFor({ pass, elements }: Problem): Arena {
  const tensors = pass === 'forward' ? 2 : 3;
  return new Arena(tensors * (4 * elements + ALIGNMENT));
}

function contestant(name: string, problem: Problem, allocate: () => Memory): Contestant {
  const { operation, pass, shape } = problem;
  let call: () => void;
  let results: () => readonly Float32Array[];
  return {
    name,
    load(inputs) {
      const memory = allocate();
      const x = memory.bring(new Tensor(inputs.x, shape));
      const { forward, backward } = operation.ours(inputs, problem, memory.out(x));
      if (pass === 'forward') {
        let y: Tensor;
        call = () => {
          y = forward(x);
        };
        results = () => [y.data];
      } else {
        const gradOutput = memory.bring(new Tensor(inputs.gradOutput, shape));
        let gradients: ReturnType<typeof backward>;
        call = () => {
          gradients = backward(gradOutput, x);
        };
        results = () => {
          const { input, weight, bias } = gradients;
          return [input.data, weight, bias].filter((array) => array !== null);
        };
      }
    },
    call: () => call(),
    results: () => results(),
  };
}
