import type { Inputs } from './operation.ts';
import type { Problem } from './problem.ts';
import { type View, viewOf } from './views.ts';

const EPS = 1e-5;

/**
 * Computes the gradients of x, weight and bias in float64; that of bias only if a mean
 * is subtracted. With g the gradient of y, w the weight and z the normalized x,
 *
 *     d bias   = sum(g)
 *     d weight = sum(g * z)
 *     d x      = rstd * (w * g - mean(w * g) - z * mean(w * g * z))
 *
 * The means are those of a set. Both terms are absent if the statistics are not the
 * set's own, and the first is also absent if no mean is subtracted.
 */
export function gradientReference(
  problem: Problem,
  { x, weight, gradOutput, runningMean, runningVar }: Inputs,
): readonly Float64Array[] {
  const { sharing, statistics } = problem.operation;
  const view = viewOf(sharing, problem);
  const gradInput = new Float64Array(x.length);
  const gradWeight = new Float64Array(weight.length);
  const gradBias = new Float64Array(weight.length);
  const centred = statistics !== 'mean square';
  const own = statistics !== 'given';
  for (let set = 0; set < view.sets; set++) {
    const elements = elementsOf(view, set);
    const count = elements.length;
    const mean = (termOf: (element: Element) => number) => {
      let sum = 0;
      for (const element of elements) sum += termOf(element);
      return sum / count;
    };
    const value = ({ index }: Element) => x[index] as number;
    const ownMean = centred ? mean(value) : 0;
    const center = own ? ownMean : (runningMean[set] as number);
    const variance = own
      ? mean((element) => (value(element) - center) ** 2)
      : (runningVar[set] as number);
    const rstd = 1 / Math.sqrt(variance + EPS);
    const z = (element: Element) => (value(element) - center) * rstd;
    const g = ({ index }: Element) => gradOutput[index] as number;
    const wg = (element: Element) => (weight[element.parameter] as number) * g(element);
    const meanGradient = own && centred ? mean(wg) : 0;
    const meanProduct = own ? mean((element) => wg(element) * z(element)) : 0;
    for (const element of elements) {
      gradInput[element.index] = rstd * (wg(element) - meanGradient - z(element) * meanProduct);
      (gradWeight[element.parameter] as number) += g(element) * z(element);
      (gradBias[element.parameter] as number) += g(element);
    }
  }
  return centred ? [gradInput, gradWeight, gradBias] : [gradInput, gradWeight];
}

interface Element {
  readonly index: number;
  readonly parameter: number;
}

function elementsOf(view: View, set: number): readonly Element[] {
  const elements: Element[] = [];
  for (let run = 0; run < view.runs; run++) {
    const start = view.start(set, run);
    for (let i = 0; i < view.length; i++) {
      elements.push({ index: start + i * view.step, parameter: view.parameter?.(set, run) ?? i });
    }
  }
  return elements;
}
