import { Arena, Tensor } from '../../src/index.ts';
import type { Contestant, Problem, Team } from './contestant.ts';
import { OURS } from './names.ts';

/** wasm-norm, on every kind of memory that it takes. */
export function ours(): Team {
  return { enter: (problem) => [inArena, inPlace, onArrays, intoFresh].map((way) => way(problem)) };
}

interface Placement {
  readonly x: Tensor;
  readonly out: Tensor | undefined;
}

const ALIGNMENT = 64;

function inArena(problem: Problem): Contestant {
  return contestant(OURS, problem, (x) => {
    const arena = new Arena(2 * x.data.byteLength + ALIGNMENT);
    return { x: arena.tensor(x), out: arena.tensor(x.shape) };
  });
}

// Each call normalizes what the one before it left. That is ordinary data still:
// its statistics are the bias and the weight of the affine, below 1 and above 0.5,
// and move no further.
function inPlace(problem: Problem): Contestant {
  return contestant('ours, in place', problem, (source) => {
    const x = new Arena(source.data.byteLength).tensor(source);
    return { x, out: x };
  });
}

function onArrays(problem: Problem): Contestant {
  return contestant('ours, arrays', problem, (x) => ({
    x,
    out: new Tensor(new Float32Array(x.size), x.shape),
  }));
}

function intoFresh(problem: Problem): Contestant {
  return contestant('ours, fresh output', problem, (x) => ({ x, out: undefined }));
}

function contestant(
  name: string,
  { operation, shape }: Problem,
  place: (x: Tensor) => Placement,
): Contestant {
  let call: () => Tensor;
  let output: Tensor;
  return {
    name,
    load({ x: values, weight, bias }) {
      const { x, out } = place(new Tensor(values, shape));
      const options = { weight, bias, out };
      call = () => operation.ours(x, options);
    },
    call() {
      output = call();
    },
    results: () => [output.data],
  };
}
