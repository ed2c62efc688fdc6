import type { Contestant, Inputs, Team } from './contestant.ts';
import { PLAIN } from './names.ts';

/**
 * Which elements of a tensor share a mean and a variance: sets, each of some
 * runs of equally spaced elements.
 */
export interface View {
  readonly sets: number;
  readonly runs: number;
  readonly length: number;
  /** The distance of a run's elements. */
  readonly step: number;
  /** The index of a run's first element. */
  start(set: number, run: number): number;
  /** The index of a run's weight and bias, or null where each element has its own. */
  parameter: ((set: number, run: number) => number) | null;
}

const EPS = 1e-5;

/** The loops that one writes without a library, over Float32Arrays. */
export function plainJavaScript(): Team {
  return {
    enter({ operation, shape }) {
      const view = operation.view(shape);
      let inputs: Inputs;
      let y: Float32Array;
      const plain: Contestant = {
        name: PLAIN,
        load(given) {
          inputs = given;
          y = new Float32Array(given.x.length);
        },
        call() {
          normalize(y, inputs, view);
        },
        results: () => [y],
      };
      return [plain];
    },
  };
}

function normalize(y: Float32Array, { x, weight, bias }: Inputs, view: View): void {
  const { sets, runs, length, step, parameter } = view;
  for (let set = 0; set < sets; set++) {
    let sum = 0;
    for (let run = 0; run < runs; run++) {
      const start = view.start(set, run);
      const end = start + length * step;
      for (let i = start; i < end; i += step) sum += x[i] as number;
    }
    const mean = sum / (runs * length);

    let squares = 0;
    for (let run = 0; run < runs; run++) {
      const start = view.start(set, run);
      const end = start + length * step;
      for (let i = start; i < end; i += step) {
        const deviation = (x[i] as number) - mean;
        squares += deviation * deviation;
      }
    }
    const rstd = 1 / Math.sqrt(squares / (runs * length) + EPS);

    for (let run = 0; run < runs; run++) {
      const start = view.start(set, run);
      const end = start + length * step;
      if (parameter === null) {
        for (let i = start, p = 0; i < end; i += step, p++) {
          y[i] = ((x[i] as number) - mean) * rstd * (weight[p] as number) + (bias[p] as number);
        }
      } else {
        const index = parameter(set, run);
        const scale = rstd * (weight[index] as number);
        const shift = bias[index] as number;
        for (let i = start; i < end; i += step) y[i] = ((x[i] as number) - mean) * scale + shift;
      }
    }
  }
}
