// Vectors divided by their norms, as the formulas read, in float64.

import { sizeOf } from './shapes.ts';

/** A call of `normalize`, without its tensors. */
export interface VectorCall {
  readonly shape: readonly number[];
  readonly p: number;
  readonly axes: readonly number[];
  readonly eps: number;
}

/** Returns the places of the elements of each vector. */
export function vectorsOf({ shape, axes }: VectorCall): readonly (readonly number[])[] {
  const taken = axes.map((axis) => (axis < 0 ? axis + shape.length : axis));
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const vectors = new Map<number, number[]>();
  for (let at = 0; at < sizeOf(shape); at++) {
    let start = 0;
    strides.forEach((stride, axis) => {
      const index = Math.floor(at / stride) % (shape[axis] as number);
      if (!taken.includes(axis)) start += index * stride;
    });
    const vector = vectors.get(start);
    if (vector) vector.push(at);
    else vectors.set(start, [at]);
  }
  return [...vectors.values()];
}

function normOf(x: readonly number[], p: number): number {
  if (p === 1) return x.reduce((sum, value) => sum + Math.abs(value), 0);
  if (p === 2) return Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
  return x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** Returns x / max(norm, eps); zeros where that is 0. */
export function expectedVectors(call: VectorCall, x: Float32Array): Float64Array {
  const y = new Float64Array(x.length);
  for (const places of vectorsOf(call)) {
    const vector = places.map((at) => x[at] as number);
    const divisor = Math.max(normOf(vector, call.p), call.eps);
    places.forEach((at, i) => {
      y[at] = divisor === 0 ? 0 : (vector[i] as number) / divisor;
    });
  }
  return y;
}

/** Returns the gradient of x, and for each element the sum of the magnitudes of its terms. */
export function expectedVectorGradients(
  call: VectorCall,
  g: Float32Array,
  x: Float32Array,
): { readonly input: Float64Array; readonly sizes: Float64Array } {
  const { p, eps } = call;
  const input = new Float64Array(x.length);
  const sizes = new Float64Array(x.length);
  for (const places of vectorsOf(call)) {
    const vector = places.map((at) => x[at] as number);
    const slopes = places.map((at) => g[at] as number);
    const norm = normOf(vector, p);
    const ties = vector.filter((value) => Math.abs(value) === norm).length;
    const term = (i: number) => ((slopes[i] as number) * (vector[i] as number)) / norm / norm;
    const sum = slopes.reduce((sum, _, i) => sum + term(i), 0);
    const size = slopes.reduce((sum, _, i) => sum + Math.abs(term(i)), 0);
    places.forEach((at, i) => {
      const value = vector[i] as number;
      if (norm < eps) input[at] = (slopes[i] as number) / eps;
      if (norm < eps || norm === 0) return;
      const sign = Math.sign(value);
      const ofLargest = Math.abs(value) === norm ? sign / ties : 0;
      const derivative = p === 2 ? value / norm : p === 1 ? sign : ofLargest;
      input[at] = (slopes[i] as number) / norm - sum * derivative;
      sizes[at] = Math.abs((slopes[i] as number) / norm) + size * Math.abs(derivative);
    });
  }
  return { input, sizes };
}
