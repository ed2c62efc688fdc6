// What is published, since tsx gives each closure of the sources its name at every call.
import { Arena, SharedArena, Tensor } from '../../dist/index.js';
import type { Problem } from '../problems/problem.ts';
import type { Contestant, Team } from './contestant.ts';
import { inThreads, OURS } from './names.ts';

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
 * Whether data stay ordinary while each call takes the result of the call before, so
 * that calls in place can be timed. Gradients and RMSNorm have no mean and no bias:
 * weights and reciprocal deviations multiply up to zeros and infinities there.
 */
function staysOrdinary({ pass, operation }: Problem): boolean {
  return pass === 'forward' && operation.statistics !== 'mean square';
}

/** wasm-norm in shared arenas, with each number of threads. */
export function oursOnThreads(counts: readonly number[]): Team {
  return { enter: (problem) => counts.map((threads) => onThreads(problem, threads)) };
}

/** The same with results in place of x. */
export function oursInPlaceOnThreads(counts: readonly number[]): Team {
  return { enter: (problem) => counts.map((threads) => onThreads(problem, threads, true)) };
}

function onThreads(problem: Problem, threads: number, inPlace = false): Contestant {
  return contestant(`ours${inThreads(threads)}`, problem, () => {
    const bytes = inPlace ? 4 * problem.elements : spaceFor(problem);
    const arena = new SharedArena(bytes, { threads });
    return {
      bring: (tensor) => arena.tensor(tensor),
      out: (replaced) => (inPlace ? replaced : arena.tensor(replaced.shape)),
      ready: arena.ready,
      close: () => arena.close(),
    };
  });
}

/** Where the tensors of a problem lie. */
interface Memory {
  /** Brings a tensor into this memory. */
  bring(tensor: Tensor): Tensor;
  /** Returns where the result goes, given x; undefined for a new array. */
  out(replaced: Tensor): Tensor | undefined;
  readonly ready?: Promise<void>;
  close?(): void;
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

function arenaFor(problem: Problem): Arena {
  return new Arena(spaceFor(problem));
}

function spaceFor({ pass, elements }: Problem): number {
  const tensors = pass === 'forward' ? 2 : 3;
  return tensors * (4 * elements + ALIGNMENT);
}

function contestant(name: string, problem: Problem, allocate: () => Memory): Contestant {
  const { operation, pass, shape } = problem;
  let call: () => void;
  let results: () => readonly Float32Array[];
  let memory: Memory | undefined;
  return {
    name,
    load(inputs) {
      memory?.close?.();
      const made = allocate();
      memory = made;
      const x = made.bring(new Tensor(inputs.x, shape));
      const { forward, backward } = operation.ours(inputs, problem, made.out(x));
      if (pass === 'forward') {
        let y: Tensor;
        call = () => {
          y = forward(x);
        };
        results = () => [y.data];
      } else {
        const gradOutput = made.bring(new Tensor(inputs.gradOutput, shape));
        let gradients: ReturnType<typeof backward>;
        call = () => {
          gradients = backward(gradOutput, x);
        };
        results = () => {
          const { input, weight, bias } = gradients;
          return [input.data, weight, bias].filter((array) => array !== null);
        };
      }
      return made.ready;
    },
    call: () => call(),
    results: () => results(),
    release: () => memory?.close?.(),
  };
}
