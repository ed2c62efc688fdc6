import type { Inputs, Statistics } from '../problems/operation.ts';
import { type View, viewOf } from '../problems/views.ts';
import type { Contestant, Team } from './contestant.ts';
import { PLAIN } from './names.ts';

const EPS = 1e-5;

/** The loops that one writes without a library, over Float32Arrays. */
export function plainJavaScript(): Team {
  return {
    enter(problem) {
      const { operation, pass, elements, channels } = problem;
      const { sharing, statistics } = operation;
      const view = viewOf(sharing, problem);
      const output = new Float32Array(elements);
      const gradWeight = new Float32Array(channels);
      const gradBias = new Float32Array(channels);
      let inputs: Inputs;
      const plain: Contestant = {
        name: PLAIN,
        load(given) {
          inputs = given;
        },
        call() {
          if (pass === 'forward') normalize(output, inputs, view, statistics);
          else differentiate(output, gradWeight, gradBias, inputs, view, statistics);
        },
        results() {
          if (pass === 'forward') return [output];
          return statistics === 'mean square'
            ? [output, gradWeight]
            : [output, gradWeight, gradBias];
        },
      };
      return [plain];
    },
  };
}

function normalize(y: Float32Array, inputs: Inputs, view: View, statistics: Statistics): void {
  const { x, weight, bias } = inputs;
  const { sets, runs, length, step, parameter } = view;
  for (let set = 0; set < sets; set++) {
    const mean = meanOf(set, inputs, view, statistics);
    const rstd = rstdOf(set, mean, inputs, view, statistics);
    for (let run = 0; run < runs; run++) {
      const start = view.start(set, run);
      const end = start + length * step;
      if (parameter === null) {
        for (let i = start, p = 0; i < end; i += step, p++) {
          y[i] = ((x[i] as number) - mean) * rstd * (weight[p] as number) + (bias[p] as number);
        }
      } else {
        const p = parameter(set, run);
        const scale = rstd * (weight[p] as number);
        const shift = bias[p] as number;
        for (let i = start; i < end; i += step) y[i] = ((x[i] as number) - mean) * scale + shift;
      }
    }
  }
}

function differentiate(
  gradInput: Float32Array,
  gradWeight: Float32Array,
  gradBias: Float32Array,
  inputs: Inputs,
  view: View,
  statistics: Statistics,
): void {
  const { x, gradOutput, weight } = inputs;
  const { sets, runs, length, step, parameter } = view;
  const count = statistics === 'given' ? Number.POSITIVE_INFINITY : runs * length;
  gradWeight.fill(0);
  gradBias.fill(0);
  for (let set = 0; set < sets; set++) {
    const mean = meanOf(set, inputs, view, statistics);
    const rstd = rstdOf(set, mean, inputs, view, statistics);

    let sum = 0; // of weight * gradOutput
    let product = 0; // of weight * gradOutput * z, z the normalized x
    for (let run = 0; run < runs; run++) {
      const start = view.start(set, run);
      const end = start + length * step;
      if (parameter === null) {
        for (let i = start, p = 0; i < end; i += step, p++) {
          const g = gradOutput[i] as number;
          const gz = g * ((x[i] as number) - mean) * rstd;
          gradBias[p] = (gradBias[p] as number) + g;
          gradWeight[p] = (gradWeight[p] as number) + gz;
          sum += (weight[p] as number) * g;
          product += (weight[p] as number) * gz;
        }
      } else {
        let runSum = 0;
        let runProduct = 0;
        for (let i = start; i < end; i += step) {
          const g = gradOutput[i] as number;
          runSum += g;
          runProduct += g * ((x[i] as number) - mean);
        }
        runProduct *= rstd;
        const p = parameter(set, run);
        gradBias[p] = (gradBias[p] as number) + runSum;
        gradWeight[p] = (gradWeight[p] as number) + runProduct;
        sum += (weight[p] as number) * runSum;
        product += (weight[p] as number) * runProduct;
      }
    }

    const meanGradient = statistics === 'mean square' ? 0 : sum / count;
    const slope = (product / count) * rstd;
    for (let run = 0; run < runs; run++) {
      const start = view.start(set, run);
      const end = start + length * step;
      let p = parameter === null ? 0 : parameter(set, run);
      const next = parameter === null ? 1 : 0;
      for (let i = start; i < end; i += step, p += next) {
        const wg = (weight[p] as number) * (gradOutput[i] as number);
        gradInput[i] = (wg - meanGradient - ((x[i] as number) - mean) * slope) * rstd;
      }
    }
  }
}

function meanOf(set: number, inputs: Inputs, view: View, statistics: Statistics): number {
  if (statistics === 'given') return inputs.runningMean[set] as number;
  if (statistics === 'mean square') return 0;
  const { x } = inputs;
  const { runs, length, step } = view;
  let sum = 0;
  for (let run = 0; run < runs; run++) {
    const start = view.start(set, run);
    const end = start + length * step;
    for (let i = start; i < end; i += step) sum += x[i] as number;
  }
  return sum / (runs * length);
}

function rstdOf(
  set: number,
  mean: number,
  inputs: Inputs,
  view: View,
  statistics: Statistics,
): number {
  if (statistics === 'given') return 1 / Math.sqrt((inputs.runningVar[set] as number) + EPS);
  const { x } = inputs;
  const { runs, length, step } = view;
  let squares = 0;
  for (let run = 0; run < runs; run++) {
    const start = view.start(set, run);
    const end = start + length * step;
    for (let i = start; i < end; i += step) {
      const deviation = (x[i] as number) - mean;
      squares += deviation * deviation;
    }
  }
  return 1 / Math.sqrt(squares / (runs * length) + EPS);
}
